// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's own lockdown denies before latch is asked: that nothing is in the record says
 * nothing of it.
 */
#include <stdio.h>
#include <string.h>
#include <latch/lockdown.h>
#include "cli.h"

/* A feature that is on, and that it denies first, or may. */
static bool unrecorded(const struct latch_state *st, const struct latch_param *p)
{
	char why[256];

	return !strcmp(st->module->name, "lockdown") && p->value != LATCH_OFF &&
	       latch_builtin_first(p->name, why, sizeof(why)) && !latch_feature_absent(p->name);
}

size_t count_unrecorded(const struct latch_state *st)
{
	size_t n = 0;

	for (size_t i = 0; i < st->module->nparams; i++)
		n += unrecorded(st, &st->module->params[i]);
	return n;
}

void json_unrecorded(struct json_object *o, const struct latch_state *st)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < st->module->nparams; i++)
		if (unrecorded(st, &st->module->params[i]))
			json_object_array_add(list, json_text(st->module->params[i].name));
	json_object_object_add(o, "unrecorded", list);
}

const char *unrecorded_text(const struct latch_state *st, char *buf, size_t size)
{
	size_t n = count_unrecorded(st);

	snprintf(buf, size, "not seen: %zu features that the kernel's own lockdown denies first, or may", n);
	if (!n)
		*buf = '\0';
	return buf;
}
