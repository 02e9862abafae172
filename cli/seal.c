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
	char text[1024];

	printf("%s%s: %s\n", (const char *)arg, paint("OPEN"), printable(way, text, sizeof(text)));
}

static void add_way(const char *way, void *arg)
{
	json_object_array_add(arg, json_object_new_string(way));
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
	if (st->sealed)
		printf("  not closed: moving /sys/fs/bpf, or mounting over it, hides the record; `latch list` says so then, "
		       "and it denies all the same\n");
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

static int seal_module(struct latch *l, const char *name, unsigned int flags)
{
	struct latch_error err;
	int e;

	progress_begin("latch: sealing %s: each denial is being tried\n", name);
	e = latch_seal(l, name, flags, &err);
	progress_end();
	if (e)
		return fail(e, &err);
	if (*err.text)
		fprintf(stderr, "latch: %s\n", err.text);
	return each_state(l, name, report, NULL);
}

static int seal_all(struct latch *l, unsigned int flags, const struct tamper *t)
{
	struct latch_error err;
	struct latch_state *st;
	char **names;
	size_t n;
	int e = latch_state_names(l, &names, &n, &err), r = EXIT_DONE;
	size_t left = 0;

	if (e)
		return fail(e, &err);
	/* The last one carries the rule that no other comes. */
	for (size_t i = 0; i < n && !r; i++) {
		if (latch_state_read(l, names[i], &st, &err))
			continue;
		if (!st->sealed)
			left = i + 1;
		latch_state_free(st);
	}
	if (!left)
		r = usage("seal", "no module is loaded that is not sealed");
	for (size_t i = 0; i < left && !r; i++) {
		e = latch_state_read(l, names[i], &st, &err);
		if (e) {
			r = fail(e, &err);
			break;
		}
		if (!st->sealed)
			r = seal_module(l, names[i],
					flags | tamper_of(t, names[i]) | (i + 1 == left ? LATCH_SEAL_LAST : 0));
		latch_state_free(st);
	}
	while (n)
		free(names[--n]);
	free(names);
	return r;
}

static int seal_lockdown(struct latch *l, unsigned int tamper)
{
	struct latch_error err;
	int e;

	progress_begin("latch: sealing lockdown: each denial is being tried\n");
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
		r = seal_lockdown(l, tamper_of(&t, "lockdown"));
	if (!r && !name)
		r = seal_all(l, flags, &t);
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
	e = open_latch(&l, false, &err);
	if (e)
		return fail(e, &err);
	e = seal_with(l, o.all ? NULL : argv[1], &o);
	latch_close(l);
	return e;
}
