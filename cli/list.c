// SPDX-License-Identifier: GPL-2.0-only
/* latch list */
#include <errno.h>
#include <stdio.h>
#include "cli.h"

struct listing {
	struct json_object *json;
	struct table table;
	enum latch_called called;
};

static unsigned int attached(const struct latch_module *mod)
{
	unsigned int n = 0;

	for (size_t i = 0; i < mod->nhooks; i++)
		n += mod->hooks[i].attached;
	return n;
}

static void add_json(struct latch_state *st, const struct listing *listing)
{
	struct json_object *o = json_object_new_object(), *hooks = json_object_new_array();

	json_string(o, "name", st->module->name);
	json_string(o, "version", st->module->version);
	json_string(o, "mode", mode_word(st));
	json_holds(o, st, NULL, listing->called);
	json_called(o, listing->called);
	for (size_t i = 0; i < st->module->nhooks; i++)
		if (st->module->hooks[i].attached)
			json_object_array_add(hooks, json_text(st->module->hooks[i].name));
	json_object_object_add(o, "hooks", hooks);
	json_number(o, "missing_hooks", st->missing);
	json_count(o, "denied", st->module->gated, st->count.denied);
	json_count(o, "observed", st->module->gated, st->count.observed);
	json_unrecorded(o, st);
	json_time(o, "loaded", &st->info.loaded);
	json_number(o, "uid", st->info.uid);
	json_number(o, "trial_left", (int64_t)st->trial_left);
	json_seal(o, st);
	json_object_array_add(listing->json, o);
}

static void add_row(struct listing *listing, const char *name, const char *version, const char *mode, const char *hooks,
		    const char *denied, const char *observed, const char *loaded)
{
	char text[256];

	if (!listing->table.n)
		table_add(&listing->table, "NAME\tVERSION\tMODE\t>HOOKS\t>DENIED\t>OBSERVED\tLOADED");
	table_add(&listing->table, "%s\t%s\t%s\t%s\t%s\t%s\t%s", name,
		  version ? printable(version, text, sizeof(text)) : "-", mode, hooks, denied, observed, loaded);
}

/* A module that cannot be read is in the list all the same. */
static void add_damaged(const char *name, const struct latch_error *err, void *arg)
{
	struct listing *listing = arg;

	if (listing->json)
		json_object_array_add(listing->json, json_damaged(name, err));
	else
		add_row(listing, name, NULL, "unknown", "-", "-", "-", "-");
}

static int add(struct latch_state *st, void *arg)
{
	struct listing *listing = arg;
	char time[32], hooks[24], denied[24], observed[24], text[512], remedy[128];
	bool known = st->module->gated;

	if (listing->json) {
		add_json(st, listing);
		return st->missing ? EXIT_FAILED : st->trial_left ? EXIT_DIFFERS : EXIT_DONE;
	}
	add_row(listing, st->module->name, st->module->version, mode_word(st),
		count_text(true, attached(st->module), hooks, sizeof(hooks)),
		count_text(known, st->count.denied, denied, sizeof(denied)),
		count_text(known, st->count.observed, observed, sizeof(observed)),
		format_time(&st->info.loaded, time, sizeof(time)));
	if (*holds_text(st, listing->called, text, sizeof(text)))
		table_note(&listing->table, "    holds: %s", text);
	if (*unrecorded_text(st, text, sizeof(text)))
		table_note(&listing->table, "    %s", text);
	if (st->trial_left)
		table_note(&listing->table, "    on trial: over in %llu s", (unsigned long long)st->trial_left);
	if (st->sealed)
		table_note(&listing->table, "    %s%s until reboot", paint("sealed"),
			   st->seal.flags & LATCH_SEAL_WEAK ? " WEAKLY (`latch status` shows the open ways)" : "");
	if (st->missing) {
		message("%s is damaged: %u of its links were removed by somebody: %s", st->module->name, st->missing,
			latch_remedy(st->module->name, "unload it and load it again", remedy, sizeof(remedy)));
		return EXIT_FAILED;
	}
	return st->trial_left ? EXIT_DIFFERS : EXIT_DONE;
}

int cmd_list(int argc, char **argv)
{
	struct listing listing = { 0 };
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), r;
	bool empty;

	if (words < 0)
		return -words;
	if (words)
		return usage("list", "too many words");
	if (o.available)
		return list_available(o.json);
	r = open_to_read(&l, &err);
	if (r)
		return fail(r, &err);
	if (o.json)
		listing.json = json_object_new_array();
	listing.called = say_called(o.json ? NULL : stdout);
	r = each_state_or(l, NULL, add, add_damaged, &listing);
	if ((!r || r == EXIT_DIFFERS) && latch_hidden(l)) /* open_to_read() said so */
		r = EXIT_FAILED;
	latch_close(l);
	empty = !listing.table.n;
	table_print(&listing.table);
	if (o.json)
		json_out(listing.json);
	else if (empty && !r)
		message("no module is loaded");
	return r;
}
