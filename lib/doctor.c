// SPDX-License-Identifier: GPL-2.0-only
/* Whether modules work on this kernel, now; and where not, what to do. */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include "priv.h"

#define SECURITYFS "/sys/kernel/security"
#define LSM_LIST SECURITYFS "/lsm"

static void say(struct latch_check *c, enum latch_check_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct latch_check *c, enum latch_check_state state, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	c->state = state;
}

static void check_kernel(struct latch_check *c)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major < 6 || (major == 6 && minor < 1))
		say(c, LATCH_CHECK_BAD, "Linux %s: latch needs 6.1 or later", u.release);
	else
		say(c, LATCH_CHECK_OK, "Linux %s", u.release);
}

static void check_btf(struct latch_check *c)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		say(c, LATCH_CHECK_BAD,
		    "/sys/kernel/btf/vmlinux: %m: this takes a kernel built with CONFIG_DEBUG_INFO_BTF");
	else
		say(c, LATCH_CHECK_OK, "the kernel describes its types");
}

static void check_compiled(struct latch_check *c)
{
	struct latch_error err;

	if (!latch_kernel_btf(&err))
		say(c, LATCH_CHECK_BAD, "unknown: %.700s", err.text);
	else if (latch_kernel_hook_id("file_open") < 0)
		say(c, LATCH_CHECK_BAD, "not in this kernel: it takes one built with CONFIG_BPF_LSM");
	else
		say(c, LATCH_CHECK_OK, "in this kernel");
}

static void check_active(struct latch_check *c)
{
	char list[512];
	int e = latch_read_file(LSM_LIST, list, sizeof(list));

	if (e)
		say(c, LATCH_CHECK_BAD, LSM_LIST ": %s: `mount -t securityfs securityfs " SECURITYFS "`", strerror(-e));
	else if (!latch_list_has(list, "bpf"))
		say(c, LATCH_CHECK_BAD,
		    "`bpf` is not in the active list, so programs would attach and never be called: "
		    "add lsm=%s%sbpf to the kernel command line and reboot",
		    list, *list ? "," : "");
	else
		say(c, LATCH_CHECK_OK, "%s", list);
}

static void check_bpffs(struct latch_check *c)
{
	struct statfs fs;

	if (statfs(LATCH_BPFFS, &fs))
		say(c, LATCH_CHECK_BAD, LATCH_BPFFS ": %m: mount sysfs on /sys");
	else if ((unsigned long)fs.f_type != BPF_FS_MAGIC)
		say(c, LATCH_CHECK_NOTE, "not mounted on " LATCH_BPFFS ": `latch load` mounts it");
	else
		say(c, LATCH_CHECK_OK, "mounted on " LATCH_BPFFS);
}

static void check_lockdown(struct latch_check *c)
{
	char list[128], *level;

	if (latch_read_file("/sys/kernel/security/lockdown", list, sizeof(list))) {
		say(c, LATCH_CHECK_OK, "none built in or none active: latch can deny each feature by itself");
		return;
	}
	level = strchr(list, '[');
	level = level ? level + 1 : list;
	level[strcspn(level, "]")] = '\0';
	if (!strcmp(level, "none"))
		say(c, LATCH_CHECK_OK, "none");
	else
		say(c, LATCH_CHECK_NOTE, "%s: what that denies is denied whatever latch is told; latch can only add",
		    level);
}

static void check_privilege(struct latch_check *c)
{
	if (latch_has_capability(CAP_SYS_ADMIN))
		say(c, LATCH_CHECK_OK, "CAP_SYS_ADMIN");
	else
		say(c, LATCH_CHECK_BAD, "no CAP_SYS_ADMIN: run latch as root");
}

static void check_ftrace(struct latch_check *c)
{
	char value[16];
	int e = latch_read_file("/proc/sys/kernel/ftrace_enabled", value, sizeof(value));

	if (e)
		say(c, LATCH_CHECK_NOTE, "kernel.ftrace_enabled: %s", strerror(-e));
	else if (!strcmp(value, "0"))
		say(c, LATCH_CHECK_BAD,
		    "kernel.ftrace_enabled is 0, which turns every BPF LSM program off: `sysctl "
		    "kernel.ftrace_enabled=1`");
	else
		say(c, LATCH_CHECK_OK, "kernel.ftrace_enabled is %s", value);
}

static void check_seal(struct latch_check *c)
{
	struct latch_error err;

	if (latch_builtin_lockdown() == LATCH_CONFIDENTIALITY)
		say(c, LATCH_CHECK_NOTE,
		    "under lockdown=confidentiality the guard cannot see mounts: `latch seal` needs --weak");
	else if (latch_seal_namespace(&err))
		say(c, LATCH_CHECK_NOTE, "%.700s", err.text);
	else
		say(c, LATCH_CHECK_OK, "can be put on, as far as can be seen: `latch seal` tries each denial first");
}

/* It is optional, so never BAD. */
static void check_hold(struct latch_check *c)
{
	int version = latch_hold_version();
	struct statfs fs;

	if (version == LATCH_HOLD_ABI)
		say(c, LATCH_CHECK_OK, "loaded, interface %d: `latch seal` gives it the links to hold", version);
	else if (version > 0)
		say(c, LATCH_CHECK_NOTE,
		    "loaded, but of another latch (interface %d; this one has %d): seals are kept by the guard "
		    "alone, see latch-hold(7)",
		    version, LATCH_HOLD_ABI);
	else if (version != -ENOENT)
		say(c, LATCH_CHECK_NOTE, "unknown: " SECURITYFS "/latch/version: %s", strerror(-version));
	else if (statfs(SECURITYFS, &fs) || (unsigned long)fs.f_type != SECURITYFS_MAGIC)
		say(c, LATCH_CHECK_NOTE, "unknown: no securityfs on " SECURITYFS);
	else
		say(c, LATCH_CHECK_NOTE, "not loaded: seals are kept by the guard alone, see latch-hold(7)");
}

static const struct {
	const char *name;
	void (*check)(struct latch_check *c);
	bool before_load; /* cheap, and a load must not go on without */
} checks[LATCH_CHECKS] = {
	{ "kernel", check_kernel, true },	 { "BTF", check_btf, true },
	{ "BPF LSM", check_compiled, false },	 { "active LSMs", check_active, true },
	{ "bpffs", check_bpffs, false },	 { "lockdown", check_lockdown, false },
	{ "privilege", check_privilege, false }, { "ftrace", check_ftrace, true },
	{ "seal", check_seal, false },		 { "latch.ko", check_hold, false },
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

int latch_kernel_ready(struct latch_error *err)
{
	struct latch_check c;

	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		if (!checks[i].before_load)
			continue;
		checks[i].check(&c);
		if (c.state == LATCH_CHECK_BAD)
			return latch_fail(err, -EOPNOTSUPP, "%s: %s", checks[i].name, c.text);
	}
	return 0;
}
