// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a program that is attached is called: one is, in a process of its own, as a seccomp
 * filter may end it at bpf(2). It is on the hook of prctl(2), and denies one call only: that
 * with an argument which nobody else can know. It has no map, and its link is not pinned.
 * Not while ftrace is off: a function that is attached to and detached from then keeps flags, of
 * which ftrace warns and shuts itself down for good when its last user goes (seen on 6.12).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include "doctor/doctor.h"

#define HOOK "task_prctl"
#define OPTION 0x6c746368 /* of prctl(2): none that the kernel knows */
#define ANSWER EOWNERDEAD /* which prctl(2) never has */
#define NO_SUCH_THING 524 /* ENOTSUPP of include/linux/errno.h */

struct tried {
	enum { LOAD, ATTACH, CALL } step; /* that was reached */
	int code;			  /* 0, or its negative errno; of CALL: 1 if the program was called */
};

static int load(int hook, uint64_t argument)
{
	const struct bpf_insn insns[] = {
		/* r2: the second argument of the hook; r3: the one looked for, in two instructions */
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 2, .src_reg = 1, .off = 8 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 3, .imm = (int)(uint32_t)argument },
		{ .imm = (int)(uint32_t)(argument >> 32) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_JNE | BPF_X, .dst_reg = 2, .src_reg = 3, .off = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = -ANSWER },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC, .attach_btf_id = (uint32_t)hook);
	int fd = bpf_prog_load(BPF_PROG_TYPE_LSM, "called", "GPL", insns, sizeof(insns) / sizeof(*insns), &opts);

	return fd < 0 ? -errno : fd;
}

static struct tried try(int hook)
{
	struct tried t = { .step = LOAD };
	_cleanup_close_ int prog = -1, link = -1;
	uint64_t argument;

	if (getrandom(&argument, sizeof(argument), 0) != sizeof(argument)) {
		t.code = -EAGAIN;
		return t;
	}
	t.code = prog = load(hook, argument);
	if (prog < 0)
		return t;
	t.step = ATTACH;
	link = bpf_raw_tracepoint_open(NULL, prog);
	t.code = link < 0 ? -errno : 0;
	if (link < 0)
		return t;
	t.step = CALL;
	t.code = prctl(OPTION, argument, 0, 0, 0) && errno == ANSWER;
	return t;
}

/* Returns 0, or the signal that ended the process; a negative errno if there was none. */
static int try_apart(int hook, struct tried *t)
{
	int ends[2], status = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		*t = try(hook);
		n = write(ends[1], t, sizeof(*t));
		_exit(n != sizeof(*t));
	}
	close(ends[1]);
	n = pid < 0 ? -1 : read(ends[0], t, sizeof(*t));
	close(ends[0]);
	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n == sizeof(*t))
		return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -EIO;
}

/* Whether this process is under a seccomp filter. */
static bool filtered(void)
{
	struct latch_error unused;
	int mode = 0;

	return !latch_kernel_status("Seccomp", &mode, &unused) && mode == SECCOMP_MODE_FILTER;
}

static void say_refused(struct latch_check *c, const char *what, int code)
{
	latch_check_say(c, LATCH_CHECK_BAD, "%s: %s: %s", what, code == -NO_SUCH_THING ? "ENOTSUPP" : strerror(-code),
			filtered()	       ? "this process is under a seccomp filter, as in a container: run "
						 "latch outside of it" :
			code == -NO_SUCH_THING ? "this kernel cannot attach one on this architecture" :
						 "something denies it, a loaded module or another LSM; "
						 "`dmesg` may say what");
}

static void say(struct latch_check *c, const struct tried *t)
{
	if (t->step == LOAD)
		say_refused(c, "an empty program cannot be loaded", t->code);
	else if (t->step == ATTACH && t->code == -E2BIG)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "hook " HOOK ", on which it is tried, is full");
	else if (t->step == ATTACH)
		say_refused(c, "an empty program cannot be attached", t->code);
	else if (t->code)
		latch_check_say(c, LATCH_CHECK_OK, "an empty program was attached, was called, and was detached");
	else
		latch_check_say(c, LATCH_CHECK_BAD,
				"an empty program was attached and was not called: no module denies anything");
}

void latch_check_called(struct latch_check *c)
{
	struct tried t = { 0 };
	struct latch_check ftrace = { 0 };
	struct latch_error err;
	char last[LATCH_NAME_MAX];
	int hook, r, sealed;

	latch_check_ftrace(&ftrace);
	if (ftrace.state >= LATCH_CHECK_UNKNOWN) {
		latch_check_say(c, ftrace.state, "not tried, as ftrace %s: see there",
				ftrace.state == LATCH_CHECK_BAD ? "is off" : "is not known to be on");
		return;
	}
	if (latch_capability(CAP_SYS_ADMIN, &err) <= 0) {
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "not tried: that takes privilege");
		return;
	}
	if (!latch_kernel_btf(&err)) {
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "not tried: %.700s", err.text);
		return;
	}
	hook = latch_kernel_hook_id(HOOK);
	if (hook < 0) {
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "not tried: the kernel's BTF has no hook " HOOK);
		return;
	}
	/* To try would be one more denial in the record. */
	sealed = latch_seal_last(last);
	if (!sealed) {
		latch_check_say(c, LATCH_CHECK_NOTE, "not tried: all is sealed, and no program is loaded until reboot");
		return;
	}
	if (sealed != -ENOENT) {
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "not tried: it cannot be read whether all is sealed: %s",
				latch_seal_error(sealed));
		return;
	}
	r = try_apart(hook, &t);
	if (!r)
		say(c, &t);
	else if (r > 0)
		latch_check_say(c, LATCH_CHECK_BAD, "the process that tried it was ended by signal %d (%s): %s", r,
				strsignal(r),
				r == SIGSYS ? "a seccomp filter forbids bpf(2): run latch outside of the container" :
					      "that is no answer of latch's");
	else
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "not tried: %s", strerror(-r));
}
