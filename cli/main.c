// SPDX-License-Identifier: GPL-2.0-only
/* latch(8): the table of commands. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

static const struct command commands[] = {
	{ "load", cmd_load,
	  "MODULE [param=value ...] [--observe] [--try TIME|--seal [--weak|--with-lockdown] "
	  "[--on-tamper=deny|warn|panic]]",
	  "load a module, by name or by path" },
	{ "replace", cmd_replace, "MODULE [FILE] [param=value ...] [--drop]",
	  "put a module file in the place of the loaded module, without a gap" },
	{ "unload", cmd_unload, "MODULE", "unload a module" },
	{ "list", cmd_list, "[--json]", "list the loaded modules" },
	{ "info", cmd_info, "MODULE|FILE [--json]", "describe a module: parameters, hooks, digest" },
	{ "mode", cmd_mode, "MODULE observe|enforce [--try TIME]", "set whether a module denies or only reports" },
	{ "set", cmd_set, "MODULE param=value ... [--try TIME]", "set parameters of a loaded module" },
	{ "seal", cmd_seal, "MODULE|--all [--weak|--with-lockdown] [--on-tamper=deny|warn|panic]",
	  "seal a module until reboot: nobody unloads or weakens it, root included" },
	{ "lockdown", cmd_lockdown,
	  "[status|set FEATURE=MODE ... [--try TIME]|profile NAME [--observe] [--try TIME]|check [PROPERTY]|"
	  "advise [--write|--merge FILE ...]|(allow|disallow) FEATURE --exe PATH|--unit NAME|--module PATH] [--json]",
	  "the features of lockdown, and what still stands open" },
	{ "apply", cmd_apply, "[--dry-run] [--try TIME]", "make what is loaded as " LATCH_CONFIG_DIR " says" },
	{ "confirm", cmd_confirm, "[MODULE]", "keep what was loaded or set on trial" },
	{ "log", cmd_log, "[MODULE] [--json]", "show what was denied, or would have been, and to whom" },
	{ "watch", cmd_watch, "[MODULE] [--json|--syslog]", "show denials, and what would be denied, as they happen" },
	{ "status", cmd_status, "[--json]", "show what holds now (what bare `latch` does)" },
	{ "doctor", cmd_doctor, "[--json]", "check whether modules work on this kernel" },
	{ "version", cmd_version, "", "print the version" },
	{ "help", cmd_help, "[COMMAND]", "print this" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int cmd_help(int argc, char **argv)
{
	const struct command *c;

	if (argc > 2)
		return usage("help", "too many words");
	if (argc == 2) {
		c = find_command(argv[1]);
		if (!c)
			return usage("help", "unknown command `%s`", argv[1]);
		printf("latch %s %s\n\t%s\n", c->name, c->arguments, c->description);
		return EXIT_DONE;
	}
	printf("Load, unload and control Linux security modules on the running kernel.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s %s\n\t%s\n", commands[i].name, commands[i].arguments, commands[i].description);
	printf("\nExit status: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 this kernel cannot.\n"
	       "See latch(8), latch-modules(7).\n");
	return EXIT_DONE;
}

int cmd_version(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return usage("version", "too many words");
	printf("latch %s\n", LATCH_VERSION);
	return EXIT_DONE;
}

int usage(const char *command, const char *fmt, ...)
{
	const struct command *c = find_command(command);
	va_list ap;

	fprintf(stderr, "latch: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (c)
		fprintf(stderr, "\nusage: latch %s %s\n", c->name, c->arguments);
	else
		fprintf(stderr, "\n`latch help` lists the commands\n");
	return EXIT_USAGE;
}

int fail(int code, const struct latch_error *err)
{
	char text[sizeof(err->text)];

	/* It may quote a file: its name, or what is in it. */
	fprintf(stderr, "latch: %s\n", printable_lines(err->text, text, sizeof(text)));
	switch (code) {
	case -EINVAL:
		return EXIT_USAGE;
	case -EKEYREJECTED:
		return EXIT_REFUSED;
	case -EOPNOTSUPP:
		return EXIT_KERNEL;
	default:
		return EXIT_FAILED;
	}
}

int main(int argc, char **argv)
{
	static char *status[] = { "status", NULL };
	const char *name = argc > 1 ? argv[1] : "status";
	const struct command *c;
	int r;

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		name = "version";
	c = find_command(name);
	if (!c)
		return usage("", "unknown command `%s`", name);
	r = argc > 1 ? c->run(argc - 1, argv + 1) : c->run(1, status);
	/* What was not written was not said. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "latch: standard output: %m\n");
		return r ? r : EXIT_FAILED;
	}
	return r;
}
