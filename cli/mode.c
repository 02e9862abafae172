// SPDX-License-Identifier: GPL-2.0-only
/* latch mode, latch set, latch confirm */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

int cmd_mode(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), mode, e;

	if (words < 0)
		return -words;
	if (words != 2)
		return usage("mode", "a module and its new mode, please");
	mode = latch_mode_parse(argv[2]);
	if (mode != LATCH_OBSERVE && mode != LATCH_ENFORCE)
		return usage("mode", "`%s` is not a mode for a module%s", argv[2],
			     mode == LATCH_OFF ? ": `latch unload` turns it off" : "");
	e = open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	e = latch_mode_set(l, argv[1], (unsigned int)mode, o.trial, &err);
	e = e ? -fail(e, &err) : report_holds(l, argv[1]);
	latch_close(l);
	if (e >= 0)
		say_trial(&o, argv[1]);
	return e < 0 ? -e : e;
}

/* What is not as it was, a line each. */
static int print_changed(struct latch_state *st, void *arg)
{
	const struct latch_module *before = arg;
	char value[1024], was[1024];
	bool any = false;

	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i], *old = latch_module_param(before, p->name);

		if (!old || old->value == p->value)
			continue;
		printf("%s: %s=%s (was %s)\n", st->module->name, p->name,
		       latch_param_format(p, p->value, value, sizeof(value)),
		       latch_param_format(old, old->value, was, sizeof(was)));
		any = true;
	}
	if (!any)
		printf("%s: it was so already\n", st->module->name);
	return EXIT_DONE;
}

static int set(struct latch *l, const char *name, char **assignments, size_t n, const struct options *o)
{
	struct latch_state *before;
	struct latch_error err;
	int e = latch_state_read(l, name, &before, &err), holds;

	if (e)
		return fail(e, &err);
	e = latch_param_set(l, name, assignments, n, LATCH_OFF, o->trial, &err);
	if (e)
		e = fail(e, &err);
	else
		e = each_state(l, name, print_changed, before->module);
	latch_state_free(before);
	if (e)
		return e;
	holds = report_holds(l, name);
	say_trial(o, name);
	return holds;
}

int cmd_set(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words < 2)
		return usage(argv[0], "%s, please",
			     strcmp(argv[0], "set") ? "a feature and its mode, FEATURE=observe" :
						      "a module and param=value");
	e = open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	e = set(l, argv[1], argv + 2, (size_t)words - 1, &o);
	latch_close(l);
	return e;
}

struct confirming {
	struct latch *l;
	unsigned int on_trial;
};

static int confirm(struct latch_state *st, void *arg)
{
	struct confirming *c = arg;
	struct latch_error err;
	int e;

	if (!st->trial_left)
		return EXIT_DONE;
	c->on_trial++;
	e = latch_confirm(c->l, st->module->name, &err);
	if (e)
		return fail(e, &err);
	printf("%s: confirmed\n", st->module->name);
	return report_holds(c->l, st->module->name);
}

/* Whoever confirms counts on it: that there is nothing, or no more, is no success. */
static int confirm_all(struct latch *l)
{
	struct confirming c = { .l = l };
	int r = each_state(l, NULL, confirm, &c);

	if (r || c.on_trial)
		return r;
	message("nothing is on trial: nothing to confirm");
	return EXIT_FAILED;
}

int cmd_confirm(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words > 1)
		return usage("confirm", "one module, or all that are on trial");
	e = open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	if (!words) {
		e = confirm_all(l);
		latch_close(l);
		return e;
	}
	e = latch_confirm(l, argv[1], &err);
	if (e) {
		latch_close(l);
		return fail(e, &err);
	}
	printf("%s: confirmed\n", argv[1]);
	e = report_holds(l, argv[1]);
	latch_close(l);
	return e;
}
