// SPDX-License-Identifier: GPL-2.0-only
/* The options of latch(8), and taking them out of a command line. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* "90", "90s", "10m", "2h": 1 second to 7 days, in nanoseconds. */
static int take_time(const char *text, struct options *o)
{
	static const struct {
		const char *suffix;
		uint64_t seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	char *end = NULL;
	unsigned long n = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;

	for (size_t i = 0; n && i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(end, units[i].suffix) && n <= 7 * 86400 / units[i].seconds) {
			o->trial = n * units[i].seconds * 1000000000;
			return 0;
		}
	return -EINVAL;
}

static int take_tamper(const char *text, struct options *o)
{
	int flags = latch_tamper_parse(text);

	if (flags < 0)
		return flags;
	o->tamper_given = true;
	o->tamper = (unsigned int)flags;
	return 0;
}

static int take_color(const char *text, struct options *o)
{
	(void)o;
	return set_color(text);
}

#define SWITCH(field) .at = offsetof(struct options, field)
#define STRING(field) .at = offsetof(struct options, field)

const struct option_spec option_specs[] = {
	{ .name = "observe", SWITCH(observe), .help = "deny nothing; record what would be denied" },
	{ .name = "try",
	  .value = "TIME",
	  .take = take_time,
	  .wants = "a time, 1s to 7d",
	  .example = "10m",
	  .help = "take it back after TIME (90s, 10m, 2h, 1d), unless `latch confirm` comes first" },
	{ .name = "seal", SWITCH(seal), .help = "seal it too; what cannot be sealed is not left loaded" },
	{ .name = "all", SWITCH(all), .help = "all loaded modules that are not sealed yet" },
	{ .name = "weak", SWITCH(weak), .help = "seal though there are ways around it, and record which" },
	{ .name = "with-lockdown",
	  SWITCH(with_lockdown),
	  .help = "load and seal lockdown as well, to close these ways" },
	{ .name = "on-tamper",
	  .value = "WHAT",
	  .choices = "deny,warn,panic",
	  .take = take_tamper,
	  .wants = "deny, warn or panic",
	  .example = "warn",
	  .help = "what an attempt on the seal brings beside its denial: deny (nothing), warn (a line in the kernel's "
		  "log) or panic; the last two need latch.ko" },
	{ .name = "drop",
	  SWITCH(drop),
	  .help = "give up values that the new module has no place for; they are printed" },
	{ .name = "verbose",
	  .letter = 'v',
	  SWITCH(verbose),
	  .help = "where the kernel's verifier refuses it, its whole log, too" },
	{ .name = "available", SWITCH(available), .help = "those in the module directory, loaded or not" },
	{ .name = "dry-run", .letter = 'n', SWITCH(dry_run), .help = "change nothing; print what would be changed" },
	{ .name = "boot",
	  SWITCH(boot),
	  .help = "as latch.service runs it: what cannot be sealed stays loaded, and is an error all the same" },
	{ .name = "write", SWITCH(write), .help = "write the advice to " LATCH_CONFIG_DIR "/conf.d/50-advise.conf" },
	{ .name = "force", SWITCH(force), .help = "with --write: also if that file was edited" },
	{ .name = "merge",
	  SWITCH(merge),
	  .help = "add up reports of `latch lockdown advise --json` from many machines" },
	{ .name = "exe",
	  .value = "PATH",
	  STRING(exe),
	  .wants = "the path of a program",
	  .example = "/usr/sbin/kexec",
	  .help = "for this program" },
	{ .name = "unit",
	  .value = "NAME",
	  STRING(unit),
	  .wants = "a unit of systemd, or a cgroup",
	  .example = "backup.service",
	  .help = "for all that runs in this unit of systemd, or cgroup" },
	{ .name = "module",
	  .value = "PATH",
	  STRING(module),
	  .wants = "the path of a kernel module",
	  .example = "/root/x.ko",
	  .help = "for this kernel module (of module_signature)" },
	{ .name = "json", SWITCH(json), .help = "print JSON" },
	{ .name = "syslog", SWITCH(syslog), .help = "write to syslog(3), facility authpriv" },
	{ .name = "table", SWITCH(table), .hidden = true, .help = "all commands and options, for programs" },
	{ .name = "color",
	  .value = "WHEN",
	  .choices = "auto,always,never",
	  .take = take_color,
	  .global = true,
	  .wants = "auto, always or never",
	  .example = "never",
	  .help = "colour: auto (on a terminal, unless NO_COLOR is set), always or never" },
	{ .name = "help", .letter = 'h', SWITCH(help), .global = true, .help = "print this" },
	{ .name = "version", .letter = 'V', SWITCH(version), .help = "print the version" },
};

const size_t noptions = sizeof(option_specs) / sizeof(*option_specs);
#define NOPTIONS (sizeof(option_specs) / sizeof(*option_specs))

/* What stands before the command. */
static const struct command before = { .name = "", .options = "version" };

bool has_option(const struct command *c, const struct option_spec *s)
{
	return s->global || latch_list_has(c->options, s->name);
}

static int unknown_option(const struct command *c, const char *element)
{
	const char *names[NOPTIONS] = { NULL }, *near, *text = element + strspn(element, "-");
	char word[64];
	size_t n = 0;
	bool elsewhere = false;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, "="), text);
	for (size_t i = 0; i < NOPTIONS; i++) {
		if (has_option(c, &option_specs[i]) && !option_specs[i].hidden)
			names[n++] = option_specs[i].name;
		elsewhere = elsewhere || !strcmp(option_specs[i].name, word);
	}
	near = latch_nearest(word, names, n);
	if (near)
		return -usage(c->name, "unknown option `%s`: did you mean `--%s`?", element, near);
	if (!*c->name && elsewhere)
		return -usage(c->name, "unknown option `%s`: options of a command stand behind its name", element);
	return -usage(c->name, "unknown option `%s`", element);
}

/* *value: the one that the option had before, if it had one */
static int take_value(const struct command *c, const struct option_spec *s, const char *text, const char **value,
		      struct options *o)
{
	int e = -EINVAL;

	if (*value && strcmp(*value, text))
		return -usage(c->name, "--%s %s or --%s %s, not both", s->name, *value, s->name, text);
	*value = text;
	if (s->take)
		e = s->take(text, o);
	else if (*text) {
		*(const char **)((char *)o + s->at) = text;
		e = 0;
	}
	return e ? -usage(c->name, "--%s wants %s: `--%s %s`", s->name, s->wants, s->name, s->example) : 0;
}

static void take_switch(const struct command *c, const struct option_spec *s, struct options *o)
{
	*(bool *)((char *)o + s->at) = true;
	if (o->help) {
		print_help(*c->name ? c : NULL);
		exit(finish(EXIT_DONE));
	}
}

/* The options of a command as getopt_long() has them; its values count from FIRST. */
enum { FIRST = 256 };

static void make_getopt(const struct command *c, struct option *longs, char *shorts)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct option_spec *s = &option_specs[i];

		if (!has_option(c, s))
			continue;
		*longs++ = (struct option){ s->name, s->value ? required_argument : no_argument, NULL, FIRST + (int)i };
		if (s->letter)
			*shorts++ = s->letter;
		if (s->letter && s->value)
			*shorts++ = ':';
	}
	*longs = (struct option){ 0 };
	*shorts = '\0';
}

static const struct option_spec *spec_of(int value)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (value == FIRST + (int)i || (option_specs[i].letter && value == option_specs[i].letter))
			return &option_specs[i];
	return NULL;
}

/* Whether the element has the whole name of the option: a prefix will be two options one day. */
static bool whole_name(const char *element, const struct option_spec *s)
{
	size_t len = strlen(s->name);

	return strncmp(element, "--", 2) ||
	       (!strncmp(element + 2, s->name, len) && (!element[2 + len] || element[2 + len] == '='));
}

/* What getopt_long() returned for an element that is an option, or should be. */
static int take_one(const struct command *c, int got, const char *element, const char **values, struct options *o)
{
	const struct option_spec *s = spec_of(got == '?' || got == ':' ? optopt : got);

	if (!s || !has_option(c, s) || !whole_name(element, s))
		return unknown_option(c, element);
	if (got == ':')
		return -usage(c->name, "--%s wants %s: `--%s %s`", s->name, s->wants, s->name, s->example);
	if (got == '?')
		return s->value ? unknown_option(c, element) :
				  -usage(c->name, "--%s takes no value: `%s`", s->name, element);
	if (s->value)
		return take_value(c, s, optarg, &values[s - option_specs], o);
	take_switch(c, s, o);
	return 0;
}

/* all: to the end of the line, and not only to the first word. Leaves the words in argv[1..]. */
static int take_all(const struct command *c, int argc, char **argv, bool all, struct options *o)
{
	char shorts[2 + 2 * NOPTIONS + 1] = "-:";
	const char *values[NOPTIONS] = { NULL };
	struct option longs[NOPTIONS + 1];
	int words = 0, got, r;

	make_getopt(c, longs, shorts + 2);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	for (;;) {
		int at = optind ? optind : 1;

		got = getopt_long(argc, argv, shorts, longs, NULL);
		if (got == -1)
			break;
		if (got != 1) {
			r = take_one(c, got, argv[at], values, o);
			if (r)
				return r;
			continue;
		}
		if (!all) {
			optind = at;
			break;
		}
		argv[++words] = optarg;
	}
	while (optind < argc)
		argv[++words] = argv[optind++];
	argv[words + 1] = NULL;
	return words;
}

int take_options(int argc, char **argv, struct options *o)
{
	int words = take_all(find_command(argv[0]), argc, argv, true, o);

	if (!o->json)
		return words;
	json_asked();
	if (words >= 0)
		fold_end(); /* a document, not lines to read */
	return words;
}

int take_first_options(int argc, char **argv, struct options *o)
{
	return take_all(&before, argc, argv, false, o);
}
