// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to change the kernel, or to read its memory, that no feature closes, nor the
 * lockdown built into the kernel. One table; a row is here only if it is true of the
 * kernel's source, and says where it can be seen that this machine has it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lockdown/late.h"

/* Whether a directory of sysfs has an entry: 1, 0, or a negative errno. */
static int has_entries(const char *dir, struct latch_error *why)
{
	int e = latch_kernel_entries_each(dir, latch_entry_any, NULL, why);

	return e == -ENOENT ? 0 : e;
}

static int has_livepatch(struct latch_error *why)
{
	return has_entries("/sys/kernel/livepatch", why);
}

static int always(struct latch_error *why)
{
	(void)why;
	return 1;
}

#define IOMMU_GROUPS "/sys/kernel/iommu_groups"

struct groups {
	bool some, identity;
};

static int look_at_group(int dir, const char *name, void *arg)
{
	struct groups *groups = arg;
	struct latch_error unused;
	char path[300], type[32];

	(void)dir;
	groups->some = true;
	snprintf(path, sizeof(path), IOMMU_GROUPS "/%s/type", name);
	/* What cannot be read may be that. */
	if (latch_kernel_read(path, type, sizeof(type), &unused) || !strcmp(type, "identity"))
		groups->identity = true;
	return 0;
}

/* Some group translates nothing, or there is none. */
static int lacks_iommu(struct latch_error *why)
{
	struct groups groups = { false, false };
	int e = latch_kernel_entries_each(IOMMU_GROUPS, look_at_group, &groups, why);

	if (e && e != -ENOENT)
		return e;
	return !groups.some || groups.identity;
}

static const struct {
	const char *name;
	enum latch_property property;
	enum latch_finding_kind kind;
	int (*here)(struct latch_error *why); /* 1, 0, or a negative errno: it cannot be looked at */
	const char *text;
} ways[] = {
	/* kernel/livepatch/core.c, enabled_store(): asks nothing */
	{ "livepatch", LATCH_INTEGRITY, LATCH_UNCOVERED, has_livepatch,
	  "a livepatch can be turned off in /sys/kernel/livepatch, and what it mends is open again" },
	/* kernel/bpf/verifier.c, check_ptr_to_btf_access(): asks for CAP_PERFMON */
	{ "bpf", LATCH_CONFIDENTIALITY, LATCH_UNCOVERED, always,
	  "BPF programs can read kernel memory through typed pointers, which no reason asks about" },
	{ "iommu", LATCH_INTEGRITY, LATCH_NOTE, lacks_iommu,
	  "no IOMMU stands between some devices and memory: whether one takes firmware of root's is not judged" },
};

int latch_uncovered_find(struct latch_findings *f, enum latch_property property)
{
	int e = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && !e; i++) {
		struct latch_error why;
		int here = ways[i].property <= property ? ways[i].here(&why) : 0;

		if (here < 0)
			e = latch_finding_add(f, ways[i].kind == LATCH_NOTE ? LATCH_NOTE : LATCH_UNSEEN, ways[i].name,
					      "%.300s: if so, %s", why.text, ways[i].text);
		else if (here)
			e = latch_finding_add(f, ways[i].kind, ways[i].name, "%s", ways[i].text);
	}
	return e;
}
