// SPDX-License-Identifier: GPL-2.0-only
/* Help and usage, from the tables of commands and options. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

/* " [--json]" for each option of the command that does not stand in its words. */
static void options_inline(const struct command *c, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < noptions && used < size; i++) {
		const struct option_spec *s = &option_specs[i];
		char name[32];

		snprintf(name, sizeof(name), "--%s", s->name);
		if (s->global || s->hidden || !has_option(c, s) || strstr(c->words, name))
			continue;
		used += (size_t)snprintf(buf + used, size - used, " [%s%s%s]", name, s->value ? " " : "",
					 s->value ? s->value : "");
	}
}

/* "latch load MODULE [param=value ...] [OPTION ...]": in one line. Returns buf. */
static const char *synopsis(const struct command *c, char *buf, size_t size)
{
	char options[512];
	int used = snprintf(buf, size, "latch %s%s%s", c->name, *c->words ? " " : "", c->words);

	options_inline(c, options, sizeof(options));
	if ((size_t)used + strlen(options) > HELP_WIDTH - strlen("usage: "))
		strcpy(options, " [OPTION ...]");
	snprintf(buf + used, size - (size_t)used, "%s", options);
	return buf;
}

static void print_option(const struct option_spec *s)
{
	char left[64];

	if (s->hidden)
		return;
	snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", s->letter ? '-' : ' ', s->letter ? s->letter : ' ',
		 s->letter ? ", " : "  ", s->name, s->value ? " " : "", s->value ? s->value : "");
	printf("%-24s", left);
	fold_text(stdout, s->help, 24, 24, HELP_WIDTH);
}

static void print_options(const struct command *c)
{
	printf("\n");
	for (unsigned int global = 0; global < 2; global++)
		for (size_t i = 0; i < noptions; i++)
			if (option_specs[i].global == global && has_option(c, &option_specs[i]))
				print_option(&option_specs[i]);
}

static void print_command(const struct command *c)
{
	printf("  %-18s ", c->name);
	fold_text(stdout, c->description, 21, 21, HELP_WIDTH);
}

static void help_of_all(void)
{
	static const struct command none = { .name = "", .options = "version" };

	printf("usage: latch [OPTION ...] [COMMAND [WORD ...] [OPTION ...]]\n\n"
	       "Load, unload and control Linux security modules on the running kernel.\n"
	       "`latch COMMAND --help` has the options of a command.\n\n");
	for (size_t i = 0; i < ncommands; i++)
		print_command(&commands[i]);
	print_options(&none);
	printf("\nExit status: 0 done, 1 failed, 2 usage, 3 refused by policy,\n"
	       "4 this kernel cannot, 5 differs from the configuration, or on trial.\nSee latch(8), "
	       "latch-modules(7).\n");
}

void print_help(const struct command *c)
{
	char line[256];
	bool first = true;

	if (!c) {
		help_of_all();
		return;
	}
	printf("usage: ");
	fold_text(stdout, synopsis(c, line, sizeof(line)), 7, 9, HELP_WIDTH);
	snprintf(line, sizeof(line), "%s.", c->description);
	line[0] = line[0] >= 'a' && line[0] <= 'z' ? (char)(line[0] - 'a' + 'A') : line[0];
	printf("\n");
	fold_text(stdout, line, 0, 0, HELP_WIDTH);
	if (c->detail)
		fold_text(stdout, c->detail, 0, 0, HELP_WIDTH);
	for (size_t i = 0; i < ncommands; i++)
		if (subcommand(&commands[i], c->name)) {
			printf("%s", first ? "\n" : "");
			first = false;
			print_command(&commands[i]);
		}
	print_options(c);
}

/*
 * For programs, fields with tabs between: "command NAME WORDS DESCRIPTION", and for each
 * command "option NAME --LONG -SHORT VALUE CHOICES HELP"; - stands for what there is not.
 */
static void print_table(void)
{
	for (size_t i = 0; i < ncommands; i++) {
		const struct command *c = &commands[i];

		printf("command\t%s\t%s\t%s\n", c->name, *c->words ? c->words : "-", c->description);
		for (size_t k = 0; k < noptions; k++) {
			const struct option_spec *s = &option_specs[k];

			if (has_option(c, s) && !s->hidden)
				printf("option\t%s\t--%s\t%c%c\t%s\t%s\t%s\n", c->name, s->name, '-',
				       s->letter ? s->letter : '-', s->value ? s->value : "-",
				       s->choices ? s->choices : "-", s->help);
		}
	}
}

int cmd_help(int argc, char **argv)
{
	struct options o = { 0 };
	int words = take_options(argc, argv, &o), taken;
	const struct command *c;

	if (words < 0)
		return -words;
	if (words > 2)
		return usage("help", "too many words");
	if (o.table) {
		fold_end();
		print_table();
		return EXIT_DONE;
	}
	if (!words) {
		print_help(NULL);
		return EXIT_DONE;
	}
	c = command_of_words(argv[1], words > 1 ? argv[2] : NULL, &taken);
	if (!c)
		return unknown_command("help", taken > 1 ? argv[1] : "", argv[taken]);
	if (taken < words)
		return usage("help", "too many words");
	print_help(c);
	return EXIT_DONE;
}

int unknown_command(const char *command, const char *group, const char *word)
{
	const char *near = nearest_command(word, group);
	char name[64];

	snprintf(name, sizeof(name), "lockdown %s", word);
	if (!*group && find_command(name))
		return usage(command, "unknown command `%s`: did you mean `%s`?", word, name);
	/* What cannot be taken back is not what somebody meant who wants to take back. */
	if (!*group && !strcmp(word, "unseal"))
		return usage(command, "unknown command `unseal`: a seal ends with the next boot, and not before");
	return near ? usage(command, "unknown command `%s`: did you mean `%s%s%s`?", word, group, *group ? " " : "",
			    near) :
		      usage(command, "unknown command `%s`", word);
}

int usage(const char *command, const char *fmt, ...)
{
	const struct command *c = find_command(command);
	char text[2048], line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message("%s", text);
	json_failed(text);
	if (c)
		fprintf(stderr, "usage: %s\n`latch %s --help` has more\n", synopsis(c, line, sizeof(line)), c->name);
	else
		fprintf(stderr, "`latch help` lists the commands\n");
	return EXIT_USAGE;
}
