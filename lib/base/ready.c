// SPDX-License-Identifier: GPL-2.0-only
/* What this kernel lacks without which programs cannot work, or are not called; and what to do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/base.h"

#define SECURITYFS "/sys/kernel/security"
#define LSM_LIST SECURITYFS "/lsm"

void latch_check_say(struct latch_check *c, enum latch_check_state state, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	c->state = state;
}

void latch_check_release(struct latch_check *c)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major < 6 || (major == 6 && minor < 1))
		latch_check_say(c, LATCH_CHECK_BAD, "Linux %s: latch needs 6.1 or later", u.release);
	else
		latch_check_say(c, LATCH_CHECK_OK, "Linux %s", u.release);
}

void latch_check_btf(struct latch_check *c)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		latch_check_say(c, LATCH_CHECK_BAD,
				"/sys/kernel/btf/vmlinux: %m: this takes a kernel built with CONFIG_DEBUG_INFO_BTF");
	else
		latch_check_say(c, LATCH_CHECK_OK, "the kernel describes its types");
}

void latch_check_active(struct latch_check *c)
{
	char list[512];
	int e = latch_read_file(LSM_LIST, list, sizeof(list));

	if (e)
		latch_check_say(c, LATCH_CHECK_BAD, LSM_LIST ": %s: `mount -t securityfs securityfs " SECURITYFS "`",
				strerror(-e));
	else if (!latch_list_has(list, "bpf"))
		latch_check_say(c, LATCH_CHECK_BAD,
				"`bpf` is not in the active list, so programs would attach and never be called: "
				"add lsm=%s%sbpf to the kernel command line and reboot",
				list, *list ? "," : "");
	else
		latch_check_say(c, LATCH_CHECK_OK, "%s", list);
}

void latch_check_ftrace(struct latch_check *c)
{
	char value[16];
	int e = latch_read_file("/proc/sys/kernel/ftrace_enabled", value, sizeof(value));

	if (e)
		latch_check_say(c, LATCH_CHECK_NOTE, "kernel.ftrace_enabled: %s", strerror(-e));
	else if (!strcmp(value, "0"))
		latch_check_say(c, LATCH_CHECK_BAD,
				"kernel.ftrace_enabled is 0, which turns every BPF LSM program off: `sysctl "
				"kernel.ftrace_enabled=1`");
	else
		latch_check_say(c, LATCH_CHECK_OK, "kernel.ftrace_enabled is %s", value);
}

int latch_kernel_ready(struct latch_error *err)
{
	static const struct {
		const char *name;
		void (*check)(struct latch_check *c);
	} checks[] = {
		{ "kernel", latch_check_release },
		{ "BTF", latch_check_btf },
		{ "active LSMs", latch_check_active },
		{ "ftrace", latch_check_ftrace },
	};
	struct latch_check c;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		checks[i].check(&c);
		if (c.state == LATCH_CHECK_BAD)
			return latch_fail(err, -EOPNOTSUPP, "%s: %s", checks[i].name, c.text);
	}
	return 0;
}
