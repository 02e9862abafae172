// SPDX-License-Identifier: GPL-2.0-only
/* latch(8): help, and how options are read. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

static struct result res;

static void help(void **state)
{
	static const char *const ways[] = { "--help", "-h" };
	char all[sizeof(res.out)];
	unsigned int commands = 0;

	(void)state;
	latch(&res, "help");
	assert_int_equal(res.status, 0);
	assert_string_equal(res.err, "");
	text_says(res.out, "\n  load               load a module, by name or by path\n");
	text_says(res.out, "Exit status: 0 done, 1 failed, 2 usage, 3 refused by policy,\n4 this kernel cannot, 5 "
			   "differs from the configuration, or on trial.\n");
	text_is_narrow("help", res.out);
	strcpy(all, res.out);
	for (size_t i = 0; i < COUNT(ways); i++) {
		latch(&res, ways[i]);
		assert_int_equal(res.status, 0);
		assert_string_equal(res.out, all);
	}
	for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n"))
		commands += !strncmp(line, "  ", 2) && line[2] >= 'a' && line[2] <= 'z';
	assert_true(commands > 20);
}

/* Cuts a line at its tabs; there is nothing behind the last field. */
static size_t fields(char *line, char **field, size_t n)
{
	size_t i = 0;

	for (char *text; i < n && (text = strsep(&line, "\t"));)
		field[i++] = text;
	assert_null(line);
	return i;
}

/* help COMMAND and COMMAND --help are the same, and have a line for each option of the table. */
static void help_of_each(void **state)
{
	char table[sizeof(res.out)], out[sizeof(res.out)] = "", *rest = table, *line, *f[7];
	unsigned int commands = 0, options = 0;

	(void)state;
	latch(&res, "help", "--table");
	assert_int_equal(res.status, 0);
	strcpy(table, res.out);
	while ((line = strsep(&rest, "\n")) && *line) {
		char want[128], *second;

		if (fields(line, f, COUNT(f)) == 4) {
			assert_string_equal(f[0], "command");
			second = strchr(f[1], ' ');
			if (second)
				*second++ = '\0';
			latch(&res, "help", f[1], second);
			assert_int_equal(res.status, 0);
			strcpy(out, res.out);
			run_latch(&res, NULL, (const char *const[]){ f[1], second ? second : "--help", "-h", NULL });
			assert_int_equal(res.status, 0);
			assert_string_equal(res.out, out);
			assert_string_equal(res.err, "");
			snprintf(want, sizeof(want), "usage: latch %s%s%s", f[1], second ? " " : "",
				 second ? second : "");
			text_says(out, want);
			text_is_narrow(f[1], out);
			commands++;
			continue;
		}
		assert_string_equal(f[0], "option");
		snprintf(want, sizeof(want), "\n  %s%s%s%s%s", strcmp(f[3], "--") ? f[3] : "    ",
			 strcmp(f[3], "--") ? ", " : "", f[2], strcmp(f[4], "-") ? " " : "",
			 strcmp(f[4], "-") ? f[4] : "");
		text_says(out, want);
		options++;
	}
	assert_true(commands > 20 && options > 2 * commands);
}

/* Each option that takes a value takes it as `--x v` and as `--x=v`, before the words and behind them. */
static void values_of_options(void **state)
{
	static const struct {
		const char *words[3], *option, *value;
	} options[] = {
		{ { "mode", "a", "observe" }, "--try", "10m" },
		{ { "seal", "a" }, "--on-tamper", "warn" },
		{ { "lockdown", "allow", "dev_mem" }, "--exe", "/bin/x" },
		{ { "lockdown", "disallow", "dev_mem" }, "--unit", "x.service" },
		{ { "lockdown", "allow", "dev_mem" }, "--module", "/x.ko" },
		{ { "list" }, "--color", "never" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		const char *const *w = options[i].words;
		size_t n = w[2] ? 3 : w[1] ? 2 : 1, command = strcmp(w[0], "lockdown") ? 1 : 2;

		for (unsigned int way = 0; way < 4; way++) {
			const char *argv[8] = { NULL };
			char joined[64];
			size_t k = 0;

			snprintf(joined, sizeof(joined), "%s=%s", options[i].option, options[i].value);
			for (size_t j = 0; j <= n; j++) {
				if (j == (way & 1 ? command : n)) {
					argv[k++] = way & 2 ? joined : options[i].option;
					if (!(way & 2))
						argv[k++] = options[i].value;
				}
				if (j < n)
					argv[k++] = w[j];
			}
			run_latch(&res, NULL, argv);
			if (res.status != 1 || !strstr(res.err, "run it as root"))
				fail_msg("%s, way %u: exit %d, %s", options[i].option, way, res.status, res.err);
		}
	}
}

/* What stands behind -- is no option. */
static void end_of_options(void **state)
{
	(void)state;
	latch(&res, "unload", "--", "--json");
	assert_int_equal(res.status, 1); /* no privilege is said first */
	latch(&res, "load", "--observe", "--", "--json");
	assert_int_equal(res.status, 2);
	text_says(res.err, "`--json` is not a module's name");
	latch(&res, "load", "x", "--");
	assert_int_equal(res.status, 1);
	text_says(res.err, "cannot read module x");
	/* Whatever the environment says of the order. */
	assert_int_equal(setenv("POSIXLY_CORRECT", "1", 1), 0);
	latch(&res, "mode", "a", "observe", "--try", "8d");
	unsetenv("POSIXLY_CORRECT");
	assert_int_equal(res.status, 2);
	text_says(res.err, "--try wants");
}

static void version(void **state)
{
	static const char *const words[] = { "version", "--version", "-V" };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		latch(&res, words[i]);
		assert_int_equal(res.status, 0);
		assert_string_equal(res.out, "latch " LATCH_VERSION "\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help),		  cmocka_unit_test(help_of_each), cmocka_unit_test(values_of_options),
		cmocka_unit_test(end_of_options), cmocka_unit_test(version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
