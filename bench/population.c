/*
 * population CONTAINERS TASKS: makes containers at their barest, each a pid namespace of TASKS processes in cgroups of its own.
 * On standard input: for each container a line with the cgroup.procs files that it joins, then one line more with those that this
 * program itself goes to; `ready` is the answer. Then, as often as wanted, a line `SECONDS FILE...`: the first process of each container
 * reads the files once a second for so long, or once at all with 0; the answer says as JSON how long the reads took.
 * At the end of standard input everything ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "read-all.h"

#define MOST_READS 1024 /* of one container in one round */
#define MOST_FILES 32

/* What all processes share. Times are in nanoseconds. */
static struct {
	int round, done, failed;
	long long start;
	int seconds;
	char files[8192];
} *shared;
static int *reads;  /* of each container in this round */
static float *took; /* MOST_READS in microseconds for each container */

static void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		exit(1);
	return memory;
}

static int words(char *line, char **list)
{
	int count = 0;
	for (char *word = strtok(line, " \n"); word != NULL && count < MOST_FILES; word = strtok(NULL, " \n"))
		list[count++] = word;
	return count;
}

static void join(char *line)
{
	char *files[MOST_FILES];
	int count = words(line, files);
	for (int i = 0; i < count; i++) {
		int fd = open(files[i], O_WRONLY);
		if (fd < 0 || write(fd, "0", 1) != 1) {
			perror(files[i]);
			exit(1);
		}
		close(fd);
	}
}

/* One round of a container: its reads are spread over the second by its number. */
static void read_round(int container, int containers)
{
	char text[sizeof shared->files], *files[MOST_FILES];
	memcpy(text, shared->files, sizeof text);
	int count = words(text, files), rounds = shared->seconds == 0 ? 1 : shared->seconds;
	reads[container] = 0;
	for (int round = 0; round < rounds; round++) {
		if (shared->seconds > 0) {
			long long at = shared->start + round * 1000000000LL + 1000000000LL * container / containers;
			struct timespec until = {at / 1000000000LL, at % 1000000000LL};
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		}
		for (int i = 0; i < count && reads[container] < MOST_READS; i++) {
			long long before = now();
			if (read_all(files[i]) < 0)
				__atomic_add_fetch(&shared->failed, 1, __ATOMIC_SEQ_CST);
			took[container * MOST_READS + reads[container]++] = (now() - before) / 1e3;
		}
	}
}

static void live(int container, int containers, int tasks)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int task = 1; task < tasks; task++)
		if (fork() == 0)
			for (;;)
				pause();
	int seen = 0;
	for (;;) {
		while (__atomic_load_n(&shared->round, __ATOMIC_SEQ_CST) == seen)
			syscall(SYS_futex, &shared->round, FUTEX_WAIT, seen, NULL, NULL, 0);
		seen++;
		read_round(container, containers);
		__atomic_add_fetch(&shared->done, 1, __ATOMIC_SEQ_CST);
	}
}

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void report(int containers)
{
	size_t count = 0;
	float *all = malloc(sizeof *all * MOST_READS * containers);
	for (int container = 0; container < containers; container++)
		for (int i = 0; i < reads[container]; i++)
			all[count++] = took[container * MOST_READS + i];
	qsort(all, count, sizeof *all, ascending);
	printf("{\"count\":%zu,\"failed\":%d,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n", count, shared->failed,
	       count ? all[count / 2] : 0, count ? all[count * 99 / 100] : 0, count ? all[count - 1] : 0);
	free(all);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int containers = atoi(argv[1]), tasks = atoi(argv[2]);
	char *line = NULL;
	size_t size = 0;
	setlinebuf(stdout);
	shared = share(sizeof *shared);
	reads = share(sizeof *reads * (containers + 1));
	took = share(sizeof *took * MOST_READS * (containers + 1));
	for (int container = 0; container <= containers; container++) {
		if (getline(&line, &size, stdin) < 0)
			return 1;
		join(line);
		/* an init has the cgroups of its parent at its birth */
		if (container < containers && syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0) == 0)
			live(container, containers, tasks);
	}
	puts("ready");
	while (getline(&line, &size, stdin) >= 0) {
		char *files;
		shared->seconds = strtol(line, &files, 10);
		snprintf(shared->files, sizeof shared->files, "%s", files);
		shared->done = shared->failed = 0;
		shared->start = now() + 100000000LL;
		__atomic_add_fetch(&shared->round, 1, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &shared->round, FUTEX_WAKE, containers, NULL, NULL, 0);
		while (__atomic_load_n(&shared->done, __ATOMIC_SEQ_CST) < containers)
			usleep(10000);
		report(containers);
	}
	return 0;
}
