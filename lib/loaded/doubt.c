// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the kernel's answers to bpf(2) are its own. A program on the hook bpf, one that changes what
 * the call returns, a probe or a livepatch may say to latch, and to latch alone, that there is nothing.
 * ftrace has the functions whose calls go elsewhere, whoever made them do so: enabled_functions in tracefs.
 * A line: bpf_lsm_bpf (1) R   D   \ttramp: ...
 * R: the registers may be changed, I: where the call goes on, D: it goes to a trampoline
 * (Documentation/trace/ftrace.rst).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* What each call of bpf(2) passes: __x64_sys_bpf and its kin, __sys_bpf, and its hook. */
static bool answers(const char *function)
{
	return ends_with(function, "_sys_bpf") || !strcmp(function, "security_bpf") || !strcmp(function, "bpf_lsm_bpf");
}

static bool is_diverted(const char *line, char *function, size_t size)
{
	char name[128], flags[64] = "";

	if (sscanf(line, "%127s (%*u)%63[^\t\n]", name, flags) < 1 || !answers(name) || !strpbrk(flags, "RID"))
		return false;
	snprintf(function, size, "%s", name);
	return true;
}

/* Opening tracefs is denied then, and told in the kernel's log. */
static bool no_tracefs(void)
{
	struct latch_error unused;
	char levels[128];

	return !latch_kernel_read("/sys/kernel/security/lockdown", levels, sizeof(levels), &unused) &&
	       strstr(levels, "[confidentiality]");
}

int latch_bpf_diverted(char *function, size_t size)
{
	FILE *list;
	char line[512];
	int r = 0;

	if (no_tracefs())
		return 0;
	list = latch_own_stream("tracefs", "enabled_functions");
	if (!list) /* ENODEV, ENOENT: a kernel without it */
		return errno == ENODEV || errno == ENOENT ? 0 : -errno;
	while (!r && fgets(line, sizeof(line), list))
		r = is_diverted(line, function, size);
	if (!r && ferror(list))
		r = -EIO;
	fclose(list);
	return r;
}
