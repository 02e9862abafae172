// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise: which features nobody needs, and who needs the others. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include "advise.h"

bool advice_used(const struct advice *a, const struct latch_param *p)
{
	for (size_t i = 0; i < a->n; i++)
		if (advice_is_use(&a->records[i], p))
			return true;
	return false;
}

bool advice_only_excepted(const struct advice *a, const struct latch_param *p)
{
	for (size_t i = 0; i < a->n; i++)
		if (advice_is_use(&a->records[i], p) && a->records[i].key.verdict != LATCH_EXCEPTED)
			return false;
	return count_exceptions(a->st->module, p);
}

/* Whether its uses are seen: its hooks are attached, and called. */
static bool watched(const struct advice *a, const struct latch_param *p)
{
	enum latch_effect effect = latch_effect(a->st, p, a->called);

	return effect == LATCH_EFFECT_OBSERVE || effect == LATCH_EFFECT_ENFORCE;
}

const char *advice_before(const struct advice *a, const struct latch_param *p, char *buf, size_t size)
{
	size_t more;
	const struct latch_finding *f = latch_before_first(&a->before, p->name, &more);
	char text[sizeof(f->text)], others[32] = "";

	*buf = '\0';
	if (latch_builtin_first(p->name, buf, size) || !f)
		return buf;
	if (more)
		snprintf(others, sizeof(others), ", and %zu more", more);
	printable(f->text, text, sizeof(text));
	if (f->kind == LATCH_LATE)
		snprintf(buf, size, "%s%s: observe across a boot: latch-lockdown(8), OBSERVING", text, others);
	else
		snprintf(buf, size, "whether it was used before it was watched: %s%s", text, others);
	return buf;
}

const char *advice_unknown(const struct advice *a, const struct latch_param *p, char *buf, size_t size)
{
	char text[REASON_MAX];

	if (p->value == LATCH_OFF)
		snprintf(buf, size, "off, so not known: latch lockdown set %s=observe", p->name);
	else if (!watched(a, p))
		snprintf(buf, size, "not known: its hooks are not called");
	else if (a->st->count.tally_lost)
		snprintf(buf, size, "not known: the tally was full");
	else if (*advice_before(a, p, text, sizeof(text)))
		snprintf(buf, size, "not known: %s", text);
	else
		return NULL;
	return buf;
}

const char *advice_verdict(const struct advice *a, const struct latch_param *p)
{
	char why[REASON_MAX + 128];

	if (latch_feature_absent(p->name))
		return "absent";
	if (advice_used(a, p))
		return "used";
	return advice_unknown(a, p, why, sizeof(why)) ? "unknown" : "unused";
}

/* For how long it was watched, in the largest unit of which there is one. */
static void print_watched(const struct latch_time *since)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	struct timespec now = { 0 };
	uint64_t s, i = 0;

	clock_gettime(CLOCK_BOOTTIME, &now);
	s = (uint64_t)now.tv_sec - since->boot / 1000000000;
	while (i < 3 && s < units[i].seconds)
		i++;
	printf(" (%llu %s)", (unsigned long long)(s / units[i].seconds), units[i].name);
}

static void print_unused(const struct advice *a, const struct latch_param *p)
{
	char time[32];

	printf("unused since %s",
	       p->since.boot ? format_time(&p->since, time, sizeof(time)) : "a time that is not known");
	if (p->since.boot)
		print_watched(&p->since);
	printf(": can be enforced%s%s\n", latch_effect(a->st, p, a->called) == LATCH_EFFECT_ENFORCE ? ", and is" : "",
	       advice_seal_needs(p) ? ", where nothing is to be sealed: latch needs it for a seal" : "");
}

static void print_advice(const struct advice *a)
{
	unsigned long long lost = a->st->count.tally_lost;
	char holds[64], why[REASON_MAX + 32];
	bool unused = false;

	for (size_t i = 0; i < a->st->module->nparams; i++) {
		const struct latch_param *p = &a->st->module->params[i];
		const char *v = advice_verdict(a, p), *unknown = advice_unknown(a, p, why, sizeof(why));

		printf("%s: ", p->name);
		if (!strcmp(v, "absent"))
			printf("cannot matter here: %s\n", latch_feature_absent(p->name));
		else if (!strcmp(v, "unused"))
			print_unused(a, p);
		else if (!strcmp(v, "used"))
			printf("%s%s\n", latch_mode_name((unsigned int)p->value),
			       value_holds(a->st, p, a->called, holds, sizeof(holds)));
		else
			printf("%s\n", unknown);
		advice_print_users(a, p);
		unused |= !strcmp(v, "unused");
	}
	if (unused)
		printf("unused is what nobody asked for in that time: what runs less often, at boot or at an update, "
		       "may yet ask\n");
	if (lost)
		printf("%llu uses are not in this, and whose they were is not known: the tally was full\n", lost);
}

typedef bool (*which_fn)(const struct latch_record *r, const struct latch_param *p);

static struct json_object *users_json(const struct advice *a, const struct latch_param *p, which_fn which)
{
	struct json_object *list = json_object_new_array();
	char path[PATH_TEXT];

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
	json_name(o, "machine", u.nodename);
	json_string(o, "kernel", u.release);
	json_time(o, "since", &a->st->info.loaded);
	json_number(o, "lost", (int64_t)a->st->count.tally_lost);
	json_called(o, a->called);
	for (size_t i = 0; i < a->st->module->nparams; i++) {
		const struct latch_param *p = &a->st->module->params[i];
		struct json_object *f = json_object_new_object();
		char why[REASON_MAX + 32];
		const char *v;

		json_string(f, "feature", p->name);
		json_string(f, "mode", latch_mode_name((unsigned int)p->value));
		json_holds(f, a->st, p, a->called);
		v = advice_verdict(a, p);
		json_string(f, "verdict", v);
		json_string(f, "reason", !strcmp(v, "unknown") ? advice_unknown(a, p, why, sizeof(why)) : NULL);
		if (p->since.boot)
			json_time(f, "since", &p->since);
		json_object_object_add(f, "users", users_json(a, p, advice_is_use));
		json_object_object_add(f, "looked", users_json(a, p, advice_is_look));
		json_object_array_add(list, f);
	}
	json_object_object_add(o, "features", list);
	return json_out(o);
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
	e = latch_lockdown_before(st, &a.before, &err);
	if (!e)
		e = latch_tally_read(l, "lockdown", &records, &a.n, &err);
	latch_close(l);
	if (e) {
		free(a.before.list);
		latch_state_free(st);
		return fail(e, &err);
	}
	a.st = st;
	a.called = say_called(o.json ? NULL : o.write ? stderr : stdout);
	a.records = records;
	if (o.write)
		e = advice_write(&a, o.force);
	else if (o.json)
		e = advice_json(&a);
	else
		print_advice(&a);
	free(records);
	free(a.before.list);
	latch_state_free(st);
	return e;
}
