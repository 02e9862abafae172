// SPDX-License-Identifier: GPL-2.0-only
/*
 * killat N PROGRAM [ARG...]: runs it and kills it (SIGKILL) as it enters its Nth system
 * call that may change something outside of it, so that N - 1 of them have been done and the
 * Nth has not. A call that changes nothing there (`quiet`, and those that open what is there
 * or ask bpf(2)) leaves the same when it is killed at it as at the next that does.
 * killat @NR ...: as it enters its first system call number NR.
 * With KILLAT_RUN in the environment it is not killed there: it stands until that shell
 * command has ended, which has its number as KILLAT_PID, and goes on. What it reads makes a difference there, so that N is its
 * Nth call of all but read(), of which latch makes a thousand.
 * Exits 0 when it was killed, and prints the number of that system call; 1 when it ended
 * by itself before, and prints how many calls it made and its exit status; 2 on failure.
 * It listens by seccomp, not by ptrace: under a debugger `latch seal` does nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_YET (-1)

static int die(const char *what)
{
	fprintf(stderr, "killat: %s: %m\n", what);
	return 2;
}

/* They change nothing that is there when the process has ended. */
static const int quiet[] = {
	SYS_read,
	SYS_pread64,
	SYS_lseek,
	SYS_getdents64,
	SYS_readlink,
	SYS_readlinkat,
	SYS_stat,
	SYS_lstat,
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_statfs,
	SYS_fstatfs,
	SYS_access,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_mmap,
	SYS_munmap,
	SYS_mprotect,
	SYS_mremap,
	SYS_brk,
	SYS_poll,
	SYS_epoll_wait,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_clock_gettime,
	SYS_getrandom,
	SYS_uname,
	SYS_sysinfo,
	SYS_getpid,
	SYS_getppid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_capget,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_arch_prctl,
	SYS_prlimit64,
	SYS_set_robust_list,
	SYS_set_tid_address,
	SYS_rseq,
	SYS_dup,
	SYS_dup2,
	SYS_dup3,
	SYS_pipe2,
};
/* Of bpf(2). What is loaded and nothing holds goes with the process, but not at once: not here. */
static const int asks[] = {
	BPF_MAP_LOOKUP_ELEM,  BPF_MAP_GET_NEXT_KEY,  BPF_OBJ_GET,	   BPF_PROG_GET_NEXT_ID,
	BPF_MAP_GET_NEXT_ID,  BPF_PROG_GET_FD_BY_ID, BPF_MAP_GET_FD_BY_ID, BPF_OBJ_GET_INFO_BY_FD,
	BPF_PROG_QUERY,	      BPF_BTF_GET_FD_BY_ID,  BPF_BTF_GET_NEXT_ID,  BPF_LINK_GET_FD_BY_ID,
	BPF_LINK_GET_NEXT_ID,
};
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

struct code {
	struct sock_filter at[3 * (COUNT(quiet) + COUNT(asks)) + 16];
	unsigned short n;
};

static void add(struct code *c, struct sock_filter one)
{
	c->at[c->n++] = one;
}

/* What is loaded and is one of list is let through. */
static void pass(struct code *c, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(c, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)list[i], 0, 1));
		add(c, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	}
}

/* Takes an argument of call nr for what is loaded; skips the `then` after it for another call. */
static void argument(struct code *c, int nr, int index, unsigned char then)
{
	add(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	add(c, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, then + 1));
	add(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    offsetof(struct seccomp_data, args) + sizeof(__u64) * (size_t)index));
}

static void filter_code(struct code *c, bool every)
{
	const int creates = O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

	add(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	pass(c, quiet, every ? 1 : COUNT(quiet));
	if (!every) {
		argument(c, SYS_bpf, 0, 2 * COUNT(asks));
		pass(c, asks, COUNT(asks));
		argument(c, SYS_openat, 2, 2);
		add(c, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (unsigned)creates, 1, 0));
		add(c, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	}
	add(c, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
}

/* Shares its descriptors with its parent until it executes argv. */
static int child(volatile int *listener, char **argv, bool every)
{
	struct code code = { .n = 0 };
	struct sock_fprog filter = { 0, code.at };
	long fd = -1;

	filter_code(&code, every);
	filter.len = code.n;
	if (!prctl(PR_SET_PDEATHSIG, SIGKILL) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
	*listener = fd < 0 ? -2 : (int)fd;
	if (fd < 0)
		return die("seccomp");
	execvp(argv[0], argv);
	return die(argv[0]);
}

/* Lets calls pass, up to the one before which it is killed. Returns how many came. */
static long follow(int listener, pid_t pid, long at, bool number, long *last)
{
	const char *run = getenv("KILLAT_RUN");
	/* On 6.1 the listener tells of the end only when the process has been waited for. */
	struct pollfd p[] = {
		{ .fd = listener, .events = POLLIN },
		{ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
	};
	char text[16];
	long calls = 0;

	if (p[1].fd < 0)
		return -1;
	for (;;) {
		struct seccomp_notif ask = { 0 };
		struct seccomp_notif_resp answer = { 0 };

		if (poll(p, 2, -1) < 0)
			return -1;
		if (!(p[0].revents & POLLIN))
			return calls; /* it ended */
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask)) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			return -1;
		}
		*last = ask.data.nr;
		calls++;
		if (number ? *last == at : calls == at) {
			if (!run)
				return kill(pid, SIGKILL) ? -1 : calls;
			snprintf(text, sizeof(text), "%d", pid);
			if (setenv("KILLAT_PID", text, 1) || system(run))
				return -1;
			at = -1;
		}
		answer.id = ask.id;
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) && errno != ENOENT)
			return -1;
	}
}

int main(int argc, char **argv)
{
	bool number = argc > 2 && argv[1][0] == '@';
	long at = argc > 2 ? atol(argv[1] + number) : 0, calls, last = 0;
	volatile int *listener;
	int status;
	pid_t pid;

	if (number ? at < 0 : at < 1)
		return fprintf(stderr, "usage: killat N|@NR PROGRAM [ARG...]\n"), 2;
	listener = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (listener == MAP_FAILED)
		return die("mmap");
	*listener = NOT_YET;
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);
	if (!pid)
		_exit(child(listener, argv + 2, number || getenv("KILLAT_RUN")));
	if (pid < 0)
		return die("clone");
	while (*listener == NOT_YET)
		usleep(1000);
	calls = *listener < 0 ? -1 : follow(*listener, pid, at, number, &last);
	if (calls < 0)
		return kill(pid, SIGKILL), die("seccomp");
	if (waitpid(pid, &status, 0) < 0)
		return die("wait");
	if (WIFSIGNALED(status)) {
		if (WTERMSIG(status) != SIGKILL)
			return fprintf(stderr, "killat: it died of signal %d\n", WTERMSIG(status)), 2;
		printf("%ld\n", last);
		return 0;
	}
	printf("%ld %d\n", calls, WEXITSTATUS(status));
	return 1;
}
