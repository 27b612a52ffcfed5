/*
 * reader MODE FILE MILLISECONDS: reads FILE again and again, as long as told, and prints as JSON how long each time took.
 * MODE open: open, read to the end, close. MODE pread: pread at 0 of a descriptor that stays open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 20
#define MOST 4000000

static char text[1 << 20];

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long read_all(const char *file)
{
	long total = 0, count;
	int fd = open(file, O_RDONLY);
	if (fd < 0)
		return -1;
	while ((count = read(fd, text, sizeof text)) > 0)
		total += count;
	close(fd);
	return count < 0 ? -1 : total;
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	int keep = strcmp(argv[1], "pread") == 0;
	int fd = keep ? open(argv[2], O_RDONLY) : -1;
	long long *nanos = malloc(MOST * sizeof *nanos);
	long count = 0, failed = 0, warm = WARM_UP;
	long long start = now(), end = start + atoll(argv[3]) * 1000000LL, before;
	while ((before = now()) < end && count < MOST) {
		long length = keep ? pread(fd, text, sizeof text, 0) : read_all(argv[2]);
		long long took = now() - before;
		if (length <= 0)
			failed++;
		if (warm > 0) {
			warm--;
			start = now();
		} else {
			nanos[count++] = took;
		}
	}
	if (count == 0)
		return 1;
	double seconds = (now() - start) / 1e9;
	qsort(nanos, count, sizeof *nanos, ascending);
	printf("{\"count\":%ld,\"failed\":%ld,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n", count, failed, seconds,
	       nanos[count / 2] / 1e3, nanos[count * 99 / 100] / 1e3, nanos[count - 1] / 1e3);
	return 0;
}
