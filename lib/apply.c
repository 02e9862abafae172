// SPDX-License-Identifier: GPL-2.0-only
/* From the configuration to what is loaded: a plan of steps, done all or not at all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

struct step {
	char *text;
	struct latch_module *module; /* with the values wanted */
	unsigned int mode;
	struct latch_state *before; /* NULL: it is not loaded, so the step is to load it */
	bool change;		    /* it is loaded, and not as it should be */
	bool seal;		    /* it is to be sealed, and is not */
	unsigned int tamper;	    /* LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0 */
};

struct latch_plan {
	struct step *steps;
	size_t n;
	bool stays;
};

static void free_list(char **list, size_t n)
{
	while (n)
		free(list[--n]);
	free(list);
}

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
static void describe(FILE *out, const struct step *s)
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

static void describe_seal(FILE *out, const struct step *s)
{
	if (ftell(out))
		fprintf(out, ", seal until reboot");
	else
		fprintf(out, "%s: seal until reboot", s->module->name);
	if (s->tamper)
		fprintf(out, ", on-tamper=%s", latch_tamper_word(s->tamper));
}

static int describe_step(struct step *s, struct latch_error *err)
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

static void free_step(struct step *s)
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

static int make_step(struct latch *l, const struct latch_config *config, const struct latch_wanted *w, struct step *s,
		     struct latch_error *err)
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
		struct step *s = &plan->steps[plan->n];

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

static bool same_exceptions(const struct step *s)
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

static int undo(struct latch *l, const struct step *s, struct latch_error *err)
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
static int check_step(const struct step *s, uint64_t trial, struct latch_error *err)
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

static int do_step(struct latch *l, const struct step *s, uint64_t trial, struct latch_error *err)
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
			const struct step *s = &plan->steps[i];

			if (!s->seal || (strcmp(s->module->name, "lockdown") != 0) != others)
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
