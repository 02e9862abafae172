// SPDX-License-Identifier: GPL-2.0-only
/* Whether what a module file says fits together: parameters have a place, features a program. */
#include <errno.h>
#include <string.h>
#include "module/reader.h"

#define INFO_MAX (512 << 10) /* bytes of strings: what latch_state_read() would refuse is not loaded */

/* A number is what LATCH_DENY() and the tally know a feature by; a hook, what it is denied on. */
static int check_feature(const struct latch_reader *r, const struct latch_param *p)
{
	const struct latch_param *same = latch_feature_numbered(r->mod, p->feature);
	const char *hook = p->hooks;

	if (same != p)
		return latch_fail(r->err, -ENOEXEC, "%s: features `%s` and `%s` have one number, %u: each has its own",
				  r->label, same->name, p->name, p->feature);
	for (size_t len; *hook; hook += len + (hook[len] == ',')) {
		size_t i = 0;

		len = strcspn(hook, ",");
		while (i < r->mod->nhooks &&
		       (strlen(r->mod->hooks[i].name) != len || strncmp(r->mod->hooks[i].name, hook, len)))
			i++;
		if (i == r->mod->nhooks)
			return latch_fail(r->err, -ENOEXEC, "%s: feature `%s` is for hook `%.*s`, which has no program",
					  r->label, p->name, (int)len, hook);
	}
	return 0;
}

static int check_params(const struct latch_reader *r)
{
	int e = 0;

	for (size_t i = 0; i < r->mod->nparams && !e; i++) {
		const struct latch_param *p = &r->mod->params[i];

		if (!latch_param_placed(p))
			return latch_fail(r->err, -ENOEXEC, "%s: names parameter `%s` but has no such variable",
					  r->label, p->name);
		if (p->value < p->min || p->value > p->max)
			return latch_fail(r->err, -ENOEXEC, "%s: parameter `%s`: its default is out of its range",
					  r->label, p->name);
		if (p->type == LATCH_TYPE_MODE)
			e = check_feature(r, p);
	}
	return e;
}

int latch_reader_complete(struct latch_reader *r)
{
	const struct latch_module *mod = r->mod;

	if (mod->text_size > INFO_MAX)
		return latch_fail(r->err, -ENOEXEC, "%s: more than %d KiB of module information", r->label,
				  INFO_MAX >> 10);
	if (!mod->nhooks)
		return latch_fail(r->err, -ENOEXEC, "%s: has no program for an LSM hook", r->label);
	for (size_t i = 0; i < mod->nhooks; i++) {
		if (!mod->hooks[i].attached)
			return latch_fail(r->err, -ENOEXEC, "%s: names hook `%s` but has no program for it", r->label,
					  mod->hooks[i].name);
		mod->hooks[i].attached = false;
	}
	return check_params(r);
}
