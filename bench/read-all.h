/* What both programs of the bench do: look at the clock, and read a file to its end. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static char content[1 << 20];

/* In nanoseconds of CLOCK_MONOTONIC */
static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The number of bytes, or -1 */
static long read_all(const char *file)
{
	long total = 0, count;
	int fd = open(file, O_RDONLY);
	if (fd < 0)
		return -1;
	while ((count = read(fd, content, sizeof content)) > 0)
		total += count;
	close(fd);
	return count < 0 ? -1 : total;
}
