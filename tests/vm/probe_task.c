// SPDX-License-Identifier: GPL-2.0-only
/* Processes: tracing them, making them, and the file they unlink. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static int attach(pid_t pid, enum __ptrace_request how)
{
	if (ptrace(how, pid, NULL, NULL))
		return -errno;
	if (how == PTRACE_SEIZE)
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, NULL, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

/* the errno that the child exits with */
static int result_of(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static int run_ptrace_attach(char **args)
{
	return attach(atoi(args[0]), PTRACE_ATTACH);
}

static int run_ptrace_seize(char **args)
{
	return attach(atoi(args[0]), PTRACE_SEIZE);
}

static int run_ptrace_child(char **args)
{
	pid_t child = fork();
	int err;

	(void)args;
	if (child < 0)
		return -errno;
	if (!child)
		for (;;)
			pause();
	err = attach(child, PTRACE_ATTACH);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return err;
}

static int run_ptrace_traceme(char **args)
{
	pid_t child = fork();

	(void)args;
	if (!child)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0);
	return result_of(child);
}

/* The same question without ptrace(2). EIO: allowed, but nothing is mapped at 0. */
static int run_proc_mem(char **args)
{
	char path[64], byte;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", atoi(args[0]));
	fd = probe_open(path, O_RDONLY);
	if (fd < 0)
		return fd;
	errno = 0;
	if (pread(fd, &byte, 1, 0) < 0 && errno != EIO) {
		close(fd);
		return -errno;
	}
	close(fd);
	return 0;
}

static int set_ptracer(const char *who)
{
	unsigned long pid = !strcmp(who, "any")	 ? PR_SET_PTRACER_ANY :
			    !strcmp(who, "none") ? 0 :
						   strtoul(who, NULL, 10);

	return prctl(PR_SET_PTRACER, pid, 0, 0, 0) ? -errno : 0;
}

static int run_set_ptracer(char **args)
{
	return set_ptracer(args[0]);
}

static int run_tracee(char **args)
{
	int err = set_ptracer(args[0]);

	if (err)
		return err;
	printf("%d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

static int run_fork(char **args)
{
	pid_t child = fork();

	(void)args;
	if (!child)
		_exit(0);
	return result_of(child);
}

static int run_fork_exec(char **args)
{
	const char *path = args[0] ? args[0] : "/bin/true";
	pid_t child = vfork();

	if (!child) {
		execl(path, path, NULL);
		_exit(errno);
	}
	return result_of(child);
}

static int run_unlink(char **args)
{
	char path[] = "/tmp/probe.XXXXXX";
	int fd = mkstemp(path);

	(void)args;
	if (fd < 0)
		return -errno;
	close(fd);
	return unlink(path) ? -errno : 0;
}

const struct probe task_probes[] = {
	{ "ptrace_attach", run_ptrace_attach, 1, 1, "PID" },
	{ "ptrace_seize", run_ptrace_seize, 1, 1, "PID" },
	{ "ptrace_child", run_ptrace_child, 0, 0, "" },
	{ "ptrace_traceme", run_ptrace_traceme, 0, 0, "" },
	{ "proc_mem", run_proc_mem, 1, 1, "PID" },
	{ "set_ptracer", run_set_ptracer, 1, 1, "any|none|PID" },
	{ "tracee", run_tracee, 1, 1, "any|none|PID (prints its pid and sleeps)" },
	{ "fork", run_fork, 0, 0, "" },
	{ "fork_exec", run_fork_exec, 0, 1, "[PROGRAM]" },
	{ "unlink", run_unlink, 0, 0, "" },
	{},
};
