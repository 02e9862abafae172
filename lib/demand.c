// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a seal needs from below: who can change the running kernel can undo it. Each
 * feature of lockdown that closes such a way has to be enforced, and the lockdown
 * module itself sealed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

#define LOCKDOWN "lockdown"

/* The built-in lockdown denies the kernel's own reasons up to its level, and is never weakened. */
static bool built_in(const struct latch_feature_facts *f)
{
	return !f->own && (int)f->property <= latch_builtin_lockdown();
}

static bool demanded(const char *feature)
{
	const struct latch_feature_facts *f = latch_feature_facts(feature);

	return f && f->undoes_seal && !built_in(f) && !latch_feature_absent(feature);
}

static int from_state(const struct latch_state *st, bool sealing, struct latch_findings *f)
{
	int e = 0;

	for (size_t i = 0; i < st->module->nparams && !e; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE || !demanded(p->name))
			continue;
		if (p->value != LATCH_ENFORCE || st->mode != LATCH_ENFORCE)
			e = latch_finding_add(f, LATCH_OPEN, p->name, "%s", latch_feature_facts(p->name)->open);
	}
	for (size_t i = 0; i < st->module->nexceptions && !e; i++) {
		const struct latch_exception *ex = &st->module->exceptions[i];
		const char *feature = latch_id_name(st->module, LATCH_ID_FEATURE | ex->key.feature);

		if (demanded(feature))
			e = latch_finding_add(f, LATCH_OPEN, feature, "it has an exception for %s %s",
					      latch_exception_kind(ex), ex->name);
	}
	if (!e && !st->sealed && !sealing)
		e = latch_finding_add(f, LATCH_OPEN, LOCKDOWN, "the lockdown module is not sealed itself");
	if (!e && st->sealed && st->seal.flags & LATCH_SEAL_WEAK)
		e = latch_finding_add(f, LATCH_OPEN, LOCKDOWN, "the lockdown module is sealed weakly");
	return e;
}

int latch_seal_demands(struct latch *l, const char *name, struct latch_findings *f, struct latch_error *err)
{
	struct latch_state *st = NULL;
	int e = latch_state_read(l, LOCKDOWN, &st, err);

	memset(f, 0, sizeof(*f));
	if (!e)
		e = from_state(st, !strcmp(name, LOCKDOWN), f);
	else if (e == -ENOENT)
		e = latch_finding_add(f, LATCH_OPEN, LOCKDOWN,
				      "the lockdown module is not loaded, so root can change the running kernel");
	else
		return e;
	latch_state_free(st);
	if (e) {
		free(f->list);
		return latch_fail(err, e, "%s", strerror(-e));
	}
	return 0;
}

/* Assignments FEATURE=enforce for all that is demanded and is a feature of mod. */
static char **assignments(const struct latch_module *mod, size_t *n)
{
	char **list = calloc(mod->nparams + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && demanded(mod->params[i].name) &&
		    asprintf(&list[(*n)++], "%s=enforce", mod->params[i].name) < 0)
			list[--*n] = NULL;
	return list;
}

static void free_list(char **list, size_t n)
{
	while (n)
		free(list[--n]);
	free(list);
}

static int load_lockdown(struct latch *l, struct latch_error *err)
{
	struct latch_module *mod;
	char **list;
	size_t n;
	int e = latch_module_read(LOCKDOWN, &mod, err);

	if (e)
		return e;
	e = latch_features_resolve(mod, err);
	if (!e) {
		list = assignments(mod, &n);
		e = list ? latch_params_assign(mod, list, n, err) : latch_fail(err, -ENOMEM, "out of memory");
		if (!e)
			e = latch_load(l, mod, LATCH_ENFORCE, 0, err);
		free_list(list, list ? n : 0);
	}
	latch_module_free(mod);
	return e;
}

/* The values that it has, to be set again if it cannot be sealed. */
static char **values(const struct latch_module *mod, size_t *n)
{
	char **list = calloc(mod->nparams + 1, sizeof(*list)), value[1024];

	*n = 0;
	for (size_t i = 0; list && i < mod->nparams; i++)
		if (asprintf(&list[(*n)++], "%s=%s", mod->params[i].name,
			     latch_param_format(&mod->params[i], mod->params[i].value, value, sizeof(value))) < 0)
			list[--*n] = NULL;
	return list;
}

static int set_lockdown(struct latch *l, const struct latch_state *st, struct latch_error *err)
{
	size_t n;
	char **list = assignments(st->module, &n);
	int e = list ? latch_param_set(l, LOCKDOWN, list, n, LATCH_ENFORCE, 0, err) :
		       latch_fail(err, -ENOMEM, "out of memory");

	free_list(list, list ? n : 0);
	return e;
}

static void set_back(struct latch *l, const struct latch_state *st)
{
	struct latch_error unused;
	size_t n;
	char **list = values(st->module, &n);

	if (list)
		latch_param_set(l, LOCKDOWN, list, n, st->mode, 0, &unused);
	free_list(list, list ? n : 0);
}

int latch_seal_lockdown(struct latch *l, unsigned int tamper, struct latch_error *err)
{
	struct latch_error unused;
	struct latch_state *st = NULL;
	bool gone;
	int e = latch_state_read(l, LOCKDOWN, &st, err);

	if (e == -ENOENT) {
		e = load_lockdown(l, err);
		if (e)
			return e;
		e = latch_seal(l, LOCKDOWN, tamper, err);
		if (e)
			latch_unload(l, LOCKDOWN, &gone, &unused);
		return e;
	}
	if (e)
		return e;
	if (!st->sealed) {
		e = set_lockdown(l, st, err);
		if (!e && (e = latch_seal(l, LOCKDOWN, tamper, err)))
			set_back(l, st);
	}
	latch_state_free(st);
	return e;
}
