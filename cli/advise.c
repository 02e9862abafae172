// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise: which features nobody needs, and who needs the others. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "cli.h"

struct advice {
	const struct latch_state *st;
	const struct latch_record *records;
	size_t n;
	enum latch_called called;
};

static bool is_of(const struct latch_record *r, const struct latch_param *p)
{
	return r->key.id == (LATCH_ID_FEATURE | p->feature);
}

/* Of a feature's entries, those of who used it; or those of who only looked whether it is there. */
static bool is_use(const struct latch_record *r, const struct latch_param *p)
{
	return is_of(r, p) && !latch_record_looks(p->name, &r->key);
}

static bool is_look(const struct latch_record *r, const struct latch_param *p)
{
	return is_of(r, p) && latch_record_looks(p->name, &r->key);
}

static bool used(const struct advice *a, const struct latch_param *p)
{
	for (size_t i = 0; i < a->n; i++)
		if (is_use(&a->records[i], p))
			return true;
	return false;
}

/* Whether all who used it have an exception, so that enforce breaks nothing. */
static bool only_excepted(const struct advice *a, const struct latch_param *p)
{
	for (size_t i = 0; i < a->n; i++)
		if (is_of(&a->records[i], p) && a->records[i].key.verdict != LATCH_EXCEPTED)
			return false;
	return count_exceptions(a->st->module, p);
}

/* Whether its uses are seen: its hooks are attached, and called. */
static bool watched(const struct advice *a, const struct latch_param *p)
{
	enum latch_effect effect = latch_effect(a->st, p, a->called);

	return effect == LATCH_EFFECT_OBSERVE || effect == LATCH_EFFECT_ENFORCE;
}

/* What can be said of a feature by now: a word for machines, too. */
static const char *verdict(const struct advice *a, const struct latch_param *p)
{
	if (latch_feature_absent(p->name))
		return "absent";
	if (used(a, p))
		return "used";
	if (p->value == LATCH_OFF)
		return "unknown";
	/* A full tally may have missed who used it, and a hook that is not called does. */
	return a->st->count.tally_lost || !watched(a, p) ? "unknown" : "unused";
}

/* "/usr/bin/dd (ssh.service, uid 0) 3 times, last 2026-11-24 10:15:01" */
static void print_who(const struct latch_record *r)
{
	char path[4096], unit[256], last[32];

	printf("%s ", program(&r->tally.who, &r->key, path, sizeof(path)));
	if (is_program(&r->key)) {
		unit_of(&r->tally.who, unit, sizeof(unit));
		printf("(%s%suid %u) ", unit, *unit ? ", " : "", r->tally.who.uid);
	}
	printf("%llu times, last %s", (unsigned long long)r->tally.count,
	       format_time(&r->tally.last, last, sizeof(last)));
}

static void print_notes(const struct latch_record *r)
{
	char comm[sizeof(r->tally.who.comm) + 1] = "", text[64], path[4096];

	memcpy(comm, r->tally.who.comm, sizeof(r->tally.who.comm));
	if (!is_program(&r->key) && r->key.ino == LATCH_INO_INTERRUPT)
		printf("    (the kernel asked in an interrupt: no program is to blame)\n");
	else if (!is_program(&r->key))
		printf("    (the kernel asked by itself)\n");
	else if (is_interpreter(program(&r->tally.who, &r->key, path, sizeof(path))))
		printf("    (an interpreter, in a process called `%s`: which script it ran is not known)\n",
		       printable(comm, text, sizeof(text)));
}

static void print_users(const struct advice *a, const struct latch_param *p)
{
	char path[4096], command[LATCH_ALLOW_NAME + 128], last[32];

	for (size_t i = 0; i < a->n; i++) {
		const struct latch_record *r = &a->records[i];

		if (is_use(r, p) && r->key.how & LATCH_HOW_SELF) {
			printf("  used by latch itself, %llu times, last %s: where it is enforced, a later seal needs "
			       "--weak\n",
			       (unsigned long long)r->tally.count, format_time(&r->tally.last, last, sizeof(last)));
		} else if (is_look(r, p)) {
			printf("  looked at by ");
			print_who(r);
			printf(": to read is not to use it: enforce does not break that\n");
		} else if (is_use(r, p) && r->key.verdict == LATCH_EXCEPTED) {
			printf("  used by ");
			print_who(r);
			printf(": allowed by its exception\n");
		} else if (is_use(r, p)) {
			program(&r->tally.who, &r->key, path, sizeof(path));
			printf("  used by ");
			print_who(r);
			printf(": enforce %s it; to keep it: %s\n",
			       r->key.verdict == LATCH_ENFORCE ? "broke" : "breaks",
			       keep_command(a->st->module, r->key.id, path, command, sizeof(command)));
			print_notes(r);
		}
	}
	if (only_excepted(a, p))
		printf("  enforce breaks nothing of that, as long as the exceptions hold\n");
	if (used(a, p) && latch_feature_facts(p->name) && latch_feature_facts(p->name)->read_is_look)
		printf("    (a call that can both read and write, like sendfile(2), counts as a use)\n");
}

static void print_advice(const struct advice *a)
{
	unsigned long long lost = a->st->count.tally_lost;
	char time[32], holds[64];

	for (size_t i = 0; i < a->st->module->nparams; i++) {
		const struct latch_param *p = &a->st->module->params[i];
		const char *v = verdict(a, p);

		printf("%s: ", p->name);
		if (!strcmp(v, "absent"))
			printf("cannot matter here: %s\n", latch_feature_absent(p->name));
		else if (!strcmp(v, "unused"))
			printf("unused since %s: can be enforced%s\n",
			       p->since.boot ? format_time(&p->since, time, sizeof(time)) : "a time that is not known",
			       latch_effect(a->st, p, a->called) == LATCH_EFFECT_ENFORCE ? ", and is" : "");
		else if (!strcmp(v, "used"))
			printf("%s%s\n", latch_mode_name((unsigned int)p->value),
			       value_holds(a->st, p, a->called, holds, sizeof(holds)));
		else if (p->value == LATCH_OFF)
			printf("off, so not known: latch lockdown set %s=observe\n", p->name);
		else if (!watched(a, p))
			printf("not known: its hooks are not called\n");
		else
			printf("not known: the tally was full\n");
		print_users(a, p);
	}
	if (lost)
		printf("%llu uses are not in this, and whose they were is not known: the tally was full\n", lost);
}

typedef bool (*which_fn)(const struct latch_record *r, const struct latch_param *p);

static struct json_object *users_json(const struct advice *a, const struct latch_param *p, which_fn which)
{
	struct json_object *list = json_object_new_array();
	char path[4096];

	for (size_t i = 0; i < a->n; i++) {
		const struct latch_record *r = &a->records[i];
		struct json_object *o;

		if (!which(r, p))
			continue;
		o = who_json(&r->tally.who, &r->key, a->st->module);
		json_string(o, "program", program(&r->tally.who, &r->key, path, sizeof(path)));
		json_number(o, "count", (int64_t)r->tally.count);
		json_time(o, "first", &r->tally.first);
		json_time(o, "last", &r->tally.last);
		json_object_array_add(list, o);
	}
	return list;
}

static int advice_json(const struct advice *a)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct utsname u;

	uname(&u);
	json_number(o, "latch_advise", 1);
	json_string(o, "machine", u.nodename);
	json_string(o, "kernel", u.release);
	json_time(o, "since", &a->st->info.loaded);
	json_number(o, "lost", (int64_t)a->st->count.tally_lost);
	json_called(o, a->called);
	for (size_t i = 0; i < a->st->module->nparams; i++) {
		const struct latch_param *p = &a->st->module->params[i];
		struct json_object *f = json_object_new_object();

		json_string(f, "feature", p->name);
		json_string(f, "mode", latch_mode_name((unsigned int)p->value));
		json_holds(f, a->st, p, a->called);
		json_string(f, "verdict", verdict(a, p));
		if (p->since.boot)
			json_time(f, "since", &p->since);
		json_object_object_add(f, "users", users_json(a, p, is_use));
		json_object_object_add(f, "looked", users_json(a, p, is_look));
		json_object_array_add(list, f);
	}
	json_object_object_add(o, "features", list);
	return json_out(o);
}

/* What stands in the way of `unload = deny`: latch-seal(8). */
static void write_setting(FILE *out, const char *feature, const char *mode)
{
	const struct latch_feature_facts *facts = latch_feature_facts(feature);
	bool enforced = !strcmp(mode, "enforce");

	if (!enforced && facts && facts->undoes_seal)
		fprintf(out, "# a seal (unload = deny) demands this enforced, without exceptions\n");
	if (enforced && !strcmp(feature, "bpf_read_kernel"))
		fprintf(out, "# a seal (unload = deny) needs this at observe\n");
	fprintf(out, "%s = %s\n", feature, mode);
}

/* What nobody used is enforced, what somebody used goes on being observed; whatever is not known stays. */
static void write_settings(const struct advice *a, FILE *out)
{
	char time[32];

	fprintf(out, "# Written by latch lockdown advise from what was seen since %s.\n[lockdown]\n",
		format_time(&a->st->info.loaded, time, sizeof(time)));
	for (size_t i = 0; i < a->st->module->nparams; i++) {
		const struct latch_param *p = &a->st->module->params[i];
		const char *v = verdict(a, p);

		if (!strcmp(v, "unused") || (!strcmp(v, "absent") && p->value != LATCH_OFF))
			write_setting(out, p->name, "enforce");
		else if (!strcmp(v, "used"))
			write_setting(out, p->name,
				      p->value == LATCH_ENFORCE || only_excepted(a, p) ? "enforce" : "observe");
		else if (p->value != LATCH_OFF)
			write_setting(out, p->name, latch_mode_name((unsigned int)p->value));
	}
	/* `latch apply` takes away those that the configuration does not have. */
	for (size_t i = 0; i < a->st->module->nexceptions; i++) {
		const struct latch_exception *ex = &a->st->module->exceptions[i];

		fprintf(out, "allow = %s %s %s\n", latch_id_name(a->st->module, LATCH_ID_FEATURE | ex->key.feature),
			latch_exception_kind(ex), ex->name);
	}
}

static int write_advice(const struct advice *a, bool force)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int r;

	if (out)
		write_settings(a, out);
	if (!out || fclose(out)) {
		fprintf(stderr, "latch: %m\n");
		r = EXIT_FAILED;
	} else {
		r = write_drop_in(text, size, force);
	}
	free(text);
	return r;
}

int lockdown_advise(int argc, char **argv)
{
	struct options o = { 0 };
	struct advice a = { 0 };
	struct latch_error err;
	struct latch_state *st;
	struct latch_record *records;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (o.write && (o.json || o.merge))
		return usage("lockdown advise", "--write goes alone");
	if (o.force && !o.write)
		return usage("lockdown advise", "--force goes with --write");
	if (o.merge)
		return words ? advise_merge(argv + 1, (size_t)words, o.json) :
			       usage("lockdown advise", "--merge: which reports?");
	if (words)
		return usage("lockdown advise", "too many words");
	e = open_to_read(&l, &err);
	if (e)
		return fail(e, &err);
	e = latch_state_read(l, "lockdown", &st, &err);
	if (e) {
		latch_close(l);
		return fail(e, &err);
	}
	e = latch_tally_read(l, "lockdown", &records, &a.n, &err);
	latch_close(l);
	if (e) {
		latch_state_free(st);
		return fail(e, &err);
	}
	a.st = st;
	a.called = say_called(o.json ? NULL : o.write ? stderr : stdout);
	a.records = records;
	if (o.write)
		e = write_advice(&a, o.force);
	else if (o.json)
		e = advice_json(&a);
	else
		print_advice(&a);
	free(records);
	latch_state_free(st);
	return e;
}
