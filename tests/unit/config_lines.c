// SPDX-License-Identifier: GPL-2.0-only
/* What a line of latch.conf may look like, and what is said of one that may not: file and line, always. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "config/config.h"
#include "test.h"

static char *directory, path[128];

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/latch.conf", directory);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(directory);
	return 0;
}

#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10
#define X160 X50 X50 X50 X10

static void accepted(void **state)
{
	static const struct {
		const char *text, *module, *key, *value;
		int line; /* of the setting */
	} rows[] = {
		{ "[lockdown]\ndev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "[lockdown]\ndev_mem=enforce", "lockdown", "dev_mem", "enforce", 2 },
		{ "[lockdown]\ndev_mem = enforce ; note\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "[lockdown]\ndev_mem = enforce\t; note # more\n", "lockdown", "dev_mem", "enforce", 2 },
		/* DOS and a byte order mark */
		{ "[lockdown]\r\ndev_mem = enforce\r\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "\xef\xbb\xbf[lockdown]\r\ndev_mem = enforce\r\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "\xef\xbb\xbf# note\n[lockdown]\ndev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 3 },
		/* A line that is indented is a line of its own. */
		{ "[lockdown]\n\tdev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "[lockdown]\nkexec = off\n  dev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 3 },
		{ "  [lockdown]\n    dev_mem   =\t enforce  \t\n", "lockdown", "dev_mem", "enforce", 2 },
		{ "[lockdown]\nallow = msr exe /a\n\tkexec = off\n", "lockdown", "kexec", "off", 3 },
		{ "[lockdown] # note\ndev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 2 },
		/* Sections of one name are one. */
		{ "[lockdown]\n[module a]\n[lockdown]\ndev_mem = enforce\n", "lockdown", "dev_mem", "enforce", 4 },
		/* A hash that no space stands before, and a quote within */
		{ "[module a]\nfile = /opt/a#1.bpf.o\n", "a", "file", "/opt/a#1.bpf.o", 2 },
		{ "[lockdown]\nallow = msr exe /opt/it's\n", "lockdown", "allow", "msr exe /opt/it's", 2 },
		{ "[module a]\nx = " X160 "\n", "a", "x", X160, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct latch_config *config = NULL;
		const struct latch_wanted *w = NULL;
		const struct latch_setting *s;
		struct latch_error err;

		write_text(path, rows[i].text);
		if (latch_config_read(directory, NULL, &config, &err))
			fail_msg("row %zu: %s", i, err.text);
		for (size_t j = 0; j < config->n; j++)
			if (!strcmp(config->modules[j].name, rows[i].module))
				w = &config->modules[j];
		if (!w)
			fail_msg("row %zu: no section", i);
		assert_string_equal(w->file, path);
		assert_true(w->line > 0 && w->line < rows[i].line);
		s = latch_wanted_setting(w, rows[i].key);
		if (!s || strcmp(s->value, rows[i].value) || s->line != rows[i].line)
			fail_msg("row %zu: %s = %s in line %d", i, rows[i].key, s ? s->value : "(none)", s ? s->line : 0);
		latch_config_free(config);
	}
}

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *why;
	} rows[] = {
		{ "[lockdown]\ndev_mem = enforce # note\n", 2,
		  "dev_mem: `# note` stands behind the value, where a comment begins with a space and `;`" },
		{ "[lockdown]\ndev_mem = enforce\t# note\n", 2, "`# note` stands behind the value" },
		{ "[lockdown]\ndev_mem = enforce #\n", 2, "`#` stands behind the value" },
		{ "[lockdown]\ndev_mem = #enforce\n", 2, "`#enforce` stands behind the value" },
		{ "[module a]\nfile = /a.bpf.o # mine\n", 2, "`# mine` stands behind the value" },
		{ "[module a]\nunload = deny # for good\n", 2, "`# for good` stands behind the value" },
		{ "[latch]\nunload = deny # for good\n", 2, "`# for good` stands behind the value" },
		{ "[module a]\nmode = observe # for now\n", 2, "`# for now` stands behind the value" },
		{ "[module a]\non-tamper = warn # for now\n", 2, "`# for now` stands behind the value" },
		{ "[lockdown]\nallow = msr exe /usr/sbin/wrmsr # needs it\n", 2, "`# needs it` stands behind the value" },
		{ "[lockdown]\ndev_mem = \"enforce\"\n", 2, "dev_mem = \"enforce\": a value stands without quotes" },
		{ "[module a]\nfile = '/a.bpf.o'\n", 2, "a value stands without quotes" },
		{ "[lockdown]\nallow = \"msr exe /a\"\n", 2, "a value stands without quotes" },
		{ "[lockdown\n", 1, "neither [section] nor key = value: it has no ]" },
		{ "[lockdown\ndev_mem = enforce\n", 1, "neither [section] nor key = value: it has no ]" },
		{ "\xef\xbb\xbf[lockdwn]\n", 1, "unknown section [lockdwn]" },
		{ "  [lockdwn]\n", 1, "unknown section [lockdwn]" },
		{ "\t[lockdown\n", 1, "it has no ]" },
		{ "[lockdown]]\n", 1, "something stands behind [lockdown]" },
		{ "[lockdown] dev_mem = enforce\n", 1, "something stands behind [lockdown]" },
		{ "[" X160 "]\n", 1, "unknown section [" X50 },
		{ "[module " X160 "]\na = b\n", 1, "unknown section [module " X50 },
		{ "[module a]\nx = " X160 X50 "\n", 2, "a line has more than 198 characters" },
		{ "# " X160 X50 "\n[module a]\n", 1, "a line has more than 198 characters" },
		{ "[" X160 X50 "]\n", 1, "a line has more than 198 characters" },
		{ "[lockdown]\ndev_mem = off\n  dev_mem = enforce\n", 3, "dev_mem is given twice: first in line 2" },
		{ "[lockdown]\ndev_mem = off\n[lockdown]\ndev_mem = off\n", 4, "dev_mem is given twice: first in line 2" },
		{ "[lockdown]\ndev_mem\n", 2, "neither [section] nor key = value" },
		{ "[lockdown]\n  enforce\n", 2, "neither [section] nor key = value" },
		{ "[module a]\nmode = enforce\r\rx\n", 2, "a module's mode is observe or enforce" },
		{ "\xfe\xff[lockdown]\n", 1, "neither [section] nor key = value" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct latch_config *config = NULL;
		struct latch_error err = { "" };
		char where[160];
		int e;

		write_text(path, rows[i].text);
		e = latch_config_read(directory, NULL, &config, &err);
		snprintf(where, sizeof(where), "%s:%d: ", path, rows[i].line);
		if (e != -EINVAL || strncmp(err.text, where, strlen(where)) || !strstr(err.text, rows[i].why))
			fail_msg("row %zu: %d, `%s` is not `%s%s`", i, e, err.text, where, rows[i].why);
	}
}

/* What only the module's file can tell is an error of the line too, or of the section. */
static void of_the_module(void **state)
{
	char *good, *ungated, text[512];
	static const struct {
		const char *text;
		int line, code;
		const char *why;
	} rows[] = {
		{ "\n[module nope]\n", 2, -ENOENT, "nope.bpf.o" },
		{ "[module nope]\nfile = /nope.bpf.o\n", 2, -ENOENT, "/nope.bpf.o" },
		{ "[module nope]\nmode = observe\nfile = %s\n", 3, -EINVAL, "holds module every, not nope" },
		{ "[module every]\nfile = %s\nno_such = 1\n", 3, -EINVAL, "every has no parameter `no_such`" },
		{ "[module every]\nfile = %s\n\ndepth = 1000\n", 4, -EINVAL, "depth: 1000 is out of range" },
		{ "[module every]\nfile = %s\ndepth =\n", 3, -EINVAL, "depth: " },
		{ "[module ungated]\nmode = observe\nfile = %s\n", 2, -EINVAL, "mode = observe: ungated is ungated" },
		{ "[module ungated]\nfile = %s\nmode = enforce\nx = 1\n", 4, -EINVAL, "x = 1: ungated is ungated" },
	};

	(void)state;
	good = realpath(OBJECT("every"), NULL);
	ungated = realpath(OBJECT("ungated"), NULL);
	assert_true(good && ungated);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct latch_config *config = NULL;
		struct latch_module *mod;
		struct latch_error err = { "" };
		char where[160];
		size_t unmet = 0;
		int e;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), rows[i].text, strstr(rows[i].text, "ungated") ? ungated : good);
#pragma GCC diagnostic pop
		write_text(path, text);
		assert_int_equal(latch_config_read(directory, NULL, &config, &err), 0);
		e = latch_wanted_read(&config->modules[0], NULL, &mod, &unmet, &err);
		snprintf(where, sizeof(where), "%s:%d: ", path, rows[i].line);
		if (e != rows[i].code || strncmp(err.text, where, strlen(where)) || !strstr(err.text, rows[i].why))
			fail_msg("row %zu: %d, `%s` is not `%s%s`", i, e, err.text, where, rows[i].why);
		latch_config_free(config);
	}
	free(good);
	free(ungated);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(accepted), TEST(mistakes), TEST(of_the_module) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
