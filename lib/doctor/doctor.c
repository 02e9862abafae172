// SPDX-License-Identifier: GPL-2.0-only
/* Whether modules work on this kernel, now; and where not, what to do. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "seal/seal.h"

#define SECURITYFS "/sys/kernel/security"

static void check_compiled(struct latch_check *c)
{
	struct latch_error err;

	if (!latch_kernel_btf(&err))
		latch_check_say(c, LATCH_CHECK_BAD, "unknown: %.700s", err.text);
	else if (latch_kernel_hook_id("file_open") < 0)
		latch_check_say(c, LATCH_CHECK_BAD, "not in this kernel: it takes one built with CONFIG_BPF_LSM");
	else
		latch_check_say(c, LATCH_CHECK_OK, "in this kernel");
}

static void check_bpffs(struct latch_check *c)
{
	struct statfs fs;

	if (statfs(LATCH_BPFFS, &fs))
		latch_check_say(c, LATCH_CHECK_BAD, LATCH_BPFFS ": %m: mount sysfs on /sys");
	else if ((unsigned long)fs.f_type != BPF_FS_MAGIC)
		latch_check_say(c, LATCH_CHECK_NOTE, "not mounted on " LATCH_BPFFS ": `latch load` mounts it");
	else
		latch_check_say(c, LATCH_CHECK_OK, "mounted on " LATCH_BPFFS);
}

static void check_lockdown(struct latch_check *c)
{
	char list[128], *level;

	if (latch_read_file("/sys/kernel/security/lockdown", list, sizeof(list))) {
		latch_check_say(c, LATCH_CHECK_OK,
				"none built in or none active: latch can deny each feature by itself");
		return;
	}
	level = strchr(list, '[');
	level = level ? level + 1 : list;
	level[strcspn(level, "]")] = '\0';
	if (!strcmp(level, "none"))
		latch_check_say(c, LATCH_CHECK_OK, "none");
	else
		latch_check_say(c, LATCH_CHECK_NOTE,
				"%s: what that denies is denied whatever latch is told; latch can only add", level);
}

static void check_privilege(struct latch_check *c)
{
	if (latch_has_capability(CAP_SYS_ADMIN))
		latch_check_say(c, LATCH_CHECK_OK, "CAP_SYS_ADMIN");
	else
		latch_check_say(c, LATCH_CHECK_BAD, "no CAP_SYS_ADMIN: run latch as root");
}

static void check_seal(struct latch_check *c)
{
	struct latch_error err;

	if (latch_builtin_lockdown() == LATCH_CONFIDENTIALITY)
		latch_check_say(
			c, LATCH_CHECK_NOTE,
			"under lockdown=confidentiality the guard cannot see mounts: `latch seal` needs --weak");
	else if (latch_seal_namespace(&err))
		latch_check_say(c, LATCH_CHECK_NOTE, "%.700s", err.text);
	else
		latch_check_say(c, LATCH_CHECK_OK,
				"can be put on, as far as can be seen: `latch seal` tries each denial first");
}

/* It is optional, so never BAD. */
static void check_hold(struct latch_check *c)
{
	int version = latch_hold_version();
	struct statfs fs;

	if (version == LATCH_HOLD_ABI)
		latch_check_say(c, LATCH_CHECK_OK, "loaded, interface %d: `latch seal` gives it the links to hold",
				version);
	else if (version > 0)
		latch_check_say(
			c, LATCH_CHECK_NOTE,
			"loaded, but of another latch (interface %d; this one has %d): seals are kept by the guard "
			"alone, see latch-hold(7)",
			version, LATCH_HOLD_ABI);
	else if (version != -ENOENT)
		latch_check_say(c, LATCH_CHECK_NOTE, "unknown: " SECURITYFS "/latch/version: %s", strerror(-version));
	else if (statfs(SECURITYFS, &fs) || (unsigned long)fs.f_type != SECURITYFS_MAGIC)
		latch_check_say(c, LATCH_CHECK_NOTE, "unknown: no securityfs on " SECURITYFS);
	else
		latch_check_say(c, LATCH_CHECK_NOTE,
				"not loaded: seals are kept by the guard alone, see latch-hold(7)");
}

static const struct {
	const char *name;
	void (*check)(struct latch_check *c);
} checks[LATCH_CHECKS] = {
	{ "kernel", latch_check_release },
	{ "BTF", latch_check_btf },
	{ "BPF LSM", check_compiled },
	{ "active LSMs", latch_check_active },
	{ "bpffs", check_bpffs },
	{ "lockdown", check_lockdown },
	{ "privilege", check_privilege },
	{ "ftrace", latch_check_ftrace },
	{ "seal", check_seal },
	{ "latch.ko", check_hold },
};

int latch_doctor(struct latch_check *out)
{
	int e = 0;

	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		out[i].name = checks[i].name;
		checks[i].check(&out[i]);
		if (out[i].state == LATCH_CHECK_BAD)
			e = -EOPNOTSUPP;
	}
	return e;
}
