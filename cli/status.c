// SPDX-License-Identifier: GPL-2.0-only
/* latch status, latch doctor */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char *const states[] = { "ok", "note", "unknown", "bad" };

int cmd_doctor(int argc, char **argv)
{
	struct latch_check checks[LATCH_CHECKS];
	struct json_object *list, *item;
	struct options o = { 0 };
	char text[1024];
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words)
		return usage("doctor", "too many words");
	fflush(stdout); /* it starts a process */
	e = latch_doctor(checks, true);
	list = json_object_new_array();
	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		const struct latch_check *c = &checks[i];

		if (!o.json) {
			printf("%-12s %-7s %s\n", c->name, states[c->state],
			       printable_lines(c->text, text, sizeof(text)));
			continue;
		}
		item = json_object_new_object();
		json_string(item, "check", c->name);
		json_string(item, "state", states[c->state]);
		json_string(item, "text", c->text);
		json_object_array_add(list, item);
	}
	if (o.json)
		json_out(list);
	else
		json_object_put(list);
	return e ? EXIT_KERNEL : EXIT_DONE;
}

static struct json_object *values_json(const struct latch_module *mod)
{
	struct json_object *o = json_object_new_object();
	char value[1024];

	for (size_t i = 0; i < mod->nparams; i++)
		json_string(o, mod->params[i].name,
			    latch_param_format(&mod->params[i], mod->params[i].value, value, sizeof(value)));
	return o;
}

struct showing {
	struct json_object *json; /* an array, or NULL */
	enum latch_called called;
};

static void add_json(const struct latch_state *st, const struct showing *show, bool checked)
{
	struct json_object *o = json_object_new_object();
	bool counted = st->module->gated;
	size_t lost = 0;

	for (size_t i = 0; i < st->module->nexceptions; i++)
		lost += st->module->exceptions[i].lost != NULL;
	json_string(o, "name", st->module->name);
	json_string(o, "mode", mode_word(st));
	json_holds(o, st, NULL, show->called);
	json_time(o, "loaded", &st->info.loaded);
	json_number(o, "trial_left", (int64_t)st->trial_left);
	json_number(o, "missing_hooks", st->missing);
	json_count(o, "denied", counted, st->count.denied);
	json_count(o, "observed", counted, st->count.observed);
	json_unrecorded(o, st);
	json_count(o, "tally_lost", counted, st->count.tally_lost);
	json_count(o, "events_lost", counted, st->count.events_lost);
	json_number(o, "exceptions", (int64_t)st->module->nexceptions);
	json_count(o, "lost_exceptions", checked, lost);
	json_object_object_add(o, "parameters", values_json(st->module));
	json_seal(o, st);
	json_object_array_add(show->json, o);
}

static void print_counts(const struct latch_state *st)
{
	if (!st->module->gated) {
		printf(": what it denies is not recorded\n");
		return;
	}
	printf(": %llu denied, %llu observed", (unsigned long long)st->count.denied,
	       (unsigned long long)st->count.observed);
	if (st->count.tally_lost)
		printf(", %llu without their program (tally full)", (unsigned long long)st->count.tally_lost);
	if (st->count.events_lost)
		printf(", %llu dropped before `latch watch` saw them (ring full)",
		       (unsigned long long)st->count.events_lost);
	printf("\n");
}

static void print_exception(const struct latch_state *st, const struct latch_exception *ex)
{
	char words[EXCEPTION_TEXT];

	printf("  exception: %s %s%s%s\n", latch_id_name(st->module, LATCH_ID_FEATURE | ex->key.feature),
	       exception_words(ex, words, sizeof(words)), ex->lost ? ": LOST: " : "", ex->lost ? ex->lost : "");
}

static int add(struct latch_state *st, void *arg)
{
	const struct showing *show = arg;
	char time[32], value[1024], holds[64];
	int r = check_exceptions(st->module);

	if (show->json) {
		add_json(st, show, !r);
		return st->missing ? EXIT_FAILED : r ? r : st->trial_left ? EXIT_DIFFERS : EXIT_DONE;
	}
	printf("%s: %s, loaded %s", st->module->name, mode_word(st), format_time(&st->info.loaded, time, sizeof(time)));
	print_counts(st);
	print_holds(st, show->called, "  ");
	if (*unrecorded_text(st, value, sizeof(value)))
		printf("  %s\n", value);
	if (st->trial_left)
		printf("  on trial: over in %llu s; `latch confirm %s` keeps it\n", (unsigned long long)st->trial_left,
		       st->module->name);
	print_seal(st, "  ");
	if (st->missing)
		printf("  DAMAGED: %u of its hooks are not attached: somebody removed their links\n", st->missing);
	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE || p->value != LATCH_OFF)
			printf("  %s=%s%s\n", p->name, latch_param_format(p, p->value, value, sizeof(value)),
			       value_holds(st, p, show->called, holds, sizeof(holds)));
	}
	for (size_t i = 0; i < st->module->nexceptions; i++)
		print_exception(st, &st->module->exceptions[i]);
	return st->missing ? EXIT_FAILED : r ? r : st->trial_left ? EXIT_DIFFERS : EXIT_DONE;
}

static void add_damaged(const char *name, const struct latch_error *err, void *arg)
{
	const struct showing *show = arg;

	if (show->json)
		json_object_array_add(show->json, json_damaged(name, err));
}

/* What is configured and not so, and what is so and not configured. */
struct beside {
	struct latch_config *config;
	struct latch_plan *plan;
	struct json_object *differs, *more;
};

static bool has_section(const struct latch_config *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (!strcmp(config->modules[i].name, name))
			return true;
	return false;
}

static int add_unconfigured(struct latch *l, struct beside *b, struct latch_error *err)
{
	char **names;
	size_t n;
	int e = latch_state_names(l, &names, &n, err);

	for (size_t i = 0; i < n; i++) {
		if (!has_section(b->config, names[i]))
			json_object_array_add(b->more, json_text(names[i]));
		free(names[i]);
	}
	free(names);
	return e;
}

static void print_list(const char *title, struct json_object *list)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		printf("%s: %s\n", title, json_object_get_string(json_object_array_get_idx(list, i)));
}

/* well: nothing is wrong with what is loaded. */
static void print_beside(const struct beside *b, const char *refused, bool well, bool hidden)
{
	char text[2048];

	print_list(hidden ? "configured, and whether it is so is not known" : "configured, and not so", b->differs);
	if (*refused)
		printf("`latch apply` would be refused: %s\n", printable_lines(refused, text, sizeof(text)));
	print_list("not configured in " LATCH_CONFIG_DIR, b->more);
	if (well && b->config->n && !json_object_array_length(b->differs) && !latch_plan_trials(b->plan) && !*refused)
		printf("all is as configured in " LATCH_CONFIG_DIR "\n");
}

/* json: NULL, or what the facts go into. Returns an exit status: EXIT_DIFFERS, where apply would change something. */
static int beside_configured(struct latch *l, bool well, struct json_object *json)
{
	struct beside b = { .differs = json_object_new_array(), .more = json_object_new_array() };
	struct latch_error err, refused = { "" };
	char text[128];
	bool differs;
	int e = latch_config_read(LATCH_CONFIG_DIR, NULL, &b.config, &err);

	if (!e)
		e = latch_plan_make(l, b.config, &b.plan, &err);
	for (size_t i = 0; !e && i < latch_plan_steps(b.plan); i++)
		json_object_array_add(b.differs, json_text(latch_plan_step(b.plan, i)));
	if (!e && latch_plan_unmet(b.plan)) {
		snprintf(text, sizeof(text),
			 "exceptions: %zu for what is not there: `latch apply --dry-run` names them",
			 latch_plan_unmet(b.plan));
		json_object_array_add(b.differs, json_text(text));
	}
	if (!e)
		e = add_unconfigured(l, &b, &err);
	if (!e && !latch_plan_refused(b.plan, 0, &refused))
		*refused.text = '\0';
	/* What could not be done is not so. */
	differs = !e && (json_object_array_length(b.differs) || *refused.text);
	if (json) {
		json_string(json, "error", e ? err.text : NULL);
		json_object_object_add(json, "differs", json_object_get(b.differs));
		json_string(json, "refused", *refused.text ? refused.text : NULL);
		json_object_object_add(json, "not_configured", json_object_get(b.more));
	} else if (!e) {
		print_beside(&b, refused.text, well, latch_hidden(l));
	}
	json_object_put(b.differs);
	json_object_put(b.more);
	latch_plan_free(b.plan);
	latch_config_free(b.config);
	if (e)
		fail(e, &err);
	return e ? EXIT_FAILED : differs ? EXIT_DIFFERS : EXIT_DONE;
}

/* What is wrong comes before what only differs. */
static int worst(int modules, bool works, int configured, bool hidden)
{
	if (modules && modules != EXIT_DIFFERS)
		return modules;
	if (!works)
		return EXIT_KERNEL;
	if (configured == EXIT_FAILED || hidden)
		return EXIT_FAILED;
	return modules || configured ? EXIT_DIFFERS : EXIT_DONE;
}

int cmd_status(int argc, char **argv)
{
	struct latch_check checks[LATCH_CHECKS];
	struct json_object *o = NULL, *configured = NULL;
	struct showing show = { 0 };
	struct options opt = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &opt), r, e;
	bool works, hidden, bad = false;
	char text[1024];

	if (words < 0)
		return -words;
	if (words)
		return usage("status", "too many words");
	r = open_to_read(&l, &err);
	if (r)
		return fail(r, &err);
	show.called = say_called(NULL);
	works = !latch_doctor(checks, false);
	for (size_t i = 0; i < LATCH_CHECKS; i++)
		bad |= checks[i].state == LATCH_CHECK_BAD;
	hidden = latch_hidden(l);
	if (opt.json) {
		o = json_object_new_object();
		show.json = json_object_new_array();
		json_object_object_add(o, "works", works || bad ? json_object_new_boolean(works) : NULL);
		json_called(o, show.called);
		json_object_object_add(o, "hidden", latch_hidden_known(l) ? json_object_new_boolean(hidden) : NULL);
		json_object_object_add(o, "modules", show.json);
		configured = json_object_new_object();
		json_object_object_add(o, "configured", configured);
	}
	for (size_t i = 0; i < LATCH_CHECKS && !opt.json; i++)
		if (checks[i].state >= LATCH_CHECK_UNKNOWN && !checks[i].optional)
			printf("%s: %s: %s\n",
			       checks[i].state == LATCH_CHECK_BAD ? "MODULES DO NOT WORK" :
								    "IT IS NOT KNOWN WHETHER MODULES WORK",
			       checks[i].name, printable_lines(checks[i].text, text, sizeof(text)));
	r = each_state_or(l, NULL, add, add_damaged, &show);
	if (!opt.json)
		say_if_nothing(l);
	e = beside_configured(l, !r && works && !hidden, configured);
	latch_close(l);
	if (opt.json) {
		/* null: the configuration cannot be read */
		json_object_object_add(o, "differs",
				       e == EXIT_FAILED ? NULL : json_object_new_boolean(e == EXIT_DIFFERS));
		json_out(o);
	}
	return worst(r, works, e, hidden);
}
