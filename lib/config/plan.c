// SPDX-License-Identifier: GPL-2.0-only
/* What would have to change for the configuration to hold, step by step and in words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/plan.h"

static void free_step(struct latch_step *s)
{
	free(s->text);
	free(s->done);
	free(s->sealed);
	latch_module_free(s->module);
	latch_state_free(s->before);
}

/* `unload = deny`: the module's own word, or that for all. */
static bool unload_denied(const struct latch_config *config, const struct latch_wanted *w)
{
	const struct latch_setting *said = latch_wanted_or_all(config, w, "unload");

	return said && !strcmp(said->value, "deny");
}

/* The remedy names the module, so it is the module's own section that says what file is wanted. */
static int refuse_other_file(const struct latch_step *s, struct latch_error *err)
{
	const struct latch_setting *file = latch_wanted_setting(s->wanted, "file");
	const char *name = s->wanted->name;
	char command[512], remedy[640];

	snprintf(command, sizeof(command), "`latch replace %s%s%.400s` puts this one in its place", name,
		 file ? " " : "", file ? file->value : "");
	latch_fail(err, -EEXIST, "%s is loaded from another file: %s", name,
		   latch_remedy(name, command, remedy, sizeof(remedy)));
	return latch_blame(err, -EEXIST, file ? file->file : s->wanted->file, file ? file->line : s->wanted->line);
}

static int make_step(struct latch *l, const struct latch_config *config, const struct latch_wanted *w,
		     struct latch_step *s, size_t *unmet, struct latch_error *err)
{
	const struct latch_setting *mode = latch_wanted_setting(w, "mode");
	int e = latch_wanted_read(w, config->notes, &s->module, unmet, err);

	if (e) {
		s->module = NULL;
		return e;
	}
	s->wanted = w;
	s->mode = mode ? (unsigned int)latch_mode_parse(mode->value) : LATCH_ENFORCE;
	e = latch_state_read(l, w->name, &s->before, err);
	if (e && e != -ENOENT)
		return e;
	if (s->before && memcmp(s->before->module->digest, s->module->digest, sizeof(s->module->digest)))
		return refuse_other_file(s, err);
	s->seal = unload_denied(config, w) && !(s->before && s->before->sealed);
	s->tamper = latch_config_tamper(config, w->name);
	return latch_step_describe(s, err);
}

int latch_plan_make(struct latch *l, const struct latch_config *config, struct latch_plan **out,
		    struct latch_error *err)
{
	struct latch_plan *plan = calloc(1, sizeof(*plan));
	int e = 0;

	if (!plan || !(plan->steps = calloc(config->n + 1, sizeof(*plan->steps))) ||
	    !(plan->todo = calloc(config->n + 1, sizeof(*plan->todo)))) {
		latch_plan_free(plan);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->n && !e; i++) {
		struct latch_step *s = &plan->steps[plan->n++];

		e = make_step(l, config, &config->modules[i], s, &plan->unmet, err);
		if (!e && *s->text)
			plan->todo[plan->ntodo++] = i;
	}
	if (!e)
		e = latch_plan_foresee(l, plan, err);
	if (e) {
		latch_plan_free(plan);
		return e;
	}
	*out = plan;
	return 0;
}

static bool same_exceptions(const struct latch_step *s)
{
	size_t n = s->before->module->nexceptions;

	for (size_t i = 0; i < n; i++)
		if (!latch_exception_listed(s->module, &s->before->module->exceptions[i]))
			return false;
	return n == s->module->nexceptions;
}

static int refuse_trial(const struct latch_plan *plan, struct latch_error *err)
{
	for (size_t i = 0; i < plan->ntodo; i++) {
		const struct latch_step *s = &plan->steps[plan->todo[i]];

		if (s->seal)
			return latch_fail(err, -EINVAL,
					  "%s is to be sealed (unload = deny), which cannot be done on trial",
					  s->module->name);
		if (!s->module->gated)
			return latch_fail(err, -EOPNOTSUPP,
					  "%s is ungated (not made with the latch SDK): it cannot be loaded on trial",
					  s->module->name);
		if (s->before && !same_exceptions(s))
			return latch_fail(err, -EINVAL,
					  "%s: exceptions cannot be on trial, as only mode and parameters go back by "
					  "themselves: make or take them back first (`latch lockdown allow` and "
					  "`disallow`), then apply the rest on trial",
					  s->module->name);
	}
	return 0;
}

int latch_plan_refused(const struct latch_plan *plan, uint64_t trial, struct latch_error *err)
{
	if (!plan->refused && trial) {
		int e = refuse_trial(plan, err);

		if (e)
			return e;
	}
	*err = plan->refused ? plan->why : plan->why_unsealed;
	return plan->refused ? plan->refused : plan->unsealed;
}

bool latch_plan_seals(const struct latch_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->steps[i].seal)
			return true;
	return false;
}

size_t latch_plan_trials(const struct latch_plan *plan)
{
	return plan->ntrials;
}

const char *latch_plan_trial(const struct latch_plan *plan, size_t i)
{
	return plan->trials[i];
}

size_t latch_plan_steps(const struct latch_plan *plan)
{
	return plan->ntodo;
}

const char *latch_plan_step(const struct latch_plan *plan, size_t i)
{
	return plan->steps[plan->todo[i]].text;
}

size_t latch_plan_unmet(const struct latch_plan *plan)
{
	return plan->unmet;
}

bool latch_plan_stays(const struct latch_plan *plan)
{
	return plan->stays;
}

void latch_plan_free(struct latch_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n; i++)
		free_step(&plan->steps[i]);
	while (plan->ntrials)
		free(plan->trials[--plan->ntrials]);
	free(plan->trials);
	free(plan->todo);
	free(plan->steps);
	free(plan);
}
