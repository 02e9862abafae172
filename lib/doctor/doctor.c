// SPDX-License-Identifier: GPL-2.0-only
/* Whether modules work on this kernel, now; and where not, what to do. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "doctor/doctor.h"

#define HOLD_VERSION "/sys/kernel/security/latch/version"

static void check_compiled(struct latch_check *c)
{
	struct latch_error err;

	if (!latch_kernel_btf(&err))
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (latch_kernel_hook_id("file_open") < 0)
		latch_check_say(c, LATCH_CHECK_BAD, "not in this kernel: it takes one built with CONFIG_BPF_LSM");
	else
		latch_check_say(c, LATCH_CHECK_OK, "in this kernel");
}

static void check_bpffs(struct latch_check *c)
{
	struct latch_error err;
	struct statfs fs;
	_cleanup_close_ int fd = -1;

	if (!statfs(LATCH_BPFFS, &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC) {
		int e = latch_root_refuse(&err);

		/* Who may not look there is told so elsewhere. */
		if (e == -EBADMSG || e == -EXDEV || latch_bpffs_writable(&err))
			latch_check_say(c, LATCH_CHECK_BAD, "%.700s", err.text);
		else
			latch_check_say(c, LATCH_CHECK_OK, "mounted on " LATCH_BPFFS);
		return;
	}
	fd = latch_kernel_open(LATCH_BPFFS, O_PATH | O_DIRECTORY, &err);
	if (fd >= 0)
		latch_check_say(c, LATCH_CHECK_NOTE, "not mounted on " LATCH_BPFFS ": `latch load` mounts it");
	else if (fd == -ENOENT)
		latch_check_say(c, LATCH_CHECK_BAD, "%.600s: this takes a kernel built with CONFIG_BPF_SYSCALL",
				err.text);
	else
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
}

static void check_lockdown(struct latch_check *c)
{
	struct latch_error err;
	int level = latch_builtin_level(&err);

	if (level < 0)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (level == LATCH_NEITHER)
		latch_check_say(c, LATCH_CHECK_OK,
				"none built in, or none active: latch can deny each feature by itself");
	else
		latch_check_say(c, LATCH_CHECK_NOTE,
				"%s: what that denies is denied whatever latch is told; latch can only add",
				level == LATCH_INTEGRITY ? "integrity" : "confidentiality");
}

static void check_privilege(struct latch_check *c)
{
	struct latch_error err;
	int has = latch_capability(CAP_SYS_ADMIN, &err);

	if (has > 0)
		latch_check_say(c, LATCH_CHECK_OK, "CAP_SYS_ADMIN");
	else if (!has)
		latch_check_say(c, LATCH_CHECK_BAD, "no CAP_SYS_ADMIN: run latch as root");
	else if (has == -EXDEV)
		latch_check_say(
			c, LATCH_CHECK_BAD,
			"CAP_SYS_ADMIN only in a user namespace, as in a container: the kernel wants it outside "
			"of it: run latch as root there");
	else
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
}

/* As `latch seal --dry-run` looks, but for what depends on the module. */
static void check_seal(struct latch_check *c)
{
	struct latch_error err;
	struct latch *l;
	int e = latch_open_to_read(&l, &err);

	if (e) {
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "it is not known whether it can be put on: %.700s", err.text);
		return;
	}
	e = latch_seal_foresee_here(l, &err);
	latch_close(l);
	if (e)
		latch_check_say(c, LATCH_CHECK_NOTE, "cannot be put on now: %.700s", err.text);
	else if (latch_builtin_lockdown() == LATCH_CONFIDENTIALITY)
		latch_check_say(
			c, LATCH_CHECK_NOTE,
			"under lockdown=confidentiality the guard cannot see mounts: `latch seal` needs --weak");
	else
		latch_check_say(c, LATCH_CHECK_OK,
				"can be put on, as far as can be seen: `latch seal` tries each denial first");
}

/* A program that cannot be loaded, or is not called, is no guard; and bpf(2) may be the end of who calls it. */
static void check_seal_after(struct latch_check *c, const struct latch_check *called)
{
	if (called->state == LATCH_CHECK_BAD)
		latch_check_say(c, LATCH_CHECK_NOTE,
				"cannot be put on: it has programs of its own, and of those is true what `%s` says",
				called->name);
	else if (called->state == LATCH_CHECK_UNKNOWN)
		latch_check_say(
			c, LATCH_CHECK_UNKNOWN,
			"it is not known whether it can be put on: it has programs of its own, and of those is true "
			"what `%s` says",
			called->name);
	else
		check_seal(c);
}

/* It is optional, so never BAD. */
static void check_hold(struct latch_check *c)
{
	int version = latch_hold_version();
	struct latch_error err;
	_cleanup_close_ int fd = -1;

	if (version == LATCH_HOLD_ABI)
		latch_check_say(c, LATCH_CHECK_OK, "loaded, interface %d: `latch seal` gives it the links to hold",
				version);
	else if (version > 0)
		latch_check_say(
			c, LATCH_CHECK_NOTE,
			"loaded, but of another latch (interface %d; this one has %d): seals are kept by the guard "
			"alone, see latch-hold(7)",
			version, LATCH_HOLD_ABI);
	else if (version != -ENOENT && (fd = latch_kernel_open(HOLD_VERSION, O_RDONLY, &err)) < 0)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (version != -ENOENT)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, HOLD_VERSION ": %s", strerror(-version));
	else
		latch_check_say(c, LATCH_CHECK_NOTE,
				"not loaded: seals are kept by the guard alone, see latch-hold(7)");
}

static const struct {
	const char *name;
	void (*check)(struct latch_check *c);
	bool optional;
} checks[LATCH_CHECKS] = {
	{ "kernel", latch_check_release, false }, { "BTF", latch_check_btf, false },
	{ "BPF LSM", check_compiled, false },	  { "active LSMs", latch_check_active, false },
	{ "bpffs", check_bpffs, false },	  { "lockdown", check_lockdown, true },
	{ "privilege", check_privilege, false },  { "ftrace", latch_check_ftrace, false },
	{ "called", latch_check_called, false },  { "seal", check_seal, true },
	{ "latch.ko", check_hold, true },
};

int latch_doctor(struct latch_check *out, bool attach)
{
	const struct latch_check *called = NULL;
	int e = 0;

	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		out[i].name = checks[i].name;
		out[i].optional = checks[i].optional;
		/* The others say whether it is called, but for the architecture. */
		if (!attach && checks[i].check == latch_check_called)
			latch_check_arch(&out[i]);
		else if (checks[i].check == check_seal && called)
			check_seal_after(&out[i], called);
		else
			checks[i].check(&out[i]);
		if (checks[i].check == latch_check_called)
			called = &out[i];
		if (out[i].state >= LATCH_CHECK_UNKNOWN && !out[i].optional)
			e = -EOPNOTSUPP;
	}
	return e;
}
