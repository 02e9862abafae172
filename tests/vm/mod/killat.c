// SPDX-License-Identifier: GPL-2.0-only
/*
 * killat N PROGRAM [ARG...]: runs it and kills it (SIGKILL) as it enters its Nth system
 * call that is not a read(), so that N - 1 of them have been done and the Nth has not.
 * killat @NR ...: as it enters its first system call number NR.
 * read() changes nothing outside of the process, and latch reads a thousand times.
 * Exits 0 when it was killed, and prints the number of that system call; 1 when it ended
 * by itself before, and prints how many calls it made and its exit status; 2 on failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int die(const char *what)
{
	fprintf(stderr, "killat: %s: %m\n", what);
	return 2;
}

static int child(char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return die("prepare");
	execvp(argv[0], argv);
	return die(argv[0]);
}

int main(int argc, char **argv)
{
	bool number = argc > 2 && argv[1][0] == '@';
	long at = argc > 2 ? atol(argv[1] + number) : 0, calls = 0;
	int status;
	pid_t pid;

	if (at < 1)
		return fprintf(stderr, "usage: killat N|@NR PROGRAM [ARG...]\n"), 2;
	pid = fork();
	if (!pid)
		_exit(child(argv + 2));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return die("fork");
	/* EXITKILL: nothing traced outlives this */
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL))
		return die("ptrace");
	for (int sig = 0;;) {
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)(long)sig) || waitpid(pid, &status, 0) < 0)
			return die("ptrace");
		if (!WIFSTOPPED(status))
			break;
		sig = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
			struct user_regs_struct regs;

			sig = 0;
			calls++;
			if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
				return die("ptrace");
			if (number ? (long)regs.orig_rax != at : calls < at)
				continue;
			if (kill(pid, SIGKILL) || waitpid(pid, &status, 0) < 0 || !WIFSIGNALED(status))
				return die("kill");
			printf("%ld\n", (long)regs.orig_rax);
			return 0;
		}
		if (sig == SIGTRAP)
			sig = 0; /* of execve */
	}
	if (WIFSIGNALED(status))
		return fprintf(stderr, "killat: it died of signal %d\n", WTERMSIG(status)), 2;
	printf("%ld %d\n", calls, WEXITSTATUS(status));
	return 1;
}
