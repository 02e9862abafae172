// SPDX-License-Identifier: GPL-2.0-only
/* latch info */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

static const char *const types[] = { "int", "uint", "bool", "flags", "mode" };

static struct json_object *param_json(const struct latch_param *p, const struct latch_state *st,
				      enum latch_called called)
{
	struct json_object *o = json_object_new_object();
	char value[1024];

	json_string(o, "name", p->name);
	json_string(o, "type", types[p->type]);
	if (p->type == LATCH_TYPE_INT || p->type == LATCH_TYPE_UINT) {
		json_number(o, "min", p->min);
		json_number(o, "max", p->max);
		json_number(o, "value", p->value);
	} else {
		json_string(o, "value", latch_param_format(p, p->value, value, sizeof(value)));
	}
	if (p->type == LATCH_TYPE_FLAGS)
		json_string(o, "words", p->words);
	if (p->type == LATCH_TYPE_MODE) {
		json_string(o, "groups", p->groups);
		json_string(o, "hooks", p->hooks);
		if (st)
			json_holds(o, st, p, called);
	}
	json_string(o, "meaning", p->doc);
	return o;
}

/* looked: whether it was looked up that it is not loaded. */
static int print_json(const struct latch_module *mod, const struct latch_state *st, bool looked)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	enum latch_called called = st ? say_called(NULL) : LATCH_CALLED_UNKNOWN;
	char digest[65];

	hex(mod->digest, sizeof(mod->digest), digest);
	json_string(o, "name", mod->name);
	json_string(o, "version", mod->version);
	json_string(o, "description", mod->description);
	json_string(o, "sha256", digest);
	json_object_object_add(o, "gated", json_object_new_boolean(mod->gated));
	json_object_object_add(o, "permanent", json_object_new_boolean(mod->permanent));
	json_object_object_add(o, "loaded", st || looked ? json_object_new_boolean(st != NULL) : NULL);
	if (st) {
		json_string(o, "mode", mode_word(st));
		json_holds(o, st, NULL, called);
		json_called(o, called);
		json_time(o, "since", &st->info.loaded);
		json_number(o, "uid", st->info.uid);
		json_seal(o, st);
	}
	for (size_t i = 0; i < mod->nparams; i++)
		json_object_array_add(list, param_json(&mod->params[i], st, called));
	json_object_object_add(o, "parameters", list);
	list = json_object_new_array();
	for (size_t i = 0; i < mod->nhooks; i++) {
		struct json_object *hook = json_object_new_object();

		json_string(hook, "name", mod->hooks[i].name);
		if (st)
			json_object_object_add(hook, "attached", json_object_new_boolean(mod->hooks[i].attached));
		json_object_array_add(list, hook);
	}
	json_object_object_add(o, "hooks", list);
	return json_out(o);
}

static void print_param(const struct latch_param *p, const struct latch_state *st, enum latch_called called)
{
	char value[1024], range[4200] = "", text[4096], holds[64];

	if (p->type == LATCH_TYPE_INT || p->type == LATCH_TYPE_UINT)
		snprintf(range, sizeof(range), " %lld..%lld", (long long)p->min, (long long)p->max);
	if (p->type == LATCH_TYPE_FLAGS)
		snprintf(range, sizeof(range), " of %s", printable(p->words, text, sizeof(text)));
	printf("  %s=%s%s (%s%s%s%s)\n\t%s\n", p->name, latch_param_format(p, p->value, value, sizeof(value)),
	       value_holds(st, p, called, holds, sizeof(holds)), types[p->type], range,
	       p->groups && *p->groups ? "; " : "", p->groups ? p->groups : "", printable(p->doc, text, sizeof(text)));
}

static int print_text(const struct latch_module *mod, const struct latch_state *st, bool looked)
{
	enum latch_called called = st ? say_called(stdout) : LATCH_CALLED_UNKNOWN;
	char digest[65], version[1024], text[1024], time[32];

	hex(mod->digest, sizeof(mod->digest), digest);
	printf("name         %s\nversion      %s\ndescription  %s\nsha256       %s\n", mod->name,
	       mod->version ? printable(mod->version, version, sizeof(version)) : "-",
	       mod->description ? printable(mod->description, text, sizeof(text)) : "-", digest);
	if (st) {
		printf("loaded       %s by uid %u, %s\n", format_time(&st->info.loaded, time, sizeof(time)),
		       st->info.uid, mode_word(st));
		print_holds(st, called, "");
		print_seal(st, "seal         ");
	} else {
		printf("loaded       %s\n", looked ? "no" : "not looked at: this is what its file says");
	}
	if (mod->permanent)
		printf("permanent    latch does not unload it before reboot\n");
	if (!mod->gated)
		printf("ungated      not made with the latch SDK: no modes, no parameters, and what it denies is not "
		       "recorded\n");
	printf("hooks       ");
	for (size_t i = 0; i < mod->nhooks; i++)
		printf(" %s%s", mod->hooks[i].name, st && !mod->hooks[i].attached ? " (not attached)" : "");
	printf("\n");
	if (mod->nparams)
		printf("parameters%s\n", st ? "" : ", with their defaults");
	for (size_t i = 0; i < mod->nparams; i++)
		print_param(&mod->params[i], st, called);
	return EXIT_DONE;
}

static int info_of_file(const char *name, bool json, bool looked)
{
	struct latch_module *mod;
	struct latch_error err;
	int e = latch_module_read(name, &mod, &err);

	if (e)
		return fail(e, &err);
	/* A file can be described where its features cannot: on a kernel without BTF, say. */
	if (latch_features_resolve(mod, &err))
		message("its features are not listed: %s", err.text);
	e = json ? print_json(mod, NULL, looked) : print_text(mod, NULL, looked);
	latch_module_free(mod);
	return e;
}

int cmd_info(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch_state *st;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words != 1)
		return usage("info", words ? "one module at a time" : "which module?");
	if (strchr(argv[1], '/'))
		return info_of_file(argv[1], o.json, false);
	e = open_to_read(&l, &err);
	if (e == -EPERM) {
		message("without privilege: what its file says, not whether it is loaded");
		return info_of_file(argv[1], o.json, false);
	}
	if (e)
		return fail(e, &err);
	e = latch_state_read(l, argv[1], &st, &err);
	latch_close(l);
	if (e == -ENOENT)
		return info_of_file(argv[1], o.json, true);
	if (e)
		return fail(e, &err);
	e = o.json ? print_json(st->module, st, true) : print_text(st->module, st, true);
	latch_state_free(st);
	return e;
}
