// SPDX-License-Identifier: GPL-2.0-only
/* The lockdown that is built into the kernel: what it denies, and so keeps from any module. */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "lockdown/lockdown.h"

#define SECURITYFS "/sys/kernel/security"
#define LOCKDOWN SECURITYFS "/lockdown"

int latch_builtin_lockdown(void)
{
	char list[128], *level;

	if (latch_read_file(LOCKDOWN, list, sizeof(list)))
		return LATCH_NEITHER;
	level = strchr(list, '[');
	if (level && !strncmp(level, "[integrity]", 11))
		return LATCH_INTEGRITY;
	if (level && !strncmp(level, "[confidentiality]", 17))
		return LATCH_CONFIDENTIALITY;
	return LATCH_NEITHER;
}

/* Without the file, securityfs tells that there is none, if it is that which is mounted. */
bool latch_builtin_known(void)
{
	struct statfs fs;

	return !access(LOCKDOWN, R_OK) ||
	       (errno == ENOENT && !statfs(SECURITYFS, &fs) && (unsigned long)fs.f_type == SECURITYFS_MAGIC);
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
	char list[512];

	if (latch_read_file(SECURITYFS "/lsm", list, sizeof(list)) || !latch_list_has(list, "bpf"))
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
