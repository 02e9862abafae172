// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown: the features, which profile, and what still stands open. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

static const char *const properties[] = { "none", "integrity", "confidentiality" };

static void print_builtin(void)
{
	struct latch_error err;
	int level = latch_builtin_level(&err);
	char leaves[1024];

	if (level < 0) {
		printf("built-in lockdown: unknown: %s\n", err.text);
		return;
	}
	printf("built-in lockdown: %s\n", properties[level]);
	if (level)
		printf("  what it denies stays denied, whatever latch is told; latch can deny what it leaves: %s\n"
		       "  what the kernel's own lockdown (%s) denies first is not recorded, and not counted\n",
		       latch_builtin_leaves(leaves, sizeof(leaves)), properties[level]);
}

int lockdown_status(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch_state *st;
	struct latch_record *records;
	struct latch *l;
	size_t n;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words)
		return usage("lockdown status", "too many words");
	e = open_to_read(&l, &err);
	if (e)
		return fail(e, &err);
	e = latch_state_read(l, "lockdown", &st, &err);
	if (!e) {
		e = latch_tally_read(l, "lockdown", &records, &n, &err);
		if (!e) {
			e = check_exceptions(st->module);
			print_features(st, records, n, o.json);
			if (!o.json && st->trial_left)
				printf("on trial: over in %llu s; `latch confirm lockdown` keeps it\n",
				       (unsigned long long)st->trial_left);
			if (!e && st->trial_left)
				e = EXIT_DIFFERS;
			if (!o.json)
				print_builtin();
			if (!o.json && st->count.tally_lost)
				printf("%llu more were counted without their feature: the tally was full\n",
				       (unsigned long long)st->count.tally_lost);
			free(records);
			latch_state_free(st);
			latch_close(l);
			return e;
		}
		latch_state_free(st);
	}
	latch_close(l);
	return fail(e, &err);
}

int lockdown_set(int argc, char **argv)
{
	char *args[argc + 2];

	args[0] = argv[0]; /* whose usage it is */
	args[1] = "lockdown";
	memcpy(args + 2, argv + 1, (size_t)argc * sizeof(*argv)); /* with the NULL at the end */
	return cmd_set(argc + 1, args);
}

/* What the profile `secure-boot` stands for on this machine; NULL if that is not known. */
static const char *secure_boot_profile(struct latch_error *err)
{
	static const char *const states[] = { "is off", "is on", "is off: the firmware is in setup mode",
					      "is unknown to this machine" };
	int state = latch_secure_boot(err);

	if (state < 0)
		return NULL;
	printf("Secure Boot %s\n", states[state]);
	return state == LATCH_SECURE_BOOT_ON ? "integrity" : "none";
}

static int run_profile(const char *profile, const struct options *o)
{
	char group[64], try[32];
	char *load[] = { "load", "lockdown", "all=off", group, NULL, NULL, NULL },
	     *set[] = { "set", "lockdown", "all=off", group, NULL, NULL, NULL };
	struct latch_error err;
	struct latch_state *st;
	struct latch *l;
	int e = open_to_read(&l, &err), words = strcmp(profile, "none") ? 4 : 3;

	if (e)
		return fail(e, &err);
	e = latch_state_read(l, "lockdown", &st, &err);
	latch_close(l);
	if (!e)
		latch_state_free(st);
	else if (e != -ENOENT)
		return fail(e, &err);
	snprintf(group, sizeof(group), "%s=%s", profile, o->observe ? "observe" : "enforce");
	/* `all` is the widest group itself: then it is not to be turned off first. */
	if (!strcmp(profile, "all")) {
		load[2] = set[2] = group;
		words = 3;
	}
	if (o->trial) {
		snprintf(try, sizeof(try), "%llus", (unsigned long long)o->trial / 1000000000);
		load[words] = set[words] = "--try";
		load[words + 1] = set[words + 1] = try;
		words += 2;
	}
	load[words] = set[words] = NULL;
	return e ? cmd_load(words, load) : cmd_set(words, set);
}

int lockdown_profile(int argc, char **argv)
{
	static const char known[] = "integrity,confidentiality,all,secure-boot,none";
	struct options o = { 0 };
	struct latch_error err;
	const char *profile;
	int words = take_options(argc, argv, &o);

	if (words < 0)
		return -words;
	if (words != 1 || !latch_list_has(known, argv[1]))
		return usage("lockdown profile", "one of %s", known);
	profile = strcmp(argv[1], "secure-boot") ? argv[1] : secure_boot_profile(&err);
	return profile ? run_profile(profile, &o) : fail(-EIO, &err);
}

static const char *const sentences[] = { "", "root cannot change the running kernel",
					 "root cannot read kernel memory" };

static const struct {
	const char *key, *title;
} kinds[LATCH_FINDING_KINDS] = {
	[LATCH_OPEN] = { "open", ":" },
	[LATCH_UNCOVERED] = { "uncovered", ", and no feature closes it:" },
	[LATCH_LATE] = { "not_taken_back", "taken before, and not taken back by enforcing now:" },
	[LATCH_UNSEEN] = { "unseen", "could not be looked at, so may be open:" },
	[LATCH_NOTE] = { "not_judged", "not judged:" },
};

static void print_findings(const struct latch_findings *f, enum latch_finding_kind kind)
{
	const char *title = kinds[kind].title;

	for (size_t i = 0; i < f->n; i++) {
		char text[512];

		if (f->list[i].kind != kind)
			continue;
		if (title)
			printf("  %s%s\n", kind == LATCH_OPEN || kind == LATCH_UNCOVERED ? paint("open") : "", title);
		title = NULL;
		printf("    %-18s %s\n", f->list[i].feature, printable(f->list[i].text, text, sizeof(text)));
	}
}

static struct json_object *findings_json(const struct latch_findings *f, enum latch_finding_kind kind)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < f->n; i++) {
		struct json_object *o;

		if (f->list[i].kind != kind)
			continue;
		o = json_object_new_object();
		json_string(o, "feature", f->list[i].feature);
		json_string(o, "text", f->list[i].text);
		json_object_array_add(list, o);
	}
	return list;
}

static int check(struct latch *l, enum latch_property property, struct json_object *json, bool *all)
{
	struct latch_findings f;
	struct latch_error err;
	struct json_object *o;
	int e = latch_lockdown_check(l, property, &f, &err);
	bool holds;

	if (e)
		return fail(e, &err);
	o = json ? json_object_new_object() : NULL;
	holds = latch_findings_hold(&f);
	*all = *all && holds;
	if (json) {
		json_object_object_add(o, "holds", json_object_new_boolean(holds));
		json_object_object_add(json, properties[property], o);
	} else {
		printf("%s: %s\n", sentences[property], holds ? "yes" : "no");
	}
	for (unsigned int k = 0; k < LATCH_FINDING_KINDS; k++) {
		if (json)
			json_object_object_add(o, kinds[k].key, findings_json(&f, k));
		else
			print_findings(&f, k);
	}
	free(f.list);
	return EXIT_DONE;
}

int lockdown_check(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	enum latch_called called;
	struct json_object *json;
	struct latch *l;
	bool all = true;
	int words = take_options(argc, argv, &o), r;

	if (words < 0)
		return -words;
	if (words > 1 || (words && strcmp(argv[1], "integrity") && strcmp(argv[1], "confidentiality")))
		return usage("lockdown check", "integrity or confidentiality");
	r = open_to_read(&l, &err);
	if (r)
		return fail(r, &err);
	json = o.json ? json_object_new_object() : NULL;
	called = say_called(o.json ? NULL : stdout);
	if (json)
		json_called(json, called);
	for (int p = LATCH_INTEGRITY; p <= LATCH_CONFIDENTIALITY && !r; p++)
		if (!words || !strcmp(argv[1], properties[p]))
			r = check(l, (enum latch_property)p, json, &all);
	latch_close(l);
	if (!r && json)
		json_string(json, "builtin", latch_builtin_known() ? properties[latch_builtin_lockdown()] : NULL);
	else if (!r)
		print_builtin();
	if (json)
		json_out(json);
	return r ? r : all ? EXIT_DONE : EXIT_FAILED;
}
