// SPDX-License-Identifier: GPL-2.0-only
/*
 * What bench/guest.sh measures with, in a guest whose rdtsc counts instructions
 * (tests/vm/run -i). A process that waits is charged what the guest's clock went on, a
 * nanosecond each.
 *
 *	measure calls		reads lines and answers each, then says "."; one process for
 *				all, as a process's layout in memory counts too
 *	    taken NAME...	NAME INSTRUCTIONS ERROR: the lower quartile of many calls
 *				(what disturbs a call only adds)
 *	    called NAME...	NAME PROGRAMS: BPF programs that ran for one call
 *				(with kernel.bpf_stats_enabled)
 *	measure process CMD...	one process from fork to wait:
 *				INSTRUCTIONS WALL-NS CPU-US MAXRSS-KIB
 *	measure held		what the kernel holds for BPF: PROGRAMS MAPS BYTES JITED-BYTES
 *
 * Without libbpf, as static as busybox.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "measure.h"

#define WARM_UP 30
#define ROUNDS 400
#define PROGRAMS_MAX 256

static void die(const char *what)
{
	fprintf(stderr, "measure: %s: %m\n", what);
	exit(1);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void say_taken(const struct call *c)
{
	static uint64_t taken[ROUNDS];
	int e = 0;

	for (int i = 0; i < WARM_UP; i++)
		c->call(&taken[0]);
	for (int i = 0; i < ROUNDS; i++)
		e |= c->call(&taken[i]);
	qsort(taken, ROUNDS, sizeof(*taken), by_size);
	printf("%s %llu %s\n", c->name, (unsigned long long)taken[ROUNDS / 4], e ? strerrorname_np(e) : "0");
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* What /proc says that a program or map takes. */
static unsigned long memlock(int fd)
{
	unsigned long bytes = 0;
	char path[64], line[256];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		found |= sscanf(line, "memlock: %lu", &bytes) == 1;
	if (!found)
		die(path);
	fclose(f);
	return bytes;
}

static struct bpf_prog_info prog_info(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { .info = {
					.bpf_fd = (__u32)fd,
					.info_len = sizeof(info),
					.info = (uintptr_t)&info,
				} };

	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		die("BPF_OBJ_GET_INFO_BY_FD");
	return info;
}

/* The next program or map after *id, opened; -1: there is no more. */
static int next_fd(int next, int by_id, __u32 *id)
{
	union bpf_attr attr = { .start_id = *id }, get = { .prog_id = 0 };
	int fd;

	if (bpf(next, &attr)) {
		if (errno != ENOENT)
			die("BPF_*_GET_NEXT_ID");
		return -1;
	}
	*id = get.prog_id = attr.next_id; /* where map_id is, too */
	fd = (int)bpf(by_id, &get);
	if (fd < 0)
		die("BPF_*_GET_FD_BY_ID");
	return fd;
}

static uint64_t runs(const int *fds, size_t n)
{
	uint64_t sum = 0;

	while (n--)
		sum += prog_info(fds[n]).run_cnt;
	return sum;
}

/* To ask costs programs on `capable` some runs, so twice is asked without a call between. */
static void say_called(const struct call *c)
{
	int fds[PROGRAMS_MAX];
	uint64_t first, second, third, unused;
	__u32 id = 0;
	size_t n = 0;

	while (n < PROGRAMS_MAX && (fds[n] = next_fd(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, &id)) >= 0)
		n++;
	if (n == PROGRAMS_MAX) {
		errno = E2BIG;
		die("programs");
	}
	first = runs(fds, n);
	second = runs(fds, n);
	for (int i = 0; i < ROUNDS; i++)
		c->call(&unused);
	third = runs(fds, n);
	while (n--)
		close(fds[n]);
	printf("%s %g\n", c->name, (double)(third - second - (second - first)) / ROUNDS);
}

static void answer(char *line)
{
	char *verb = strtok(line, " \n");
	void (*say)(const struct call *c) = verb && !strcmp(verb, "taken") ? say_taken : say_called;

	for (char *name; (name = strtok(NULL, " \n"));) {
		const struct call *c = call_find(name);

		if (!c) {
			errno = EINVAL;
			die(name);
		}
		say(c);
	}
	puts(".");
	fflush(stdout);
}

static int run_calls(void)
{
	char line[256];

	if (calls_prepare())
		die("/tmp");
	while (fgets(line, sizeof(line), stdin))
		answer(line);
	return 0;
}

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int run_process(char **argv)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
	uint64_t start_ns = clock_ns(), start = now(), end, cpu;
	struct rusage usage;
	pid_t pid = vfork();

	if (!pid) {
		dup2(null, 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		die(argv[0]);
	end = now();
	if (status) {
		fprintf(stderr, "measure: %s: wait status %#x\n", argv[0], (unsigned int)status);
		return 1;
	}
	cpu = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	      (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	printf("%llu %llu %llu %ld\n", (unsigned long long)(end - start), (unsigned long long)(clock_ns() - start_ns),
	       (unsigned long long)cpu, usage.ru_maxrss);
	return 0;
}

static int run_held(void)
{
	unsigned long bytes = 0, code = 0;
	unsigned int progs = 0, maps = 0;
	__u32 id = 0;
	int fd;

	for (; (fd = next_fd(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, &id)) >= 0; progs++) {
		bytes += memlock(fd);
		code += prog_info(fd).jited_prog_len;
		close(fd);
	}
	id = 0;
	for (; (fd = next_fd(BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, &id)) >= 0; maps++) {
		bytes += memlock(fd);
		close(fd);
	}
	printf("%u %u %lu %lu\n", progs, maps, bytes, code);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "calls"))
		return run_calls();
	if (argc > 2 && !strcmp(argv[1], "process"))
		return run_process(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "held"))
		return run_held();
	fprintf(stderr, "usage: measure calls | process CMD... | held\n");
	return 2;
}
