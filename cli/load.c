// SPDX-License-Identifier: GPL-2.0-only
/* latch load, latch replace, latch unload */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

/* A module all of whose features are off does nothing: say so. */
static bool idle(const struct latch_module *mod)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && mod->params[i].value != LATCH_OFF)
			return false;
	return latch_features_only(mod);
}

/* With -v, all that the verifier said, before the sentence drawn from it. */
static void say_log(const struct latch_module *mod, const struct options *o)
{
	_cleanup_text_ char *log = NULL;

	if (!o->verbose || !mod->verifier_log)
		return;
	log = shown(mod->verifier_log);
	fputs(log, stderr);
}

/* What holds of it, which is not what was asked for where its features say less. */
static int say_loaded(struct latch *l, const struct latch_module *mod)
{
	enum latch_called called = say_called(stderr);
	struct latch_error err;
	struct latch_state *st;
	char text[512], version[256];
	int e = latch_state_read(l, mod->name, &st, &err), r;

	printable(mod->version ? mod->version : "", version, sizeof(version));

	if (e) {
		printf("%s%s%s: loaded, but what holds of it cannot be read\n", mod->name, mod->version ? " " : "",
		       version);
		return fail(e, &err);
	}
	printf("%s%s%s: loaded, %s%s\n", mod->name, mod->version ? " " : "", version,
	       latch_effect_text(st, called, text, sizeof(text)),
	       mod->gated ? "" : ", latch can only unload it, and what it denies is not recorded");
	r = called != LATCH_CALLED_YES && latch_state_enforces(st) ? EXIT_KERNEL : EXIT_DONE;
	latch_state_free(st);
	return r;
}

static int load(struct latch *l, struct latch_module *mod, const struct options *o)
{
	unsigned int mode = o->observe ? LATCH_OBSERVE : LATCH_ENFORCE;
	struct latch_error err;
	int e, r;

	progress_begin("latch: the kernel is verifying %s", mod->name);
	e = latch_load(l, mod, mode, o->trial, &err);
	progress_end();
	if (e)
		say_log(mod, o);
	if (e)
		return fail(e, &err);
	r = say_loaded(l, mod);
	say_trial(o, mod->name);
	if (mod->permanent)
		printf("%s: declares itself permanent: latch does not unload it before reboot%s\n", mod->name,
		       o->trial ? ", once it is confirmed" : "");
	if (idle(mod) && o->seal && !o->with_lockdown)
		message("every feature of %s is off, and a seal keeps them so until reboot", mod->name);
	else if (idle(mod) && !o->seal)
		message("every feature of %s is off: `latch set %s FEATURE=observe|enforce`, "
			"`latch info %s` lists them",
			mod->name, mod->name, mod->name);
	return r;
}

/* One that cannot be sealed is not left loaded: it was asked for as one thing. */
static int load_and_seal(struct latch *l, struct latch_module *mod, const struct options *o)
{
	struct latch_error err;
	bool gone;
	int r = load(l, mod, o), e;

	if (r || !o->seal)
		return r;
	r = seal_with(l, mod->name, o);
	if (!r)
		return r;
	e = latch_unload(l, mod->name, &gone, &err);
	if (e)
		fail(e, &err);
	else
		message("%s is unloaded again", mod->name);
	return r;
}

int cmd_load(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch_module *mod;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (!words)
		return usage("load", "which module?");
	if (o.seal && o.trial)
		return usage("load", "--try or --seal, not both: a seal is not taken back");
	if (!o.seal && (o.weak || o.with_lockdown || o.tamper_given))
		return usage("load", "--weak, --with-lockdown and --on-tamper go with --seal");
	if (o.weak && o.with_lockdown)
		return usage("load", "--weak or --with-lockdown, not both");
	e = latch_module_read(argv[1], &mod, &err);
	if (e)
		return fail(e, &err);
	e = latch_features_resolve(mod, &err);
	if (!e)
		e = latch_params_assign(mod, argv + 2, (size_t)words - 1, &err);
	if (!e)
		e = open_latch(&l, true, &err);
	if (e) {
		latch_module_free(mod);
		return fail(e, &err);
	}
	if (o.seal)
		begin_seal(l);
	e = load_and_seal(l, mod, &o);
	latch_close(l);
	latch_module_free(mod);
	return e;
}

/* Of `NAME [FILE] [param=value ...]`: whether the word is a file. */
static bool is_file(const char *word)
{
	const char *slash = strchr(word, '/'), *eq = strchr(word, '=');

	return !eq || (slash && slash < eq);
}

static int replace(struct latch_module *mod, char **assignments, size_t n, bool drop, struct latch_replaced *r,
		   struct latch_error *err)
{
	struct latch *l;
	int e = open_latch(&l, false, err);

	if (e)
		return e;
	progress_begin("latch: the kernel is verifying %s; the loaded one stays until then", mod->name);
	e = latch_replace(l, mod, assignments, n, drop, r, err);
	progress_end();
	latch_close(l);
	return e;
}

static void say_replaced(const struct latch_module *mod, const struct latch_replaced *r)
{
	char version[2][256];

	printf("%s: %s replaced by %s, %s; its tally, and what it learnt since it was loaded, start anew\n", mod->name,
	       printable(*r->version ? r->version : "-", version[0], sizeof(version[0])),
	       printable(mod->version ? mod->version : "-", version[1], sizeof(version[1])),
	       mod->gated ? latch_mode_name(r->mode) :
			    "ungated: it enforces, latch can only unload it, and what it denies is not recorded");
	if (*r->dropped)
		printf("%s: dropped, as the new one has no place for it: %s\n", mod->name, r->dropped);
	if (!r->gone)
		message("the kernel still holds memory of the old %s; it frees it by itself", mod->name);
}

int cmd_replace(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_replaced r;
	struct latch_error err;
	struct latch_module *mod;
	int words = take_options(argc, argv, &o), first = 2, e;

	if (words < 0)
		return -words;
	if (!words)
		return usage("replace", "which module?");
	if (words > 1 && is_file(argv[2]))
		first = 3;
	e = latch_module_read(first == 3 ? argv[2] : argv[1], &mod, &err);
	if (e)
		return fail(e, &err);
	if (strcmp(mod->name, argv[1])) {
		e = first == 3 ? usage("replace", "%s holds module %s, not %s", argv[2], mod->name, argv[1]) :
				 usage("replace", "first the name of the loaded module: `latch replace %s %s`",
				       mod->name, argv[1]);
		latch_module_free(mod);
		return e;
	}
	e = latch_features_resolve(mod, &err);
	if (!e)
		e = replace(mod, argv + first, (size_t)(words + 1 - first), o.drop, &r, &err);
	if (e) {
		say_log(mod, &o);
		e = fail(e, &err);
	} else {
		say_replaced(mod, &r);
	}
	latch_module_free(mod);
	return e;
}

int cmd_unload(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	bool gone = true;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words != 1)
		return usage("unload", words ? "one module at a time" : "which module?");
	e = open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	progress_begin("latch: %s denies nothing any more; waiting for the kernel to let its programs go", argv[1]);
	e = latch_unload(l, argv[1], &gone, &err);
	progress_end();
	latch_close(l);
	if (e)
		return fail(e, &err);
	printf("%s: unloaded\n", argv[1]);
	if (!gone)
		message("the kernel still holds memory of %s; it frees it by itself", argv[1]);
	return EXIT_DONE;
}
