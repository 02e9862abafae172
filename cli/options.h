/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of commands and options, and what is made from them: parser, help, usage. */
#ifndef LATCH_CLI_OPTIONS_H
#define LATCH_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- commands.c, options.c: the tables ---- */

struct command {
	const char *name; /* "load", "lockdown set" */
	int (*run)(int argc, char **argv);
	const char *words;	 /* what stands behind it, beside options */
	const char *options;	 /* "json,try": names of option_specs */
	const char *description; /* half a sentence */
	const char *detail;	 /* sentences for its help, or NULL */
};

extern const struct command commands[];
extern const size_t ncommands;

const struct command *find_command(const char *name);
/* Of "lockdown set" and the group "lockdown": "set"; NULL if it is none of that group. */
const char *subcommand(const struct command *c, const char *group);
bool is_group(const char *name);
/* The command that begins a command line, of one word or two; taken: how many. NULL: none. */
const struct command *command_of_words(const char *first, const char *second, int *taken);
/* Of a group, or "": the one that was meant, perhaps; or NULL. */
const char *nearest_command(const char *word, const char *group);

struct options {
	bool json, observe, syslog, dry_run, write, force, merge, drop, weak, with_lockdown, all, seal, available, verbose, boot;
	bool help, version, table;
	uint64_t trial;			 /* --try TIME, nanoseconds */
	bool tamper_given;		 /* --on-tamper=WHAT */
	unsigned int tamper;		 /* LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0 */
	const char *exe, *unit, *module; /* --exe PATH and so on; NULL: not given */
};

struct option_spec {
	const char *name;
	char letter;					   /* 0: none */
	const char *value;				   /* what its value is called; NULL: it has none */
	const char *choices;				   /* "a,b": all values there are */
	const char *wants;				   /* the value in words */
	const char *example;				   /* of a value */
	const char *help;				   /* half a sentence */
	bool global;					   /* every command has it */
	bool hidden;					   /* not in help */
	size_t at;					   /* its bool or const char * in struct options, */
	int (*take)(const char *value, struct options *o); /* or this; -EINVAL: not what it wants */
};

extern const struct option_spec option_specs[];
extern const size_t noptions;

bool has_option(const struct command *c, const struct option_spec *s);
/*
 * Takes the options of the command argv[0] out of argv, wherever they stand before a `--`.
 * Returns the number of words left in argv[1..], or a negative exit status. --help is answered
 * and ends the process.
 */
int take_options(int argc, char **argv, struct options *o);
/* The same of those that stand before the command; argv[1..] is the command then. */
int take_first_options(int argc, char **argv, struct options *o);

/* ---- help.c ---- */

/* Of a command, or of all (NULL). */
void print_help(const struct command *c);
/* For words of the command line that are wrong; names the command's usage. */
int usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, and what was meant perhaps. group: as of nearest_command() */
int unknown_command(const char *command, const char *group, const char *word);

#endif
