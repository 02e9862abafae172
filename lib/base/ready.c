// SPDX-License-Identifier: GPL-2.0-only
/* What this kernel lacks without which programs cannot work, or are not called; and what to do. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/base.h"

#define LSM_LIST "/sys/kernel/security/lsm"
#define BTF "/sys/kernel/btf/vmlinux"
#define BTF_MAGIC 0xeb9f /* include/uapi/linux/btf.h */
#define FTRACE "/proc/sys/kernel/ftrace_enabled"

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
	struct latch_error err;
	_cleanup_close_ int fd = latch_kernel_open(BTF, O_RDONLY, &err);
	uint16_t magic = 0;

	if (fd == -ENOENT)
		latch_check_say(c, LATCH_CHECK_BAD, "%.600s: this takes a kernel built with CONFIG_DEBUG_INFO_BTF",
				err.text);
	else if (fd < 0)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (read(fd, &magic, sizeof(magic)) != sizeof(magic) || magic != BTF_MAGIC)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, BTF ": not what the kernel has there: it is no BTF");
	else
		latch_check_say(c, LATCH_CHECK_OK, "the kernel describes its types");
}

/* The kernel puts capability into every one: ordered_lsm_init(). */
static bool is_lsm_list(const char *list)
{
	return !list[strspn(list, "abcdefghijklmnopqrstuvwxyz0123456789_,")] && latch_list_has(list, "capability");
}

void latch_check_active(struct latch_check *c)
{
	char list[512];
	struct latch_error err;

	if (latch_kernel_read(LSM_LIST, list, sizeof(list), &err))
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (!is_lsm_list(list))
		latch_check_say(c, LATCH_CHECK_UNKNOWN,
				LSM_LIST ": not what the kernel has there: it is no list of LSMs");
	else if (!latch_list_has(list, "bpf"))
		latch_check_say(c, LATCH_CHECK_BAD,
				"`bpf` is not in the active list, so programs would attach and never be called: "
				"add lsm=%s%sbpf to the kernel command line and reboot",
				list, *list ? "," : "");
	else
		latch_check_say(c, LATCH_CHECK_OK, "%s", list);
}

/* After a fault it touches no function any more. */
static bool ftrace_dead(void)
{
	struct latch_error unused;
	long value;

	return latch_kernel_number(FTRACE, &value, &unused) == -ENODEV;
}

void latch_check_ftrace(struct latch_check *c)
{
	struct latch_error err;
	long value;
	int e = latch_kernel_number(FTRACE, &value, &err);

	if (e == -ENOENT)
		latch_check_say(c, LATCH_CHECK_OK, "this kernel has no kernel.ftrace_enabled that could turn it off");
	else if (e == -ENODEV)
		latch_check_say(
			c, LATCH_CHECK_UNKNOWN,
			"ftrace has shut itself down after a fault, of which `dmesg` tells: nothing is attached "
			"any more until reboot");
	else if (e)
		latch_check_say(c, LATCH_CHECK_UNKNOWN, "%.700s", err.text);
	else if (!value)
		latch_check_say(c, LATCH_CHECK_BAD,
				"kernel.ftrace_enabled is 0, which turns every BPF LSM program off: `sysctl "
				"kernel.ftrace_enabled=1`, or a reboot where a seal denies that");
	else
		latch_check_say(c, LATCH_CHECK_OK, "kernel.ftrace_enabled is %ld", value);
}

/*
 * Who leaves a function while ftrace is off leaves flags of its record behind, as
 * __ftrace_hash_rec_update() has ftrace_check_record() clear them, which does not run then.
 * ftrace_shutdown() finds them when the last user of any function goes, warns, and shuts ftrace down
 * until reboot (kernel/trace/ftrace.c; seen on 6.1 and 6.12): no program attaches any more.
 */
int latch_detach_ready(struct latch_error *err)
{
	struct latch_check c = { 0 };

	latch_check_ftrace(&c);
	if (c.state == LATCH_CHECK_OK || ftrace_dead())
		return 0;
	return latch_fail(err, -EOPNOTSUPP,
			  "no hook is detached now: what is detached while ftrace is off lets ftrace shut itself down "
			  "later, until reboot. ftrace: %s",
			  c.text);
}

/* Before, arm64 had no trampoline for them, and each attach is -ENOTSUPP (524). */
void latch_check_arch(struct latch_check *c)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (!strcmp(u.machine, "aarch64") && (major < 6 || (major == 6 && minor < 4)))
		latch_check_say(c, LATCH_CHECK_BAD, "Linux %s attaches no BPF LSM program on arm64: 6.4 is the first",
				u.release);
	else
		latch_check_say(c, LATCH_CHECK_OK, "%s", u.machine);
}

struct named_check {
	const char *name;
	void (*check)(struct latch_check *c);
};

/* The first two are whether programs can be loaded, the others whether they are called. */
static const struct named_check checks[] = {
	{ "kernel", latch_check_release },     { "BTF", latch_check_btf },	 { "architecture", latch_check_arch },
	{ "active LSMs", latch_check_active }, { "ftrace", latch_check_ftrace },
};

#define CHECKS (sizeof(checks) / sizeof(*checks))
#define CALLED 2 /* the first of those that latch_called() asks */

/* The worst of them: BAD, or else UNKNOWN, and its words; else OK. */
static enum latch_check_state worst_from(size_t i, struct latch_error *err)
{
	enum latch_check_state worst = LATCH_CHECK_OK;
	struct latch_check c;

	for (; i < CHECKS && worst != LATCH_CHECK_BAD; i++) {
		checks[i].check(&c);
		if (c.state <= LATCH_CHECK_NOTE || c.state <= worst)
			continue;
		worst = c.state;
		latch_fail(err, 0, "%s: %s", checks[i].name, c.text);
	}
	return worst;
}

int latch_kernel_ready(struct latch_error *err)
{
	return worst_from(0, err) > LATCH_CHECK_NOTE ? -EOPNOTSUPP : 0;
}

enum latch_called latch_called(struct latch_error *why)
{
	switch (worst_from(CALLED, why)) {
	case LATCH_CHECK_BAD:
		return LATCH_CALLED_NO;
	case LATCH_CHECK_UNKNOWN:
		return LATCH_CALLED_UNKNOWN;
	default:
		why->text[0] = '\0';
		return LATCH_CALLED_YES;
	}
}
