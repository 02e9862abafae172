// SPDX-License-Identifier: GPL-2.0-only
/* The lockdown that is built into the kernel: what it denies, and so keeps from any module. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lockdown/lockdown.h"

#define SECURITYFS "/sys/kernel/security"
#define LOCKDOWN SECURITYFS "/lockdown"

int latch_builtin_level(struct latch_error *err)
{
	static const char *const forms[] = {
		[LATCH_NEITHER] = "[none] integrity confidentiality",
		[LATCH_INTEGRITY] = "none [integrity] confidentiality",
		[LATCH_CONFIDENTIALITY] = "none integrity [confidentiality]",
	};
	char list[128];
	int e = latch_kernel_read(LOCKDOWN, list, sizeof(list), err);

	if (e == -ENOENT)
		return LATCH_NEITHER; /* securityfs would have it, were it built in and active */
	for (int i = LATCH_NEITHER; !e && i <= LATCH_CONFIDENTIALITY; i++)
		if (!strcmp(list, forms[i]))
			return i;
	return e ? e :
		   latch_fail(err, -EBADMSG, LOCKDOWN ": not what the kernel has there: it is no level of lockdown");
}

int latch_builtin_lockdown(void)
{
	struct latch_error unused;
	int level = latch_builtin_level(&unused);

	return level < 0 ? LATCH_NEITHER : level;
}

bool latch_builtin_known(void)
{
	struct latch_error unused;

	return latch_builtin_level(&unused) >= 0;
}

const char *latch_builtin_leaves(char *buf, size_t size)
{
	const struct latch_feature_facts *f;
	int builtin = latch_builtin_lockdown();
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; (f = latch_feature_facts_at(i)); i++)
		if ((f->own || (int)f->property > builtin) && !latch_feature_absent(f->name) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "", f->name);
	return buf;
}

/* Who stands first in the list is asked first, and a denial ends the asking. */
static bool asked_after_programs(void)
{
	struct latch_error unused;
	char list[512];

	if (latch_kernel_read(SECURITYFS "/lsm", list, sizeof(list), &unused) || !latch_list_has(list, "bpf"))
		return false;
	return latch_list_find(list, "bpf", 3) < latch_list_find(list, "lockdown", 8);
}

const char *latch_builtin_first(const char *feature, char *buf, size_t size)
{
	static const char *const levels[] = { "none", "integrity", "confidentiality" };
	const struct latch_feature_facts *f = latch_feature_facts(feature);
	int level = latch_builtin_lockdown();

	if ((f && f->own) || asked_after_programs())
		return NULL;
	if (!latch_builtin_known())
		snprintf(buf, size, "whether the kernel's own lockdown denies it first cannot be read from " LOCKDOWN);
	else if (level != LATCH_NEITHER && !f)
		snprintf(buf, size, "whether the kernel's own lockdown (%s) denies it first is not known",
			 levels[level]);
	else if (level != LATCH_NEITHER && (int)f->property <= level)
		snprintf(buf, size, "the kernel's own lockdown (%s) denies it first: it is not recorded",
			 levels[level]);
	else
		return NULL;
	return buf;
}
