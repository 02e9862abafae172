// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a plan would be refused for halfway, found out before anything is done: trials that run,
 * seals that would not hold below what is planned for lockdown, a latch.ko that is not there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/plan.h"

static const struct latch_setting *setting(const struct latch_step *s, const char *key)
{
	return latch_wanted_setting(s->wanted, key);
}

/* What on-tamper says has to be possible, whoever seals the module. */
static int check_tamper(const struct latch_step *s, struct latch_error *err)
{
	const struct latch_setting *said = setting(s, "on-tamper");
	int e = s->before && s->before->sealed ? 0 : latch_hold_ready(s->module->name, s->tamper, err);

	return e && said ? latch_blame(err, e, said->file, said->line) : e;
}

/* lockdown as it will be: as the plan has it, or as it is. */
static int planned_below(struct latch *l, const struct latch_plan *plan, struct latch_below *b, struct latch_state **st,
			 struct latch_error *err)
{
	int e;

	for (size_t i = 0; i < plan->n; i++) {
		const struct latch_step *s = &plan->steps[i];

		if (strcmp(s->module->name, LATCH_LOCKDOWN))
			continue;
		if (s->before)
			latch_below_of(s->before, b);
		b->sealed |= s->seal;
		if (!b->is_sealed) {
			b->module = s->module;
			b->st = NULL;
			b->mode = s->mode;
		}
		return 0;
	}
	e = latch_state_read(l, LATCH_LOCKDOWN, st, err);
	if (!e)
		latch_below_of(*st, b);
	return e == -ENOENT ? 0 : e;
}

static int check_seal(struct latch *l, const struct latch_step *s, const struct latch_below *b, struct latch_error *err)
{
	int e = latch_seal_foresee(l, s->module->name, s->tamper, b, err);

	return e ? latch_blame(err, e, s->wanted->file, s->wanted->line) : 0;
}

static int foresee_seals(struct latch *l, struct latch_plan *plan, struct latch_error *err)
{
	struct latch_below b = { .configured = true };
	struct latch_state *st = NULL;
	int e = planned_below(l, plan, &b, &st, err);

	for (size_t i = 0; !e && i < plan->n && !plan->unsealed; i++) {
		plan->unsealed = check_tamper(&plan->steps[i], &plan->why_unsealed);
		plan->no_tamper = plan->unsealed && !plan->steps[i].seal;
		if (!plan->unsealed && plan->steps[i].seal)
			plan->unsealed = check_seal(l, &plan->steps[i], &b, &plan->why_unsealed);
	}
	latch_state_free(st);
	return e;
}

static int note_trial(struct latch_plan *plan, const struct latch_state *st)
{
	char **grown = reallocarray(plan->trials, plan->ntrials + 1, sizeof(*grown));
	const char *name = st->module->name;

	if (!grown)
		return -ENOMEM;
	plan->trials = grown;
	if (asprintf(&grown[plan->ntrials],
		     "%s: on trial for another %llu s, then what was before holds again: `latch confirm %s` keeps it "
		     "as it "
		     "is",
		     name, (unsigned long long)st->trial_left, name) < 0)
		return -ENOMEM;
	plan->ntrials++;
	return 0;
}

/* Whether a hook is to be attached that is not. */
static bool attaches(const struct latch_step *s)
{
	const struct latch_module *now = s->before ? s->before->module : NULL;

	for (size_t i = 0; now && s->change && i < now->nhooks; i++)
		if (!now->hooks[i].attached && latch_hook_served(s->module, now->hooks[i].name) &&
		    latch_hook_needed(s->module, now->hooks[i].name))
			return true;
	return !now;
}

/* A seal changes what is sealed already no more; a trial takes no other change. */
static int check_step(const struct latch *l, const struct latch_step *s, struct latch_error *err)
{
	int e = s->before ? 0 : latch_hidden_refuse(l, err);

	if (!e && attaches(s))
		e = latch_kernel_ready(err);
	if (e)
		return e;
	if (s->before && (s->change || s->seal))
		e = latch_trial_refuse(s->module->name, err);
	if (!e && s->before && s->change)
		e = latch_seal_refuse(s->module->name, err);
	return e;
}

int latch_plan_foresee(struct latch *l, struct latch_plan *plan, struct latch_error *err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct latch_step *s = &plan->steps[i];

		if (!plan->refused)
			plan->refused = check_step(l, s, &plan->why);
		if (s->before && s->before->trial_left && note_trial(plan, s->before))
			return latch_fail(err, -ENOMEM, "out of memory");
	}
	return foresee_seals(l, plan, err);
}
