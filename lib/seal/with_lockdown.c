// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealing lockdown itself, with all that a seal demands of it enforced: it is loaded for that, or
 * set, and loaded no more, or set back, where it cannot be sealed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"

/* Assignments FEATURE=enforce for all features of mod that could undo a seal: what is absent may come. */
static char **assignments(const struct latch_module *mod, size_t *n)
{
	char **list = calloc(mod->nparams + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && latch_seal_undone_by(mod->params[i].name) &&
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
	int e = latch_module_read(LATCH_LOCKDOWN, &mod, err);

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
	int e = list ? latch_param_set(l, LATCH_LOCKDOWN, list, n, LATCH_ENFORCE, 0, err) :
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
		latch_param_set(l, LATCH_LOCKDOWN, list, n, st->mode, 0, &unused);
	free_list(list, list ? n : 0);
}

int latch_seal_lockdown(struct latch *l, unsigned int tamper, struct latch_error *err)
{
	struct latch_error unused;
	struct latch_state *st = NULL;
	bool gone;
	int e = latch_state_read(l, LATCH_LOCKDOWN, &st, err);

	if (e == -ENOENT) {
		e = load_lockdown(l, err);
		if (e)
			return e;
		e = latch_seal(l, LATCH_LOCKDOWN, tamper, err);
		if (e)
			latch_unload(l, LATCH_LOCKDOWN, &gone, &unused);
		return e;
	}
	if (e)
		return e;
	if (!st->sealed) {
		e = set_lockdown(l, st, err);
		if (!e && (e = latch_seal(l, LATCH_LOCKDOWN, tamper, err)))
			set_back(l, st);
	}
	latch_state_free(st);
	return e;
}
