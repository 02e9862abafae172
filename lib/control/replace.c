// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replacing: a module file takes over from the loaded module of its name.
 *
 *	1. the new one is staged in NAME~PID, as for loading, with its gate closed
 *	2. its gate is opened: from here on both deny, the stricter of both holds
 *	3. one rename exchanges the two pin directories (bpffs can since 5.16)
 *	4. the pin directory of the old one, now NAME~PID, is removed
 *
 * The gate of the old one stays open to the end: a call that was on its way into a hook
 * before the new one was attached asks only the old one, however late it comes to its gate.
 *
 * What fails up to 3 leaves the old one alone. What is killed leaves NAME as one of the
 * two, whole and with its gate open, and beside it at most a NAME~PID, which denies too
 * until the next latch_open() takes it down. So at no time does neither deny.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "control/loading.h"

/* Adds "name=value" of a parameter to a list in words. */
static void list_add(char *list, size_t size, const struct latch_param *p)
{
	size_t used = strlen(list);
	char value[512];

	snprintf(list + used, size - used, "%s%s=%s", used ? " " : "", p->name,
		 latch_param_format(p, p->value, value, sizeof(value)));
}

static bool assigned(char *const *assignments, size_t n, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(assignments[i], name, len) && assignments[i][len] == '=')
			return true;
	return false;
}

static bool same_kind(enum latch_type a, enum latch_type b)
{
	bool numbers = (a == LATCH_TYPE_INT || a == LATCH_TYPE_UINT) && (b == LATCH_TYPE_INT || b == LATCH_TYPE_UINT);

	return a == b || numbers;
}

/* By its words, which stand for the same in another version; a bit may not. */
static int carry_one(const struct latch_param *p, struct latch_module *to)
{
	const struct latch_param *there = latch_module_param(to, p->name);
	_cleanup_free_ char *text = NULL;
	struct latch_error unused;
	char value[1024];

	if (!there || !same_kind(p->type, there->type))
		return -EINVAL;
	if (asprintf(&text, "%s=%s", p->name, latch_param_format(p, p->value, value, sizeof(value))) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return latch_params_assign(to, &text, 1, &unused);
}

int latch_params_carry(const struct latch_module *from, struct latch_module *to, char *const *assignments, size_t n,
		       char *lost, size_t size)
{
	int e = 0;

	*lost = '\0';
	for (size_t i = 0; i < from->nparams && e != -ENOMEM; i++) {
		const struct latch_param *p = &from->params[i];
		bool off = p->type == LATCH_TYPE_MODE && p->value == LATCH_OFF && !latch_module_param(to, p->name);

		if (off || assigned(assignments, n, p->name))
			continue;
		e = carry_one(p, to);
		if (e == -EINVAL)
			list_add(lost, size, p);
	}
	return e == -ENOMEM ? e : 0;
}

/* By the feature's name; its number may be another in another version. */
static int carry_exceptions(const struct latch_module *from, struct latch_module *to, char *lost, size_t size)
{
	for (size_t i = 0; i < from->nexceptions; i++) {
		struct latch_exception ex = from->exceptions[i];
		const char *feature = latch_id_name(from, LATCH_ID_FEATURE | ex.key.feature);
		const struct latch_param *there = latch_module_param(to, feature);
		size_t used = strlen(lost);

		if (!there || there->type != LATCH_TYPE_MODE) {
			snprintf(lost + used, size - used, "%sthe exception from %s for %s", used ? ", " : "", feature,
				 ex.name);
			continue;
		}
		ex.key.feature = there->feature;
		if (latch_exception_append(to, &ex))
			return -ENOMEM;
	}
	return 0;
}

static int decide_values(const struct latch_state *old, struct latch_module *mod, char *const *assignments, size_t n,
			 bool drop, struct latch_replaced *r, struct latch_error *err)
{
	int e = latch_params_carry(old->module, mod, assignments, n, r->dropped, sizeof(r->dropped));

	if (!e)
		e = carry_exceptions(old->module, mod, r->dropped, sizeof(r->dropped));
	if (e)
		return latch_fail(err, e, "out of memory");
	if (*r->dropped && !drop)
		return latch_fail(err, -EINVAL,
				  "%s: the new module has no place for what is set now: %s: give other values, "
				  "or drop these with --drop",
				  mod->name, r->dropped);
	if (old->module->permanent && !mod->permanent)
		return latch_fail(
			err, -EKEYREJECTED,
			"%s declares itself permanent, and the new module does not: it could be unloaded then",
			mod->name);
	if (old->module->gated && old->mode == LATCH_OBSERVE && !mod->gated)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is in observe, and the new module is ungated (not made with the latch SDK): "
				  "it would enforce: `latch unload %s` first, if that is wanted",
				  mod->name, mod->name);
	return latch_params_assign(mod, assignments, n, err);
}

static int exchange(struct loading *ld)
{
	if (!renameat2(ld->l->dir, ld->pindir, ld->l->dir, ld->mod->name, RENAME_EXCHANGE))
		return 0;
	return latch_fail(ld->err, -errno, "%s: cannot exchange the pin directories of the old and the new module: %m",
			  ld->mod->name);
}

static int take_over(struct loading *ld, unsigned int mode)
{
	int e = latch_loading_stage(ld);

	if (e || (e = latch_loading_open_gate(ld, mode))) /* step 2 */
		return e;
	return exchange(ld);
}

/* Step 4. In ld->pindir is the old module now. */
static int end_old(struct loading *ld, bool *gone)
{
	int e = latch_pindir_end(ld->l, ld->pindir, gone);

	if (e)
		return latch_fail(ld->err, e,
				  "%s: the new module is in its place, but the old one, in " LATCH_ROOT
				  "/%s, cannot be removed: %s",
				  ld->mod->name, ld->pindir, strerror(-e));
	return 0;
}

static int replace(struct latch *l, struct latch_module *mod, unsigned int mode, bool *gone, struct latch_error *err)
{
	struct loading ld;
	int e = latch_loading_begin(&ld, l, mod, err);

	if (e)
		return e;
	e = take_over(&ld, mode);
	latch_loading_end(&ld, !e);
	return e ? e : end_old(&ld, gone);
}

int latch_replace(struct latch *l, struct latch_module *mod, char *const *assignments, size_t n, bool drop,
		  struct latch_replaced *r, struct latch_error *err)
{
	struct latch_state *old;
	int e = latch_state_read(l, mod->name, &old, err);

	if (e == -ENOENT && !latch_hidden(l))
		return latch_fail(err, e, "%s is not loaded, so there is nothing to replace: `latch load` loads it",
				  mod->name);
	if (e)
		return e;
	memset(r, 0, sizeof(*r));
	snprintf(r->version, sizeof(r->version), "%s", old->module->version ? old->module->version : "");
	r->mode = old->module->gated ? old->mode : LATCH_ENFORCE;
	e = latch_seal_refuse(mod->name, err);
	if (!e)
		e = latch_trial_refuse(mod->name, err);
	if (!e)
		e = decide_values(old, mod, assignments, n, drop, r, err);
	if (!e)
		e = replace(l, mod, r->mode, &r->gone, err);
	latch_audit_load("replace", mod, r->mode, 0, e);
	latch_state_free(old);
	return e;
}
