// SPDX-License-Identifier: GPL-2.0-only
/* latch(8) on a terminal: no line is wider than it, and nothing is lost by that. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

static struct result res;
static char shown[sizeof(res.out)];

/* Runs latch with standard output and standard error on a terminal; what it shows is in shown. */
static int on_terminal(unsigned short columns, const char *const *argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	/* Opened while we may, as in run_latch(). */
	int binary = open(LATCH_BUILD "/latch", O_RDONLY), terminal, status;
	char *args[16] = { "latch" };
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_true(binary >= 0);
	for (size_t i = 0; argv[i]; i++) {
		assert_true(i + 2 < COUNT(args));
		args[i + 1] = (char *)argv[i];
	}
	pid = forkpty(&terminal, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (!pid) {
		drop_privilege();
		fexecve(binary, args, environ);
		_exit(127);
	}
	close(binary);
	while (n + 1 < sizeof(shown) &&
	       ((got = read(terminal, shown + n, sizeof(shown) - 1 - n)) > 0 || (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	shown[n] = '\0';
	close(terminal);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Where the line that begins at text ends; no character is wider than its byte here. */
static size_t line_width(const char *text)
{
	return strcspn(text, "\r\n");
}

static void fits(const char *what, size_t columns)
{
	for (const char *s = shown; *s; s += line_width(s), s += strspn(s, "\r\n"))
		if (line_width(s) > columns)
			fail_msg("%s: wider than %zu: `%.*s`", what, columns, (int)line_width(s), s);
}

static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			*to++ = *text;
	*to = '\0';
}

static const char *const commands[][8] = {
	{ NULL },
	{ "help" },
	{ "version" },
	{ "frobnicate-something-that-is-as-long-as-no-command-of-latch-is-and-then-some-more-of-it" },
	{ "--json" },
	{ "load", "-" },
	{ "load", "x", "--observ" },
	{ "load", "no-such-module-in-any-directory-of-this-machine-i-think" },
	{ "load", "/a/path/that/is/longer/than/a/line/of/eighty/columns/and/has/no/blank/in/it/to/break/it/at.bpf.o" },
	{ "load", MODULE("lockdown"), "nothing=enforce" },
	{ "seal", "a", "b" },
	{ "lockdown", "profile", "strict" },
	{ "lockdown", "allow", "dev_mem" },
	{ "apply", "x" },
	{ "doctor" },
	{ "info", OBJECT("every") },
	{ "info", MODULE("loadpin") },
	{ "info", MODULE("ptrace") },
	{ "info", MODULE("lockdown") },
	{ "status" },
	{ "list", "--available" },
};

static void widths(void **state)
{
	static const unsigned short columns[] = { 80, 40, 132, 20 };

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		char plain[2 * sizeof(res.out)];
		const char *name = commands[i][0] ? commands[i][0] : "bare";
		size_t len;

		run_latch(&res, NULL, commands[i]);
		snprintf(plain, sizeof(plain), "%s%s", res.out, res.err);
		squeeze(plain);
		for (size_t k = 0; k < COUNT(columns); k++) {
			assert_int_equal(on_terminal(columns[k], commands[i]), res.status);
			fits(name, columns[k]);
			squeeze(shown);
			/* Both streams are in it, in whatever order. */
			len = strlen(res.out) + strlen(res.err);
			assert_true(!len == !*shown);
			if (strlen(shown) != strlen(plain) || (!*res.err && strcmp(shown, plain)))
				fail_msg("%s at %u: `%s` is not `%s`", name, columns[k], shown, plain);
		}
	}
}

static void help_of_each(void **state)
{
	char table[sizeof(res.out)], *rest = table, *line;
	unsigned int count = 0;

	(void)state;
	latch(&res, "help", "--table");
	strcpy(table, res.out);
	while ((line = strsep(&rest, "\n"))) {
		char name[32], *second;

		if (sscanf(line, "command\t%31[^\t]", name) != 1)
			continue;
		second = strchr(name, ' ');
		if (second)
			*second++ = '\0';
		assert_int_equal(on_terminal(80, (const char *const[]){ "help", name, second, NULL }), 0);
		fits(name, 80);
		assert_int_equal(on_terminal(30, (const char *const[]){ "help", name, second, NULL }), 0);
		fits(name, 30);
		count++;
	}
	assert_true(count > 20);
}

/* COLUMNS goes before what the terminal says; what is no number does not. */
static void columns(void **state)
{
	static const struct {
		const char *set;
		size_t width;
	} given[] = { { "60", 60 }, { "1", 20 }, { "0", 50 }, { "-3", 50 }, { "x", 50 }, { "", 50 }, { "99999", 50 } };

	(void)state;
	for (size_t i = 0; i < COUNT(given); i++) {
		size_t widest = 0;

		assert_int_equal(setenv("COLUMNS", given[i].set, 1), 0);
		assert_int_equal(on_terminal(50, (const char *const[]){ "help", NULL }), 0);
		unsetenv("COLUMNS");
		fits(given[i].set, given[i].width);
		for (const char *s = shown; *s; s += line_width(s), s += strspn(s, "\r\n"))
			widest = line_width(s) > widest ? line_width(s) : widest;
		if (widest + 12 < given[i].width)
			fail_msg("COLUMNS=%s: no line is wider than %zu", given[i].set, widest);
	}
}

/* JSON is a document: its lines are as they are elsewhere. */
static void json(void **state)
{
	(void)state;
	latch(&res, "doctor", "--json");
	assert_int_equal(on_terminal(40, (const char *const[]){ "doctor", "--json", NULL }), res.status);
	for (char *cr; (cr = strchr(shown, '\r'));)
		memmove(cr, cr + 1, strlen(cr));
	assert_string_equal(shown, res.out);
}

static int setup(void **state)
{
	(void)state;
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	return setenv("TERM", "xterm", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(help_of_each),
		cmocka_unit_test(columns),
		cmocka_unit_test(json),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
