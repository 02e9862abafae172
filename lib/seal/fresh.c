// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that seals is executed anew before it does anything. Who opened its memory,
 * or traced it, did so before: what he has is of a program that is gone. From the moment
 * before that on fresh.bpf.c denies it to all, for as long as the process lives, which
 * holds the link across execve(2).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "seal/sealing.h"
#include "seal/fresh.skel.h"

#define MARK "LATCH_FRESH" /* in the environment: the descriptor of the link */

static bool fresh;
static struct latch_error why_not; /* empty: it was not tried */

/* Without close-on-exec, as dup(2) makes them; behind the standard streams, also where these are closed. */
static int keep(int link)
{
	int kept;

	do
		kept = dup(link);
	while (kept >= 0 && kept <= STDERR_FILENO);
	return kept < 0 ? -errno : kept;
}

static int attach(struct latch_error *err)
{
	struct fresh_bpf *skel;
	int link = -1, kept, e;

	latch_libbpf_capture();
	skel = fresh_bpf__open();
	if (!skel)
		return latch_fail(err, -errno, "libbpf cannot read it: %m");
	skel->rodata->fresh_process = getpid();
	e = fresh_bpf__load(skel);
	if (!e) {
		link = latch_attach(bpf_program__fd(skel->progs.fresh_ptrace_access_check));
		e = link < 0 ? link : 0;
	}
	fresh_bpf__destroy(skel);
	if (e)
		return latch_fail_attach(err, e, "the guard of this process", "ptrace_access_check");
	kept = keep(link);
	latch_close_fd(&link);
	return kept < 0 ? latch_fail(err, kept, "%s", strerror(-kept)) : kept;
}

/* Returns only where that is not possible, and says why. */
static void execute(char **argv, struct latch_error *err)
{
	int link = attach(err);
	char text[16];

	if (link < 0)
		return;
	snprintf(text, sizeof(text), "%d", link);
	if (!setenv(MARK, text, 1))
		execv("/proc/self/exe", argv);
	latch_fail(err, -errno, "cannot execute /proc/self/exe: %m");
	unsetenv(MARK);
	close(link);
}

/* Whether another process, of all the privileges that this one has, is refused its memory. */
static int refused_to_others(void)
{
	char byte, mine = 0;
	struct iovec to = { &byte, 1 }, from = { &mine, 1 };
	pid_t parent = getpid(), child = fork();
	int status;

	if (!child)
		_exit(process_vm_readv(parent, &to, 1, &from, 1, 0) < 0 && errno == EPERM ? 0 : 1);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -errno;
	return status ? -EPERM : 0;
}

/* In the program that was executed: what the environment says is anybody's word. */
static int begin(const char *mark, char **argv, struct latch_error *err)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	const char *slash = strrchr(argv[0], '/');
	int link = atoi(mark), e;

	unsetenv(MARK);
	prctl(PR_SET_NAME, slash ? slash + 1 : argv[0]); /* or it were called exe */
	if (link <= STDERR_FILENO || bpf_obj_get_info_by_fd(link, &info, &len) || info.type != BPF_LINK_TYPE_TRACING ||
	    info.tracing.attach_type != BPF_LSM_MAC)
		return latch_fail(err, -EINVAL, MARK " is in the environment, and not by latch: unset it");
	e = refused_to_others();
	return e ? latch_fail(err, e, "another process can read its memory: %s", strerror(-e)) : 0;
}

void latch_seal_fresh(struct latch *l, char **argv)
{
	const char *mark = getenv(MARK);
	int e;

	if (fresh)
		return;
	if (mark) {
		fresh = !begin(mark, argv, &why_not);
		return;
	}
	/* Who may not load a program cannot seal either, and is told so there. */
	e = latch_kernel_ready(&why_not);
	if (!e)
		e = latch_seal_namespace(&why_not);
	if (!e)
		e = latch_load_refuse(l, &why_not);
	if (!e)
		execute(argv, &why_not);
}

int latch_seal_refuse_old(const char *name, struct latch_error *err)
{
	if (fresh)
		return 0;
	return latch_fail_lines(
		err, -EOPNOTSUPP,
		"%s is not sealed: others may have a hand on this process, which was not executed anew: "
		"%.1500s",
		name, *why_not.text ? why_not.text : "latch_seal_fresh() was not called");
}
