// SPDX-License-Identifier: GPL-2.0-only
/* latch status, latch doctor */
#include <errno.h>
#include <stdio.h>
#include "cli.h"

static const char *const states[] = { "ok", "note", "bad" };

int cmd_doctor(int argc, char **argv)
{
	struct latch_check checks[LATCH_CHECKS];
	struct json_object *list, *item;
	struct options o = { 0 };
	int words = take_options(argc, argv, "json", &o), e;

	if (words < 0)
		return -words;
	if (words)
		return usage("doctor", "too many words");
	e = latch_doctor(checks);
	list = json_object_new_array();
	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		const struct latch_check *c = &checks[i];

		if (!o.json) {
			printf("%-12s %-5s %s\n", c->name, states[c->state], c->text);
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

static int add(struct latch_state *st, void *arg)
{
	struct json_object *list = arg, *o;
	char time[32], value[1024];

	if (list) {
		o = json_object_new_object();
		json_string(o, "name", st->module->name);
		json_string(o, "mode", mode_word(st));
		json_time(o, "loaded", st->info.loaded);
		json_number(o, "trial_left", (int64_t)st->trial_left);
		json_number(o, "missing_hooks", st->missing);
		json_number(o, "denied", (int64_t)st->count.denied);
		json_number(o, "observed", (int64_t)st->count.observed);
		json_number(o, "tally_lost", (int64_t)st->count.tally_lost);
		json_number(o, "events_lost", (int64_t)st->count.events_lost);
		json_object_object_add(o, "parameters", values_json(st->module));
		json_seal(o, st);
		json_object_array_add(list, o);
		return st->missing ? EXIT_FAILED : EXIT_DONE;
	}
	printf("%s: %s since %s: %llu denied, %llu observed", st->module->name, mode_word(st),
	       format_time(st->info.loaded, time, sizeof(time)), (unsigned long long)st->count.denied,
	       (unsigned long long)st->count.observed);
	if (st->count.tally_lost)
		printf(", %llu without their program (tally full)", (unsigned long long)st->count.tally_lost);
	printf("\n");
	if (st->trial_left)
		printf("  on trial: over in %llu s; `latch confirm %s` keeps it\n", (unsigned long long)st->trial_left,
		       st->module->name);
	print_seal(st, "  ");
	if (st->missing)
		printf("  DAMAGED: %u of its hooks are not attached: somebody removed their links\n", st->missing);
	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE || p->value != LATCH_OFF)
			printf("  %s=%s\n", p->name, latch_param_format(p, p->value, value, sizeof(value)));
	}
	return st->missing ? EXIT_FAILED : EXIT_DONE;
}

int cmd_status(int argc, char **argv)
{
	struct latch_check checks[LATCH_CHECKS];
	struct json_object *o = NULL, *list = NULL;
	struct options opt = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, "json", &opt), r;
	bool works;

	if (words < 0)
		return -words;
	if (words)
		return usage("status", "too many words");
	r = open_latch(&l, false, &err);
	if (r)
		return fail(r, &err);
	works = !latch_doctor(checks);
	if (opt.json) {
		o = json_object_new_object();
		list = json_object_new_array();
		json_object_object_add(o, "works", json_object_new_boolean(works));
		json_object_object_add(o, "modules", list);
	}
	for (size_t i = 0; i < LATCH_CHECKS && !opt.json; i++)
		if (checks[i].state == LATCH_CHECK_BAD)
			printf("MODULES DO NOT WORK: %s: %s\n", checks[i].name, checks[i].text);
	r = each_state(l, NULL, add, list);
	latch_close(l);
	if (opt.json)
		json_out(o);
	return r ? r : works ? EXIT_DONE : EXIT_KERNEL;
}
