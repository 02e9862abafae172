// SPDX-License-Identifier: GPL-2.0-only
/* A plan is run: each of its steps, or none; then its seals, which stay. */
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
static int set_values(struct latch *l, const struct latch_step *s, uint64_t trial, struct latch_error *err)
{
	const struct latch_module *mod = s->module;
	char **list = calloc(mod->nparams + 1, sizeof(*list)), value[1024];
	size_t n = 0;
	int e = list ? 0 : -ENOMEM;

	for (; !e && n < mod->nparams; n++)
		if (asprintf(&list[n], "%s=%s", mod->params[n].name,
			     latch_param_format(&mod->params[n], mod->params[n].value, value, sizeof(value))) < 0)
			e = -ENOMEM;
	e = e ? latch_fail(err, e, "out of memory") : latch_param_set(l, mod->name, list, n, s->mode, trial, err);
	if (list)
		free_list(list, n);
	return e;
}

/* The exceptions of st that mod does not have; *list is the caller's to free. */
static int surplus(const struct latch_state *st, const struct latch_module *mod, struct latch_exception **list,
		   size_t *n, struct latch_error *err)
{
	*n = 0;
	*list = calloc(st->module->nexceptions + 1, sizeof(**list));
	if (!*list)
		return latch_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < st->module->nexceptions; i++)
		if (!latch_exception_listed(mod, &st->module->exceptions[i]))
			(*list)[(*n)++] = st->module->exceptions[i];
	return 0;
}

/*
 * Exceptions come before what they are from. back: to what was before the step, else to what it
 * wants.
 */
static int change(struct latch *l, const struct latch_step *s, bool back, uint64_t trial, struct latch_error *err)
{
	const struct latch_module *to = back ? s->before->module : s->module;
	_cleanup_free_ struct latch_exception *gone = NULL;
	struct latch_state *st;
	size_t n = 0;
	int e = latch_state_read(l, to->name, &st, err);

	if (e)
		return e;
	e = surplus(st, to, &gone, &n, err);
	if (!e && to->nexceptions)
		e = latch_exceptions_add(st->module, to->exceptions, to->nexceptions, err);
	if (!e)
		e = back ? latch_set_back(l, s->before, err) : set_values(l, s, trial, err);
	if (!e && n) {
		e = latch_exceptions_remove(st->module, gone, n, err);
		if (!e)
			e = latch_hooks_tidy(l, to->name, err);
	}
	latch_state_free(st);
	return e;
}

static int do_step(struct latch *l, const struct latch_step *s, uint64_t trial, struct latch_error *err)
{
	if (!s->before)
		return latch_load(l, s->module, s->mode, trial, err);
	return s->change ? change(l, s, false, trial, err) : 0;
}

static int undo_step(struct latch *l, const struct latch_step *s, struct latch_error *err)
{
	bool gone;

	if (!s->before)
		return latch_module_end(l, s->module->name, &gone, err);
	if (!s->change)
		return 0;
	latch_trial_drop(s->module->name);
	return change(l, s, true, 0, err);
}

static void tell(const struct latch_plan_how *how, enum latch_plan_event event, const char *text)
{
	if (*text && how->tell)
		how->tell(event, text, how->arg);
}

/* All of them, also where one cannot be: the last error is told, and that it stays. */
static void undo(struct latch *l, struct latch_plan *plan, size_t done, const struct latch_plan_how *how)
{
	struct latch_error err;

	while (done--) {
		const struct latch_step *s = &plan->steps[plan->todo[done]];

		if (!undo_step(l, s, &err)) {
			tell(how, LATCH_PLAN_UNDONE, s->done);
			continue;
		}
		plan->stays = true;
		tell(how, LATCH_PLAN_STAYS, s->done);
		tell(how, LATCH_PLAN_WHY, err.text);
	}
}

/* What comes in part is put back; a load that failed left nothing. */
static int do_steps(struct latch *l, struct latch_plan *plan, const struct latch_plan_how *how, struct latch_error *err)
{
	size_t done = 0;
	int e = 0;

	for (; done < plan->ntodo; done++) {
		const struct latch_step *s = &plan->steps[plan->todo[done]];
		struct latch_error unused;

		e = do_step(l, s, how->trial, err);
		if (!e) {
			tell(how, LATCH_PLAN_DONE, s->done);
			continue;
		}
		if (s->before && s->change && undo_step(l, s, &unused)) {
			plan->stays = true;
			tell(how, LATCH_PLAN_STAYS, s->done);
			tell(how, LATCH_PLAN_WHY, unused.text);
		}
		undo(l, plan, done, how);
		return e;
	}
	return 0;
}

/*
 * The other seals need that of lockdown, which keeps them from being undone from below. Returns
 * the first error; the others are tried only if they may stay unsealed.
 */
static int seal_all(struct latch *l, struct latch_plan *plan, const struct latch_plan_how *how, struct latch_error *err)
{
	struct latch_error why;
	int first = 0;

	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < plan->n && (!first || how->keep_unsealed); i++) {
			const struct latch_step *s = &plan->steps[i];
			int e;

			if (!s->seal || (strcmp(s->module->name, LATCH_LOCKDOWN) != 0) != others)
				continue;
			e = latch_seal(l, s->module->name, s->tamper, &why);
			if (!e) {
				plan->stays = true;
				tell(how, LATCH_PLAN_DONE, s->sealed);
				continue;
			}
			if (first)
				tell(how, LATCH_PLAN_WHY, why.text);
			else
				*err = why;
			first = first ? first : e;
		}
	return first;
}

/* What would be refused halfway is refused before anything is done. */
static int refuse(const struct latch_plan *plan, const struct latch_plan_how *how, struct latch_error *err)
{
	int e = latch_plan_refused(plan, how->trial, err);

	/* On trial nothing is sealed. */
	return e && (plan->refused || how->trial || !how->keep_unsealed) ? e : 0;
}

int latch_plan_run(struct latch *l, struct latch_plan *plan, const struct latch_plan_how *how, struct latch_error *err)
{
	int e = refuse(plan, how, err);

	plan->stays = false;
	if (e)
		return e;
	e = do_steps(l, plan, how, err);
	if (e)
		return plan->stays ? latch_fail_lines(err, e, "%.1500s; and not all that was done could be taken back",
						      strdupa(err->text)) :
				     e;
	e = seal_all(l, plan, how, err);
	if (!e)
		return plan->no_tamper ? latch_plan_refused(plan, 0, err) : 0;
	if (how->keep_unsealed) {
		plan->stays = true;
		return latch_fail_lines(err, e, "%.1500s\nwhat is loaded stays loaded, without that seal",
					strdupa(err->text));
	}
	if (plan->stays)
		return latch_fail_lines(err, e, "%.1500s; what was done before that stays, as some of it is sealed",
					strdupa(err->text));
	undo(l, plan, plan->ntodo, how);
	return e;
}
