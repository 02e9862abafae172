// SPDX-License-Identifier: GPL-2.0-only
/*
 * early PID PATH: opens the memory of that process, or says why not, and ends; what it leaves
 * in the background waits until PATH is there, and says what it can read then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 3000 /* steps of 10 ms */

static int open_proc(const char *pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	return open(path, flags | O_CLOEXEC);
}

static int refused(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	return 0;
}

int main(int argc, char **argv)
{
	int maps = argc == 3 ? open_proc(argv[1], "maps", O_RDONLY) : -1, mem;
	unsigned long at = 0;
	char line[64] = "", byte;
	ssize_t n;

	if (argc != 3)
		return fprintf(stderr, "usage: early PID PATH\n"), 2;
	setvbuf(stdout, NULL, _IONBF, 0);
	if (maps < 0)
		return refused("maps");
	n = read(maps, line, sizeof(line) - 1);
	at = n > 0 ? strtoul(line, NULL, 16) : 0;
	mem = open_proc(argv[1], "mem", O_RDWR);
	if (mem < 0)
		return refused("mem");
	n = pread(mem, &byte, 1, (off_t)at);
	printf("open: reads %zd, ", n);
	if (fork())
		return 0;
	for (int i = 0; i < PATIENCE && access(argv[2], F_OK); i++)
		usleep(10000);
	if (access(argv[2], F_OK))
		return printf("and it never came\n"), 1;
	n = pread(mem, &byte, 1, (off_t)at);
	printf("then %zd\n", n);
	return 0;
}
