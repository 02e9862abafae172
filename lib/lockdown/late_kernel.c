// SPDX-License-Identifier: GPL-2.0-only
/* What was put into the kernel before and is still there: images, probes, unsigned modules. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "lockdown/late.h"

#define PROBES_SHOWN 16

static int look_at_kexec(struct latch_findings *f)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{ "/sys/kernel/kexec_loaded", "a kexec image is loaded, and `kexec -e` starts it" },
		{ "/sys/kernel/kexec_crash_loaded", "a crash kernel is loaded, and starts at a panic" },
	};
	struct latch_error why;
	int e = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !e; i++) {
		long loaded;
		int r = latch_kernel_number(files[i].path, &loaded, &why);

		if (r && r != -ENOENT)
			e = latch_finding_add(f, LATCH_UNSEEN, "kexec", "%s", why.text);
		else if (!r && loaded)
			e = latch_finding_add(f, LATCH_LATE, "kexec", "%s", files[i].text);
	}
	return e;
}

/*
 * All kprobes, whoever made them; reading the list is exempt from debugfs lockdown.
 * A line: ffffffff81234560  k  vfs_fsync+0x0    [FTRACE]
 */
static int look_at_kprobes(struct latch_findings *f)
{
	unsigned int n = 0;
	char line[512], where[256];
	FILE *list;
	int e = 0;

	if (!latch_kernel_has_function("register_kprobe"))
		return 0;
	list = latch_own_stream("debugfs", "kprobes/list");
	if (!list)
		return latch_finding_add(f, LATCH_UNSEEN, "kprobes", "debugfs kprobes/list: %s", strerror(errno));
	while (!e && fgets(line, sizeof(line), list))
		if (sscanf(line, "%*s %*s %255s", where) == 1 && n++ < PROBES_SHOWN)
			e = latch_finding_add(f, LATCH_LATE, "kprobes", "a probe is in place at %s", where);
	fclose(list);
	if (!e && n > PROBES_SHOWN)
		e = latch_finding_add(f, LATCH_LATE, "kprobes", "%u more probes are in place", n - PROBES_SHOWN);
	return e;
}

/* kprobes and what the list of kprobes does not have: fprobes. */
static int look_at_trace_events(struct latch_findings *f)
{
	FILE *events = latch_own_stream("tracefs", "dynamic_events");
	char line[512];
	int e = 0;

	if (!events)
		return 0; /* tracing is not built in, or an old kernel without these */
	while (!e && fgets(line, sizeof(line), events)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == 'f')
			e = latch_finding_add(f, LATCH_LATE, "kprobes", "a probe is in place: %.300s", line);
	}
	fclose(events);
	return e;
}

/* One that was unloaded again, too. */
static int look_at_taint(struct latch_findings *f)
{
	struct latch_error why;
	long taint;

	if (latch_kernel_number("/proc/sys/kernel/tainted", &taint, &why))
		return latch_finding_add(f, LATCH_UNSEEN, "module_signature", "%s", why.text);
	return taint & 1 << 13 ?
		       latch_finding_add(f, LATCH_LATE, "module_signature",
					 "an unsigned module was loaded since boot, and may have changed the kernel") :
		       0;
}

struct modules {
	struct latch_findings *findings;
	bool some;
};

/* E: not signed, or with an unknown key; F: forced. One that is built in has no such file. */
static int look_at_module(int dir, const char *name, void *arg)
{
	struct modules *m = arg;
	struct latch_error why;
	char path[300], value[64];
	int e;

	(void)dir;
	snprintf(path, sizeof(path), "/sys/module/%s/taint", name);
	e = latch_kernel_read(path, value, sizeof(value), &why);
	if (e == -ENOENT || e == -ENODEV)
		return 0;
	if (e)
		return latch_finding_add(m->findings, LATCH_UNSEEN, "module_signature", "%s", why.text);
	if (!strpbrk(value, "EF"))
		return 0;
	m->some = true;
	return latch_finding_add(m->findings, LATCH_LATE, "module_signature", "the unsigned module %s is loaded", name);
}

static int look_at_modules(struct latch_findings *f)
{
	struct modules m = { .findings = f };
	struct latch_error why = { .text = "" };
	int e = latch_kernel_entries_each("/sys/module", look_at_module, &m, &why);

	if (*why.text)
		return latch_finding_add(f, LATCH_UNSEEN, "module_signature", "%s", why.text);
	return e || m.some ? e : look_at_taint(f);
}

int latch_late_kernel(struct latch_findings *f, bool tracefs)
{
	int e = look_at_kexec(f);

	if (!e)
		e = look_at_kprobes(f);
	if (!e && tracefs)
		e = look_at_trace_events(f);
	return e ? e : look_at_modules(f);
}
