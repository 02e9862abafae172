// SPDX-License-Identifier: GPL-2.0-only
/* latch seal, and how a seal is shown */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* Calls fn for each way that a weak seal left open, without its newline. */
static void each_open_way(const struct latch_seal *seal, void (*fn)(const char *way, void *arg), void *arg)
{
	char ways[sizeof(seal->open_ways)];

	memcpy(ways, seal->open_ways, sizeof(ways));
	for (char *way = strtok(ways, "\n"); way; way = strtok(NULL, "\n"))
		fn(way, arg);
}

static void print_way(const char *way, void *arg)
{
	char text[2048];

	printf("%s%s: %s\n", (const char *)arg, paint("OPEN"), printable(way, text, sizeof(text)));
}

static void add_way(const char *way, void *arg)
{
	json_object_array_add(arg, json_text(way));
}

/* What comes of an attempt, beside its denial. */
static const char *on_tamper(const struct latch_seal *seal)
{
	if (seal->flags & LATCH_SEAL_PANIC)
		return ", an attempt panics the machine";
	return seal->flags & LATCH_SEAL_WARN ? ", an attempt is told in the kernel's log" : "";
}

void print_seal(const struct latch_state *st, const char *indent)
{
	char time[32];

	if (!st->sealed)
		return;
	printf("%s%s%s since %s by uid %u (pid %u), until reboot%s%s\n", indent, paint("sealed"),
	       st->seal.flags & LATCH_SEAL_WEAK ? " WEAKLY" : "", format_time(&st->seal.since, time, sizeof(time)),
	       st->seal.uid, st->seal.pid, st->seal.flags & LATCH_SEAL_HOLD ? ", held by latch.ko" : "",
	       on_tamper(&st->seal));
	each_open_way(&st->seal, print_way, (void *)indent);
}

/* null where there is no seal */
void json_seal(struct json_object *o, const struct latch_state *st)
{
	struct json_object *seal = NULL, *ways;

	if (st->sealed) {
		seal = json_object_new_object();
		ways = json_object_new_array();
		json_time(seal, "since", &st->seal.since);
		json_number(seal, "uid", st->seal.uid);
		json_number(seal, "pid", st->seal.pid);
		json_object_object_add(seal, "weak", json_object_new_boolean(st->seal.flags & LATCH_SEAL_WEAK));
		json_object_object_add(seal, "hold", json_object_new_boolean(st->seal.flags & LATCH_SEAL_HOLD));
		json_object_object_add(seal, "last", json_object_new_boolean(st->seal.flags & LATCH_SEAL_LAST));
		json_string(seal, "on_tamper", latch_tamper_word(st->seal.flags));
		each_open_way(&st->seal, add_way, ways);
		json_object_object_add(seal, "open", ways);
	}
	json_object_object_add(o, "seal", seal);
}

static int report(struct latch_state *st, void *arg)
{
	(void)arg;
	printf("%s: ", st->module->name);
	print_seal(st, "");
	return st->sealed ? EXIT_DONE : EXIT_FAILED;
}

/* on-tamper of a module: the option says it for all, or else the configuration. */
struct tamper {
	const struct options *options;
	struct latch_config *config;
};

static unsigned int tamper_of(const struct tamper *t, const char *name)
{
	return t->options->tamper_given ? t->options->tamper : latch_config_tamper(t->config, name);
}

/* What --with-lockdown makes of lockdown, said before it is done: it stays so until reboot. */
static int print_changes(struct latch *l)
{
	struct latch_seal_changes changes;
	struct latch_error err;
	int e = latch_seal_lockdown_changes(l, &changes, &err);

	if (e)
		return fail(e, &err);
	printf("lockdown: %s and be sealed until reboot, with%s\n",
	       changes.loads	? "not loaded; will be loaded, enforce" :
	       changes.observed ? "observes; will enforce" :
				  "loaded; will enforce",
	       changes.n ? ":" : " the features that it enforces now");
	for (size_t i = 0; i < changes.n; i++)
		printf("  %s: %s -> enforce\n", changes.list[i].feature, latch_mode_name(changes.list[i].from));
	free(changes.list);
	fflush(stdout);
	return EXIT_DONE;
}

static int seal_module(struct latch *l, const char *name, unsigned int flags)
{
	struct latch_error err;
	int e;

	progress_begin("latch: sealing %s: each denial is being tried", name);
	e = latch_seal(l, name, flags, &err);
	progress_end();
	if (e)
		return fail(e, &err);
	if (*err.text)
		message_lines(err.text);
	return each_state(l, name, report, NULL);
}

static int try_module(struct latch *l, const char *name, unsigned int flags, enum latch_lockdown_then then)
{
	struct latch_error err;
	int e = latch_seal_try(l, name, flags, then, &err);

	if (e)
		return fail(e, &err);
	printf("%s: would be sealed%s until reboot%s, as far as can be seen: that nobody has a hand on it, and "
	       "that each denial works, shows when it is tried\n",
	       name, flags & LATCH_SEAL_WEAK ? " WEAKLY" : "",
	       flags & LATCH_SEAL_LAST ? ", and no module loaded after it" : "");
	for (char *way = strtok(err.text, "\n"); flags & LATCH_SEAL_WEAK && way; way = strtok(NULL, "\n"))
		print_way(way, "  ");
	return EXIT_DONE;
}

static int is_open(struct latch *l, const char *name, bool *open)
{
	struct latch_error err;
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, &err);

	if (e)
		return fail(e, &err);
	*open = !st->sealed;
	latch_state_free(st);
	return EXIT_DONE;
}

/* Seals, or only looks, as the options say; what is sealed already is left out. */
static int seal_list(struct latch *l, char **names, size_t n, unsigned int flags, const struct tamper *t)
{
	enum latch_lockdown_then then = t->options->with_lockdown ? LATCH_THEN_ENFORCED : LATCH_THEN_AS_IT_IS;
	size_t last = n;
	bool open[n];
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		r = is_open(l, names[i], &open[i]);
		if (!r && open[i])
			last = i;
	}
	if (!r && last == n)
		r = usage("seal", "no module is loaded that is not sealed");
	for (size_t i = 0; i < n && !r; i++) {
		/* The last one carries the rule that no other comes. */
		unsigned int all = flags | tamper_of(t, names[i]) | (i == last ? LATCH_SEAL_LAST : 0);

		if (!open[i])
			continue;
		r = t->options->dry_run ? try_module(l, names[i], all, then) : seal_module(l, names[i], all);
		if (!strcmp(names[i], "lockdown") && then == LATCH_THEN_AS_IT_IS)
			then = LATCH_THEN_SEALED;
	}
	return r;
}

static int seal_all(struct latch *l, unsigned int flags, const struct tamper *t)
{
	struct latch_error err;
	char **names, *name;
	size_t n, at = 0;
	int r = latch_state_names(l, &names, &n, &err);

	if (r)
		return fail(r, &err);
	/* lockdown first: the others need its seal. */
	while (at < n && strcmp(names[at], "lockdown"))
		at++;
	if (at < n) {
		name = names[at];
		memmove(names + 1, names, at * sizeof(*names));
		names[0] = name;
	}
	r = n ? seal_list(l, names, n, flags, t) : usage("seal", "no module is loaded that is not sealed");
	while (n)
		free(names[--n]);
	free(names);
	return r;
}

static int seal_lockdown(struct latch *l, unsigned int tamper, const struct options *o)
{
	struct latch_error err;
	int r = print_changes(l), e;

	if (r || o->dry_run)
		return r;
	progress_begin("latch: sealing lockdown: each denial is being tried");
	e = latch_seal_lockdown(l, tamper, &err);
	progress_end();
	return e ? fail(e, &err) : each_state(l, "lockdown", report, NULL);
}

int seal_with(struct latch *l, const char *name, const struct options *o)
{
	struct tamper t = { .options = o };
	unsigned int flags = o->weak ? LATCH_SEAL_WEAK : 0;
	struct latch_error err;
	int r = o->tamper_given ? 0 : latch_config_read(LATCH_CONFIG_DIR, NULL, &t.config, &err);

	if (r)
		return fail(r, &err);
	if (o->with_lockdown)
		r = seal_lockdown(l, tamper_of(&t, "lockdown"), o);
	if (!r && !name)
		r = seal_all(l, flags, &t);
	else if (!r && o->dry_run)
		r = try_module(l, name, flags | tamper_of(&t, name),
			       o->with_lockdown ? LATCH_THEN_ENFORCED : LATCH_THEN_AS_IT_IS);
	else if (!r && !(o->with_lockdown && !strcmp(name, "lockdown")))
		r = seal_module(l, name, flags | tamper_of(&t, name));
	latch_config_free(t.config);
	return r;
}

int cmd_seal(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words != !o.all)
		return usage("seal", "one module, or --all");
	if (o.weak && o.with_lockdown)
		return usage("seal", "--weak or --with-lockdown, not both");
	e = o.dry_run ? open_to_read(&l, &err) : open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	if (!o.dry_run)
		begin_seal(l);
	e = seal_with(l, o.all ? NULL : argv[1], &o);
	latch_close(l);
	return e;
}
