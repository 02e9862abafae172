// SPDX-License-Identifier: GPL-2.0-only
/* Families, threads, declared tracers and capabilities, for the test of the ptrace module. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define USER 1000

static int attach(pid_t pid)
{
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -errno;
	waitpid(pid, NULL, __WALL);
	return 0;
}

static int attach_and_detach(pid_t pid)
{
	int err = attach(pid);

	if (!err)
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return err;
}

static void sleep_forever(void)
{
	for (;;)
		pause();
}

static int in_thread(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, arg) || pthread_join(thread, NULL))
		return -EAGAIN;
	return 0;
}

/* Forks a process that forks another; with leave, the one between ends. Returns the last. */
static pid_t make_grandchild(int leave)
{
	int channel[2];
	pid_t child, last = -1;

	if (pipe(channel))
		return -1;
	child = fork();
	if (!child) {
		pid_t middle = getpid();

		/* before the last one can answer, for then the caller may end */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		last = fork();
		if (!last) {
			while (leave && getppid() == middle)
				usleep(1000);
			last = getpid();
			if (write(channel[1], &last, sizeof(last)) != sizeof(last))
				_exit(1);
			sleep_forever();
		}
		if (leave)
			_exit(0);
		sleep_forever();
	}
	if (leave)
		waitpid(child, NULL, 0);
	if (read(channel[0], &last, sizeof(last)) != sizeof(last))
		last = -1;
	return last;
}

static int trace_and_kill(pid_t pid)
{
	int err;

	if (pid < 0)
		return -EAGAIN;
	err = attach_and_detach(pid);
	kill(pid, SIGKILL);
	return err;
}

static int run_trace_grandchild(char **args)
{
	(void)args;
	return trace_and_kill(make_grandchild(0));
}

static int run_trace_orphan(char **args)
{
	(void)args;
	return trace_and_kill(make_grandchild(1));
}

/* As long as the thread lives, it is the parent, and not the process. */
static void *fork_here(void *channel)
{
	pid_t pid = fork();

	if (pid && write(*(int *)channel, &pid, sizeof(pid)) != sizeof(pid))
		abort();
	sleep_forever();
	return NULL;
}

static int run_trace_child_of_thread(char **args)
{
	pthread_t thread;
	int channel[2];
	pid_t pid;

	(void)args;
	if (pipe(channel) || pthread_create(&thread, NULL, fork_here, channel + 1) ||
	    read(channel[0], &pid, sizeof(pid)) != sizeof(pid))
		return -EAGAIN;
	return trace_and_kill(pid);
}

static int attach_to_input(void)
{
	int pid;

	return scanf("%d", &pid) == 1 ? attach_and_detach(pid) : -EINVAL;
}

struct attaching {
	bool by_main;
	int result;
};

static void *attach_here(void *arg)
{
	struct attaching *a = arg;

	printf("%d\n", gettid());
	fflush(stdout);
	if (a->by_main)
		sleep_forever();
	a->result = attach_to_input();
	return NULL;
}

static int run_attach_in_thread(char **args)
{
	struct attaching a = { .by_main = args[0] };
	pthread_t thread;

	if (!a.by_main)
		return in_thread(attach_here, &a) ?: a.result;
	if (pthread_create(&thread, NULL, attach_here, &a))
		return -EAGAIN;
	return attach_to_input();
}

/* Attaches and stays so; for each line of input, says whether it may open the memory. */
static int run_attach_and_read(char **args)
{
	char path[64], line[16];
	int err = attach(atoi(args[0])), fd;

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%s/mem", args[0]);
	while (fgets(line, sizeof(line), stdin)) {
		fd = probe_open(path, O_RDONLY);
		printf("memory: %s\n", fd < 0 ? strerror(-fd) : "allowed");
		fflush(stdout);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

static void *declare(void *arg)
{
	const char *who = arg;
	unsigned long pid = !strcmp(who, "any")	 ? PR_SET_PTRACER_ANY :
			    !strcmp(who, "none") ? 0 :
						   strtoul(who, NULL, 10);

	prctl(PR_SET_PTRACER, pid, 0, 0, 0);
	return NULL;
}

/* What prctl() answers is Yama's, and not of interest. */
static int run_declare(char **args)
{
	int i;

	for (i = 0; args[i] && strcmp(args[i], "--"); i++)
		if (!strncmp(args[i], "thread:", 7))
			in_thread(declare, args[i] + 7);
		else
			declare(args[i]);
	if (args[i]) {
		execvp(args[i + 1], args + i + 1);
		return -errno;
	}
	printf("%d\n", getpid());
	fflush(stdout);
	sleep_forever();
	return 0;
}

static int be_user(void)
{
	return setgroups(0, NULL) || setgid(USER) || setuid(USER) ? -errno : 0;
}

/* A user with one capability, which exec keeps. */
static int be_capable_user(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	const __u32 bit = 1U << CAP_SYS_PTRACE;
	int err;

	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	err = be_user();
	if (err)
		return err;
	data[0].effective = data[0].permitted = data[0].inheritable = bit;
	if (syscall(SYS_capset, &header, data) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_PTRACE, 0, 0))
		return -errno;
	return 0;
}

/* Root, which after an exec lacks the capability. */
static int be_incapable(void)
{
	return prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0) ? -errno : 0;
}

static int run_as(char **args)
{
	static const struct {
		const char *name;
		int (*be)(void);
	} who[] = {
		{ "user", be_user },
		{ "capable", be_capable_user },
		{ "incapable", be_incapable },
	};

	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
		int err;

		if (strcmp(args[0], who[i].name))
			continue;
		err = who[i].be();
		if (err)
			return err;
		execvp(args[1], args + 1);
		return -errno;
	}
	return -EINVAL;
}

const struct probe ptrace_probes[] = {
	{ "trace_grandchild", run_trace_grandchild, 0, 0, "" },
	{ "trace_orphan", run_trace_orphan, 0, 0, "" },
	{ "trace_child_of_thread", run_trace_child_of_thread, 0, 0, "" },
	{ "attach_in_thread", run_attach_in_thread, 0, 1,
	  "[main] (the thread prints its number; it, or the main one, attaches to the PID read)" },
	{ "attach_and_read", run_attach_and_read, 1, 1, "PID (tries its memory for each line read)" },
	{ "declare", run_declare, 1, 99, "[thread:]any|none|PID... [-- PROGRAM [ARG...]] (prints its pid and sleeps)" },
	{ "as", run_as, 2, 99, "user|capable|incapable PROGRAM [ARG...]" },
	{},
};
