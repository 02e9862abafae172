// SPDX-License-Identifier: GPL-2.0-only
/* A plan is run: each of its steps, or none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/plan.h"

static void free_list(char **list, size_t n)
{
	while (n)
		free(list[--n]);
	free(list);
}

/* Gives a loaded module all the values of mod. */
static int set_values(struct latch *l, const struct latch_module *mod, unsigned int mode, uint64_t trial,
		      struct latch_error *err)
{
	char **list = calloc(mod->nparams + 1, sizeof(*list)), value[1024];
	size_t n = 0;
	int e = list ? 0 : -ENOMEM;

	for (; !e && n < mod->nparams; n++)
		if (asprintf(&list[n], "%s=%s", mod->params[n].name,
			     latch_param_format(&mod->params[n], mod->params[n].value, value, sizeof(value))) < 0)
			e = -ENOMEM;
	e = e ? latch_fail(err, e, "out of memory") : latch_param_set(l, mod->name, list, n, mode, trial, err);
	if (list)
		free_list(list, n);
	return e;
}

static bool same_exceptions(const struct latch_step *s)
{
	size_t n = s->before->module->nexceptions;

	for (size_t i = 0; i < n; i++)
		if (!latch_exception_listed(s->module, &s->before->module->exceptions[i]))
			return false;
	return n == s->module->nexceptions;
}

/* From the values and exceptions of one to those of the other. Exceptions come before what they are from. */
static int change(struct latch *l, const struct latch_module *to, unsigned int mode, uint64_t trial,
		  struct latch_error *err)
{
	struct latch_exception *gone;
	struct latch_state *st;
	size_t n = 0, had;
	int e = latch_state_read(l, to->name, &st, err);

	if (e)
		return e;
	had = st->module->nexceptions;
	gone = calloc(had + 1, sizeof(*gone));
	if (!gone) {
		latch_state_free(st);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < had; i++)
		if (!latch_exception_listed(to, &st->module->exceptions[i]))
			gone[n++] = st->module->exceptions[i];
	if (to->nexceptions)
		e = latch_exceptions_add(st->module, to->exceptions, to->nexceptions, err);
	if (!e)
		e = set_values(l, to, mode, trial, err);
	if (!e && n) {
		e = latch_exceptions_remove(st->module, gone, n, err);
		if (!e)
			e = latch_hooks_tidy(l, to->name, err);
	}
	free(gone);
	latch_state_free(st);
	return e;
}

static int undo(struct latch *l, const struct latch_step *s, struct latch_error *err)
{
	bool gone;

	if (!s->before)
		return latch_module_end(l, s->module->name, &gone, err);
	if (!s->change)
		return 0;
	latch_trial_drop(s->module->name);
	return change(l, s->before->module, s->before->mode, 0, err);
}

/* What would be refused halfway is refused before anything is done. */
static int check_step(const struct latch_step *s, uint64_t trial, struct latch_error *err)
{
	int e = s->seal ? latch_hold_ready(s->module->name, s->tamper, err) : 0;

	if (e)
		return e;
	if (!s->before)
		return 0;
	if (trial && !same_exceptions(s))
		return latch_fail(
			err, -EINVAL,
			"%s: exceptions cannot be on trial, as only mode and parameters go back by themselves: "
			"apply without --try",
			s->module->name);
	return latch_trial_refuse(s->module->name, err);
}

static int do_step(struct latch *l, const struct latch_step *s, uint64_t trial, struct latch_error *err)
{
	if (!s->before)
		return latch_load(l, s->module, s->mode, trial, err);
	return s->change ? change(l, s->module, s->mode, trial, err) : 0;
}

/* The other seals need that of lockdown, which keeps them from being undone from below. */
static int seal_all(struct latch *l, struct latch_plan *plan, struct latch_error *err)
{
	int e = 0;

	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < plan->n && !e; i++) {
			const struct latch_step *s = &plan->steps[i];

			if (!s->seal || (strcmp(s->module->name, LATCH_LOCKDOWN) != 0) != others)
				continue;
			e = latch_seal(l, s->module->name, s->tamper, err);
			if (!e)
				plan->stays = true;
		}
	return e;
}

static int refuse_trial(const struct latch_plan *plan, struct latch_error *err)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].seal)
			return latch_fail(err, -EINVAL,
					  "%s is to be sealed (unload = deny), which cannot be done on trial",
					  plan->steps[i].module->name);
	return 0;
}

int latch_plan_run(struct latch *l, struct latch_plan *plan, uint64_t trial, struct latch_error *err)
{
	struct latch_error undone;
	size_t done = 0;
	int e = trial ? refuse_trial(plan, err) : 0;

	if (e)
		return e;
	for (size_t i = 0; i < plan->n && !e; i++)
		e = check_step(&plan->steps[i], trial, err);
	if (e)
		return e;
	plan->stays = false;
	while (done < plan->n && !e)
		e = do_step(l, &plan->steps[done++], trial, err);
	/* A load that failed left nothing; a change may have been made in part. */
	if (e && !plan->steps[done - 1].before)
		done--;
	if (!e)
		e = seal_all(l, plan, err);
	if (!e)
		return 0;
	if (plan->stays)
		return latch_fail(err, e, "%.1500s; what was done before that stays, as some of it is sealed",
				  strdupa(err->text));
	while (done--)
		if (undo(l, &plan->steps[done], &undone)) {
			plan->stays = true;
			return latch_fail(err, e, "%.900s; and what was done could not be taken back: %.900s",
					  strdupa(err->text), undone.text);
		}
	return e;
}
