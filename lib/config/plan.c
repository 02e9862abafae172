// SPDX-License-Identifier: GPL-2.0-only
/* What would have to change for the configuration to hold, step by step and in words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/plan.h"

/* Those of mod that other does not have. */
static void describe_exceptions(FILE *out, const struct latch_module *mod, const struct latch_module *other,
				const char *word)
{
	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];

		if (!other || !latch_exception_listed(other, ex))
			fprintf(out, "%s%s%s %s %s %s", ftell(out) ? "" : mod->name, ftell(out) ? ", " : ": ", word,
				latch_id_name(mod, LATCH_ID_FEATURE | ex->key.feature), latch_exception_kind(ex),
				ex->name);
	}
}

/* Writes what is to be done; nothing if that is nothing. */
static void describe(FILE *out, const struct latch_step *s)
{
	char want[1024], is[1024];

	if (!s->before) {
		fprintf(out, "%s: load, %s", s->module->name, latch_mode_name(s->mode));
		for (size_t i = 0; i < s->module->nparams; i++)
			if (s->module->params[i].type != LATCH_TYPE_MODE || s->module->params[i].value)
				fprintf(out, ", %s=%s", s->module->params[i].name,
					latch_param_format(&s->module->params[i], s->module->params[i].value, want,
							   sizeof(want)));
		describe_exceptions(out, s->module, NULL, "allow");
		return;
	}
	if (s->before->mode != s->mode)
		fprintf(out, "%s: %s (is %s)", s->module->name, latch_mode_name(s->mode),
			latch_mode_name(s->before->mode));
	for (size_t i = 0; i < s->module->nparams; i++) {
		const struct latch_param *p = &s->module->params[i];
		const struct latch_param *old = latch_module_param(s->before->module, p->name);

		if (old && old->value != p->value)
			fprintf(out, "%s%s%s=%s (is %s)", ftell(out) ? "" : s->module->name, ftell(out) ? ", " : ": ",
				p->name, latch_param_format(p, p->value, want, sizeof(want)),
				latch_param_format(old, old->value, is, sizeof(is)));
	}
	describe_exceptions(out, s->module, s->before->module, "allow");
	describe_exceptions(out, s->before->module, s->module, "no longer allow");
}

static void describe_seal(FILE *out, const struct latch_step *s)
{
	if (ftell(out))
		fprintf(out, ", seal until reboot");
	else
		fprintf(out, "%s: seal until reboot", s->module->name);
	if (s->tamper)
		fprintf(out, ", on-tamper=%s", latch_tamper_word(s->tamper));
}

static int describe_step(struct latch_step *s, struct latch_error *err)
{
	size_t size;
	FILE *out = open_memstream(&s->text, &size);

	if (!out)
		return latch_fail(err, -ENOMEM, "out of memory");
	describe(out, s);
	fflush(out);
	s->change = s->before && ftell(out);
	if (s->seal)
		describe_seal(out, s);
	return fclose(out) ? latch_fail(err, -ENOMEM, "out of memory") : 0;
}

static void free_step(struct latch_step *s)
{
	free(s->text);
	latch_module_free(s->module);
	latch_state_free(s->before);
}

/* `unload = deny`: the module's own word, or that for all. */
static bool unload_denied(const struct latch_config *config, const struct latch_wanted *w)
{
	const struct latch_setting *said = latch_wanted_or_all(config, w, "unload");

	return said && !strcmp(said->value, "deny");
}

static int make_step(struct latch *l, const struct latch_config *config, const struct latch_wanted *w,
		     struct latch_step *s, struct latch_error *err)
{
	const struct latch_setting *mode = latch_wanted_setting(w, "mode"), *file = latch_wanted_setting(w, "file");
	int e = latch_wanted_read(w, config->notes, &s->module, err);

	if (e) {
		s->module = NULL;
		return e;
	}
	s->mode = mode ? (unsigned int)latch_mode_parse(mode->value) : LATCH_ENFORCE;
	e = latch_state_read(l, w->name, &s->before, err);
	if (e && e != -ENOENT)
		return e;
	if (s->before && memcmp(s->before->module->digest, s->module->digest, sizeof(s->module->digest)))
		return latch_fail(err, -EEXIST,
				  "%s is loaded from another file: `latch replace %s%s%s` puts this one in its place",
				  w->name, w->name, file ? " " : "", file ? file->value : "");
	s->seal = unload_denied(config, w) && !(s->before && s->before->sealed);
	s->tamper = latch_config_tamper(config, w->name);
	return describe_step(s, err);
}

int latch_plan_make(struct latch *l, const struct latch_config *config, struct latch_plan **out,
		    struct latch_error *err)
{
	struct latch_plan *plan = calloc(1, sizeof(*plan));
	int e = 0;

	if (!plan || !(plan->steps = calloc(config->n + 1, sizeof(*plan->steps)))) {
		free(plan);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->n && !e; i++) {
		struct latch_step *s = &plan->steps[plan->n];

		memset(s, 0, sizeof(*s));
		e = make_step(l, config, &config->modules[i], s, err);
		if (!e && *s->text)
			plan->n++;
		else
			free_step(s);
	}
	if (e) {
		latch_plan_free(plan);
		return e;
	}
	*out = plan;
	return 0;
}

size_t latch_plan_steps(const struct latch_plan *plan)
{
	return plan->n;
}

const char *latch_plan_step(const struct latch_plan *plan, size_t i)
{
	return plan->steps[i].text;
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
	free(plan->steps);
	free(plan);
}
