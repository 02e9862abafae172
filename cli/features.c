// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown status: each feature, and what was asked of it. */
#include <stdio.h>
#include "cli.h"

static uint64_t asked(const struct latch_record *r, size_t n, uint32_t feature, uint32_t verdict)
{
	uint64_t count = 0;

	for (; n--; r++)
		if (r->key.id == (LATCH_ID_FEATURE | feature) && r->key.verdict == verdict &&
		    !(r->key.how & LATCH_HOW_SELF))
			count += r->tally.count;
	return count;
}

static void print_effect(const struct latch_state *st, enum latch_called called)
{
	char text[512];

	printf("holds: %s\n", latch_effect_text(st, called, text, sizeof(text)));
}

/* What was asked of a feature; what the kernel's own lockdown denies first never comes to latch. */
struct asked {
	uint64_t denied, observed, excepted;
	bool known; /* while it is off nothing counts, and what a full tally did not take may be its */
};

static struct asked count_asked(const struct latch_state *st, const struct latch_param *p,
				const struct latch_record *records, size_t n)
{
	char why[256];
	struct asked a = { asked(records, n, p->feature, LATCH_ENFORCE), asked(records, n, p->feature, LATCH_OBSERVE),
			   asked(records, n, p->feature, LATCH_EXCEPTED), true };

	if (!a.denied && !a.observed && !a.excepted)
		a.known = p->value != LATCH_OFF && !st->count.tally_lost &&
			  !latch_builtin_first(p->name, why, sizeof(why));
	return a;
}

static void add_feature(struct table *table, const struct latch_state *st, const struct latch_param *p,
			const struct asked *a)
{
	const char *absent = latch_feature_absent(p->name);
	char text[4][24];

	table_add(table, "%s\t%s\t%s\t%s\t%s\t%s\t%zu\t%s", p->name, latch_mode_name((unsigned int)p->value),
		  count_text(a->known, a->denied + a->observed + a->excepted, text[0], sizeof(text[0])),
		  count_text(a->known, a->denied, text[1], sizeof(text[1])),
		  count_text(a->known, a->observed, text[2], sizeof(text[2])),
		  count_text(a->known, a->excepted, text[3], sizeof(text[3])), count_exceptions(st->module, p),
		  absent ? absent : "-");
}

static struct json_object *feature_json(const struct latch_state *st, const struct latch_param *p,
					const struct asked *a, enum latch_called called)
{
	struct json_object *o = json_object_new_object();
	char why[256];

	json_string(o, "feature", p->name);
	json_string(o, "mode", latch_mode_name((unsigned int)p->value));
	json_holds(o, st, p, called);
	json_called(o, called);
	json_count(o, "asked", a->known, a->denied + a->observed + a->excepted);
	json_count(o, "denied", a->known, a->denied);
	json_count(o, "observed", a->known, a->observed);
	json_count(o, "excepted", a->known, a->excepted);
	json_object_object_add(o, "exceptions", exceptions_json(st->module, p));
	json_string(o, "absent", latch_feature_absent(p->name));
	json_string(o, "unrecorded", latch_builtin_first(p->name, why, sizeof(why)));
	return o;
}

int print_features(const struct latch_state *st, const struct latch_record *records, size_t n, bool json)
{
	struct json_object *list = json ? json_object_new_array() : NULL;
	enum latch_called called = say_called(json ? NULL : stdout);
	struct table table = { 0 };

	table_add(&table, "FEATURE\tMODE\t>ASKED\t>DENIED\t>OBSERVED\t>EXCEPTED\t>EXCEPTIONS\tABSENT");
	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i];
		struct asked a = count_asked(st, p, records, n);

		if (json)
			json_object_array_add(list, feature_json(st, p, &a, called));
		else
			add_feature(&table, st, p, &a);
	}
	if (json) {
		table_drop(&table);
		return json_out(list);
	}
	table_print(&table);
	print_exceptions(st->module);
	print_effect(st, called);
	return EXIT_DONE;
}
