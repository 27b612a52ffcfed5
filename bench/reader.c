/*
 * reader MODE MILLISECONDS WHAT...: does something again and again, as long as told, and prints as JSON how long each time took.
 * MODE open: opens the file WHAT, reads to its end, closes. MODE pread: pread at 0 of a descriptor that stays open.
 * MODE run: runs the command WHAT to its end. MODE first: as open, but ends with the first time that the file can be read;
 * `at` is then the moment of the answer in milliseconds of CLOCK_MONOTONIC.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "read-all.h"

#define WARM_UP 20
#define MOST 4000000

extern char **environ;

/* 0 where the command ended well */
static long run(char **command)
{
	pid_t pid;
	int status;
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	int error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status == 0 ? 0 : -1;
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	char mode = argv[1][0], **what = argv + 3;
	int fd = mode == 'p' ? open(*what, O_RDONLY) : -1;
	long long *nanos = malloc(MOST * sizeof *nanos);
	long count = 0, failed = 0, warm = mode == 'f' ? 0 : mode == 'r' ? 1 : WARM_UP;
	long long limit = atoll(argv[2]) * 1000000LL, start = now(), before;
	while (((before = now()) < start + limit || warm > 0) && count < MOST) {
		long length = mode == 'p' ? pread(fd, content, sizeof content, 0) : mode == 'r' ? run(what) : read_all(*what);
		long long took = now() - before;
		if (length < 0)
			failed++;
		if (mode == 'f' && length < 0) {
			usleep(200);
		} else if (warm > 0) {
			warm--;
			start = now();
		} else {
			nanos[count++] = took;
		}
		if (mode == 'f' && length >= 0)
			break;
	}
	if (count == 0)
		return 1;
	double seconds = (now() - start) / 1e9;
	qsort(nanos, count, sizeof *nanos, ascending);
	printf("{\"count\":%ld,\"failed\":%ld,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"at\":%.3f}\n", count,
	       failed, seconds, nanos[count / 2] / 1e3, nanos[count * 99 / 100] / 1e3, nanos[count - 1] / 1e3, now() / 1e6);
	return 0;
}
