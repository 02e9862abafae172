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
	latch_close(l);
	if (e)
		return fail(e, &err);
	printf("%s: %s\n", argv[1], latch_mode_name((unsigned int)mode));
	say_trial(&o, argv[1]);
	return EXIT_DONE;
}

static int print_values(struct latch_state *st, void *arg)
{
	char value[1024];
	bool any = false;

	(void)arg;
	printf("%s:", st->module->name);
	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE || p->value != LATCH_OFF)
			any = printf(" %s=%s", p->name, latch_param_format(p, p->value, value, sizeof(value))) > 0;
	}
	printf("%s\n", any ? "" : " every feature is off");
	return EXIT_DONE;
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
	e = latch_param_set(l, argv[1], argv + 2, (size_t)words - 1, LATCH_OFF, o.trial, &err);
	e = e ? fail(e, &err) : each_state(l, argv[1], print_values, NULL);
	latch_close(l);
	if (!e)
		say_trial(&o, argv[1]);
	return e;
}

static int confirm(struct latch_state *st, void *arg)
{
	struct latch_error err;
	int e;

	if (!st->trial_left)
		return EXIT_DONE;
	e = latch_confirm(arg, st->module->name, &err);
	if (e)
		return fail(e, &err);
	printf("%s: confirmed\n", st->module->name);
	return EXIT_DONE;
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
		e = each_state(l, NULL, confirm, l);
		latch_close(l);
		return e;
	}
	e = latch_confirm(l, argv[1], &err);
	latch_close(l);
	if (e)
		return fail(e, &err);
	printf("%s: confirmed\n", argv[1]);
	return EXIT_DONE;
}
