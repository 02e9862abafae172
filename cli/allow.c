// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown allow, disallow; and the exceptions where other commands show them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli.h"

/* The one of --exe, --unit and --module that was given; NULL if it is not one. */
static const char *kind_asked(const struct options *o, const char **what)
{
	const struct {
		const char *kind, *what;
	} given[] = { { "exe", o->exe }, { "unit", o->unit }, { "module", o->module } };
	const char *kind = NULL;

	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
		if (!given[i].what)
			continue;
		if (kind)
			return NULL;
		kind = given[i].kind;
		*what = given[i].what;
	}
	return kind;
}

/* A path that begins where this process is, made whole. */
static const char *whole_path(const char *path, char *buf, size_t size)
{
	char dir[2048];

	if (*path == '/' || !getcwd(dir, sizeof(dir)))
		return path;
	return (size_t)snprintf(buf, size, "%s/%s", strcmp(dir, "/") ? dir : "", path) < size ? buf : path;
}

const char *exception_words(const struct latch_exception *ex, char *buf, size_t size)
{
	char text[4 * LATCH_ALLOW_NAME];

	/* systemd writes \xNN into the names of units by itself. */
	snprintf(buf, size, "%s %s", latch_exception_kind(ex),
		 ex->key.kind == LATCH_ALLOW_UNIT ? printable(ex->name, text, sizeof(text)) :
						    latch_name_shown(ex->name, text, sizeof(text)));
	return buf;
}

/* Whether the unit that it is for runs: 1, 0, or a negative errno; of others 1. */
static int unit_there(const struct latch_exception *ex)
{
	return ex->key.kind == LATCH_ALLOW_UNIT ? latch_cgroup_there(ex->name) : 1;
}

static void say_allowed(const char *feature, const struct latch_exception *ex)
{
	char words[EXCEPTION_TEXT], path[PATH_TEXT];
	int there = unit_there(ex);

	printf("lockdown: %s is not denied to %s%s, known by %s\n", feature, exception_words(ex, words, sizeof(words)),
	       ex->key.kind == LATCH_ALLOW_EXE ? ", whoever runs it" : "", latch_exception_basis(ex));
	if (ex->key.kind == LATCH_ALLOW_EXE && is_interpreter(ex->name))
		message("%s is an interpreter: whatever script anybody gives it has the exception; --unit is for one "
			"service",
			printable(ex->name, path, sizeof(path)));
	if (there < 0)
		printf("(whether it is running is not known: %s)\n", strerror(-there));
	else if (!there)
		printf("(it is not running: if its cgroup comes to stand elsewhere, the exception does not hold)\n");
}

static int run(const char *feature, const char *kind, const char *what, bool allow)
{
	struct latch_exception ex;
	struct latch_error err;
	char buf[4096], text[PATH_TEXT];
	struct latch *l;
	int e = open_latch(&l, false, &err);

	if (e)
		return fail(e, &err);
	if (strcmp(kind, "unit"))
		what = whole_path(what, buf, sizeof(buf));
	e = allow ? latch_allow(l, "lockdown", feature, kind, what, &ex, &err) :
		    latch_disallow(l, "lockdown", feature, kind, what, &err);
	latch_close(l);
	if (e)
		return fail(e, &err);
	if (allow)
		say_allowed(feature, &ex);
	else
		printf("lockdown: the exception from %s for %s %s is taken back\n", feature, kind,
		       printable(what, text, sizeof(text)));
	return EXIT_DONE;
}

static int take(int argc, char **argv, bool allow)
{
	struct options o = { 0 };
	int words = take_options(argc, argv, &o);
	const char *kind, *what;

	if (words < 0)
		return -words;
	kind = kind_asked(&o, &what);
	if (words != 1)
		return usage(argv[0], words ? "one feature at a time" : "which feature?");
	if (!kind)
		return usage(argv[0], "one of --exe PATH, --unit NAME and --module PATH");
	return run(argv[1], kind, what, allow);
}

int lockdown_allow(int argc, char **argv)
{
	return take(argc, argv, true);
}

int lockdown_disallow(int argc, char **argv)
{
	return take(argc, argv, false);
}

size_t count_exceptions(const struct latch_module *mod, const struct latch_param *p)
{
	size_t n = 0;

	for (size_t i = 0; i < mod->nexceptions; i++)
		n += mod->exceptions[i].key.feature == p->feature;
	return n;
}

int check_exceptions(struct latch_module *mod)
{
	struct latch_error err;
	int e = latch_exceptions_check(mod, &err);

	if (!e)
		return EXIT_DONE;
	/* Not that they hold. */
	for (size_t i = 0; i < mod->nexceptions; i++)
		mod->exceptions[i].lost = "it could not be looked at, so whether it holds is not known";
	return fail(e, &err);
}

void print_exceptions(const struct latch_module *mod)
{
	char words[EXCEPTION_TEXT];

	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];
		const char *feature = latch_id_name(mod, LATCH_ID_FEATURE | ex->key.feature);
		int there = unit_there(ex);

		if (!i)
			printf("exceptions:\n");
		printf("  %-20s %s, by %s", feature, exception_words(ex, words, sizeof(words)),
		       latch_exception_basis(ex));
		if (ex->lost)
			printf(": LOST: %s", ex->lost);
		else if (there < 0)
			printf(" (running: not known: %s)", strerror(-there));
		else if (!there)
			printf(" (not running)");
		printf("\n");
	}
}

struct json_object *exceptions_json(const struct latch_module *mod, const struct latch_param *p)
{
	static const char *const basis[] = {
		[LATCH_ALLOW_EXE] = "inode", [LATCH_ALLOW_UNIT] = "cgroup", [LATCH_ALLOW_DIGEST] = "sha256"
	};
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];
		struct json_object *o;

		if (ex->key.feature != p->feature)
			continue;
		o = json_object_new_object();
		json_string(o, "kind", latch_exception_kind(ex));
		if (ex->key.kind == LATCH_ALLOW_UNIT)
			json_string(o, "name", ex->name);
		else
			json_name(o, "name", ex->name);
		json_string(o, "basis", ex->key.kind <= LATCH_ALLOW_DIGEST ? basis[ex->key.kind] : "unknown");
		json_time(o, "since", &ex->since);
		json_string(o, "lost", ex->lost);
		json_object_array_add(list, o);
	}
	return list;
}

const char *lost_exception(const struct latch_module *mod, const struct latch_tally_key *key,
			   const struct latch_who *who)
{
	char program[PATH_MAX];

	if (key->verdict == LATCH_EXCEPTED || !program_path(who, key, program, sizeof(program)))
		return NULL;
	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];

		if (ex->lost && key->id == (LATCH_ID_FEATURE | ex->key.feature) && ex->key.kind == LATCH_ALLOW_EXE &&
		    !strcmp(ex->name, program))
			return ex->lost;
	}
	return NULL;
}

/* Whether a command line that is copied into a shell can have that path in it as it stands. */
static bool plain_path(const char *path)
{
	return path[strspn(path, "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.,:=@%")] == '\0';
}

const char *keep_command(const struct latch_module *mod, const struct latch_tally_key *key, const struct latch_who *who,
			 char *buf, size_t size)
{
	const char *feature = latch_id_name(mod, key->id);
	const struct latch_feature_facts *facts = latch_feature_facts(feature);
	bool lockdown = !strcmp(mod->name, "lockdown"), known;
	char sealed[128], program[PATH_MAX];

	known = program_path(who, key, program, sizeof(program));
	if (known && lockdown && facts && facts->own_context && strlen(program) < LATCH_ALLOW_NAME &&
	    strcmp(feature, "module_signature") && !is_interpreter(program) && plain_path(program))
		snprintf(buf, size, "latch lockdown allow %s --exe %s", feature, program);
	else if (lockdown)
		snprintf(buf, size, "latch lockdown set %s=observe", feature);
	else
		snprintf(buf, size, "latch set %s %s=observe", mod->name, feature);
	if (latch_remedy(mod->name, buf, sealed, sizeof(sealed)) == sealed)
		snprintf(buf, size, "%s", sealed);
	return buf;
}
