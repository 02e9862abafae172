// SPDX-License-Identifier: GPL-2.0-only
/* latch log */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

struct log {
	struct latch *l;
	struct json_object *json;
	bool named; /* one module was asked for */
	enum latch_called called;
	struct table table;
	unsigned int seen; /* modules */
	unsigned int kept; /* modules that keep a record: what is not in it was not denied */
	bool built_in;	   /* of one of them the kernel's own lockdown denies something first */
};

static void print_record(struct log *log, const struct latch_state *st, const struct latch_record *r)
{
	char first[32], last[32], unit[UNIT_TEXT], path[PATH_TEXT], remedy[128];
	const char *lost;

	if (!log->table.n)
		table_add(&log->table, "MODULE\tWHAT\tVERDICT\t>COUNT\tFIRST\tLAST\tUNIT\t>UID\tPROGRAM");
	unit_of(&r->tally.who, unit, sizeof(unit));
	table_add(&log->table, "%s\t%s\t%s\t%llu\t%s\t%s\t%s\t%u\t%s%s", st->module->name,
		  latch_id_name(st->module, r->key.id), paint(verdict_word(r->key.verdict)),
		  (unsigned long long)r->tally.count, format_time(&r->tally.first, first, sizeof(first)),
		  format_time(&r->tally.last, last, sizeof(last)), *unit ? unit : "-", r->tally.who.uid,
		  program(&r->tally.who, &r->key, path, sizeof(path)), reading(&r->key));
	lost = lost_exception(st->module, &r->key, &r->tally.who);
	if (lost)
		table_note(&log->table, "    (it has lost its exception: %s; %s)", lost,
			   latch_remedy(st->module->name, "`latch lockdown allow` gives it a new one", remedy,
					sizeof(remedy)));
}

static struct json_object *record_json(const struct latch_state *st, const struct latch_record *r)
{
	struct json_object *o = who_json(&r->tally.who, &r->key, st->module);

	json_string(o, "lost_exception", lost_exception(st->module, &r->key, &r->tally.who));
	json_number(o, "count", (int64_t)r->tally.count);
	json_time(o, "first", &r->tally.first);
	json_time(o, "last", &r->tally.last);
	return o;
}

/* An ungated module keeps no record: that is not an empty one. */
static void say_unrecorded(struct log *log, const struct latch_state *st)
{
	struct json_object *o;

	if (!log->json || st->sealed) {
		message("%s is ungated: what it denies is not recorded%s", st->module->name,
			st->sealed ? ", but for attempts on its seal" : "");
		return;
	}
	o = json_object_new_object();
	json_string(o, "module", st->module->name);
	json_called(o, log->called);
	json_object_object_add(o, "lost", NULL);
	json_object_object_add(o, "entries", NULL);
	json_object_array_add(log->json, o);
}

static void say_built_in(struct log *log, const struct latch_state *st, struct json_object *o)
{
	size_t n = count_unrecorded(st);

	log->built_in |= n;
	if (o)
		json_unrecorded(o, st);
	else if (n)
		message("%s: %zu features that are on are not recorded, as the kernel's own lockdown denies them "
			"first, or may: `latch lockdown advise` lists them",
			st->module->name, n);
}

static int add(struct latch_state *st, void *arg)
{
	struct json_object *o, *entries = json_object_new_array();
	struct log *log = arg;
	struct latch_record *records;
	struct latch_error err;
	size_t n;
	int e, r = EXIT_DONE;

	log->seen++;
	/* Of a sealed one there are the attempts on its seal; of another that is named latch_tally_read() says it. */
	if (!st->module->gated && (!log->named || st->sealed))
		say_unrecorded(log, st);
	if (!st->module->gated && !log->named && !st->sealed) {
		json_object_put(entries);
		return EXIT_DONE;
	}
	e = latch_tally_read(log->l, st->module->name, &records, &n, &err);
	if (e) {
		json_object_put(entries);
		return fail(e, &err);
	}
	if (n)
		r = check_exceptions(st->module);
	for (size_t i = 0; i < n; i++)
		if (log->json)
			json_object_array_add(entries, record_json(st, &records[i]));
		else
			print_record(log, st, &records[i]);
	free(records);
	if (!r && !st->module->gated && log->named)
		r = EXIT_KERNEL;
	log->kept += st->module->gated;
	if (log->json) {
		o = json_object_new_object();
		json_string(o, "module", st->module->name);
		json_called(o, log->called);
		json_count(o, "lost", st->module->gated, st->count.tally_lost);
		if (st->sealed)
			json_number(o, "unlisted_attempts", (int64_t)st->unlisted);
		json_object_object_add(o, "entries", entries);
		say_built_in(log, st, o);
		json_object_array_add(log->json, o);
	} else {
		json_object_put(entries);
		say_built_in(log, st, NULL);
		if (st->count.tally_lost)
			table_note(&log->table, "%s: %llu more were counted without their program: the tally was full",
				   st->module->name, (unsigned long long)st->count.tally_lost);
		if (st->unlisted)
			table_note(&log->table,
				   "%s: %llu more attempts on its seal were denied and are not listed: their record "
				   "was full",
				   st->module->name, (unsigned long long)st->unlisted);
	}
	return r;
}

int cmd_log(int argc, char **argv)
{
	struct log log = { 0 };
	struct options o = { 0 };
	struct latch_error err;
	int words = take_options(argc, argv, &o), r;
	bool empty;

	if (words < 0)
		return -words;
	if (words > 1)
		return usage("log", "one module at a time");
	r = open_to_read(&log.l, &err);
	if (r)
		return fail(r, &err);
	log.named = words;
	log.called = say_called(o.json ? NULL : stderr);
	if (o.json)
		log.json = json_object_new_array();
	r = each_state(log.l, words ? argv[1] : NULL, add, &log);
	if (!r && latch_hidden(log.l)) { /* open_to_read() said so */
		json_failed(latch_hidden_text(log.l));
		r = EXIT_FAILED;
	}
	latch_close(log.l);
	empty = !log.table.n;
	table_print(&log.table);
	if (o.json && r && !json_object_array_length(log.json))
		json_object_put(log.json); /* what failed is printed in its place */
	else if (o.json)
		json_out(log.json);
	else if (empty && !r && log.kept)
		message("nothing was denied or would have been%s", log.built_in ? ", of what is recorded" : "");
	else if (empty && !r && !log.seen)
		message("no module is loaded: nothing is recorded");
	return r;
}
