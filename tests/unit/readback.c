// SPDX-License-Identifier: GPL-2.0-only
/*
 * What latch writes as configuration is read as it was meant, or refused: no name of an exception makes
 * it anything else. And what is refused when an exception is made is what could not be read.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "config/config.h"
#include "test.h"

#define NAME_MAX_ (LATCH_ALLOW_NAME - 1)

static char *directory, path[128];

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/new", directory);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(directory);
	return 0;
}

/* As `advise --write` writes an exception, with a setting before and behind. */
static int write_and_read(const char *feature, const char *kind, const char *name, struct latch_error *err)
{
	char allow[2 * LATCH_ALLOW_NAME], text[4 * LATCH_ALLOW_NAME];
	struct latch_setting list[] = {
		{ .key = (char *)"dev_mem", .value = (char *)"enforce" },
		{ .key = (char *)"allow", .value = allow },
		{ .key = (char *)"msr", .value = (char *)"observe" },
	};

	snprintf(allow, sizeof(allow), "%s %s %s", feature, kind, name);
	snprintf(text, sizeof(text), "# mark\n[lockdown]\ndev_mem = enforce\nallow = %s\nmsr = observe\n", allow);
	write_text(path, text);
	return latch_config_reads_as(path, "lockdown", list, COUNT(list), err);
}

static bool has_control(const char *name)
{
	while (*name && !iscntrl((unsigned char)*name))
		name++;
	return *name;
}

static void one_name(const char *feature, const char *kind, const char *name)
{
	struct latch_error err = { "" }, refused = { "" };
	int read = write_and_read(feature, kind, name, &err),
	    line = latch_exception_line(feature, kind, name, &refused);

	/* Some control characters would be read as they are; they are refused all the same. */
	if ((read && !line) || (line && !read && !has_control(name)))
		fail_msg("`%s %s %s`: written and read %d (%s), as an exception %d (%s)", feature, kind, name, read,
			 err.text, line, refused.text);
	if (read && !strstr(err.text, path))
		fail_msg("`%s`: does not name the file: %s", name, err.text);
}

static void generated_names(void **state)
{
	static const char *const parts[] = { "a",
					     "/",
					     " ",
					     "  ",
					     ";",
					     "#",
					     " ;",
					     " #",
					     "\n",
					     "\r",
					     "\t",
					     "=",
					     ":",
					     "\"",
					     "'",
					     "[",
					     "]",
					     "\\",
					     "%",
					     "$",
					     "*",
					     "\x01",
					     "\x7f",
					     "\v",
					     "\f",
					     "\xc3\xa4",
					     "\xff",
					     "\xa0",
					     "\xef\xbb\xbf",
					     "all = off",
					     "\nall = off",
					     "\n[module ptrace]\nscope = 2",
					     "\t;",
					     "\t#",
					     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" };
	static const char *const features[] = { "msr", "module_signature", "rtas_error_injection" };
	static const char *const kinds[] = { "exe", "unit", "module" };

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 20000; i++) {
		char name[LATCH_ALLOW_NAME] = "/";
		size_t n = (size_t)random() % 8 + (random() % 8 ? 0 : 4);

		while (n--) {
			const char *part = parts[(size_t)random() % COUNT(parts)];

			if (strlen(name) + strlen(part) <= NAME_MAX_)
				strcat(name, part);
		}
		one_name(features[(size_t)random() % 3], kinds[(size_t)random() % 3], name);
	}
}

static void every_byte(void **state)
{
	static const char *const forms[] = { "/a%cb", "/a%c", "/a %c", "/a%c ;b", "/%c" };

	(void)state;
	for (int c = 1; c < 256; c++)
		for (size_t i = 0; i < COUNT(forms); i++) {
			char name[32];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(name, sizeof(name), forms[i], c);
#pragma GCC diagnostic pop
			one_name("msr", "exe", name);
		}
}

static void every_length(void **state)
{
	static const char *const features[] = { "msr", "rtas_error_injection" };

	(void)state;
	for (size_t n = 1; n <= NAME_MAX_; n++)
		for (size_t i = 0; i < COUNT(features); i++) {
			char name[LATCH_ALLOW_NAME];

			memset(name, 'x', n);
			name[0] = '/';
			name[n] = '\0';
			one_name(features[i], "exe", name);
		}
}

/* What is written is not what is read. */
static void other_than_meant(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "[lockdown]\nmsr = enforce\n", NULL },
		{ "[lockdown]\nmsr = observe\n",
		  "`msr = enforce` would not be read as it is written, but as `msr = observe`" },
		{ "[lockdown]\n", "`msr = enforce` would not be read" },
		{ "", "`msr = enforce` would not be read" },
		{ "[lockdown]\nmsr = enforce\nkexec = off\n", ":3: `kexec = off` would be read" },
		{ "[latch]\nunload = allow\n[lockdown]\nmsr = enforce\n", ":2: `unload = allow` would be read" },
		{ "[lockdown]\nmsr = enforce\n[module ptrace]\n", "another module" },
		{ "[module ptrace]\nmsr = enforce\n", "another module" },
		{ "[lockdown]\nmsr = enforce # why\n", ":2: " },
		{ "[lockdown]\nmsr\n", ":2: " },
	};
	struct latch_setting list[] = { { .key = (char *)"msr", .value = (char *)"enforce" } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct latch_error err = { "" };
		int e;

		write_text(path, rows[i].text);
		e = latch_config_reads_as(path, "lockdown", list, COUNT(list), &err);
		if (e != (rows[i].why ? -EINVAL : 0) || (rows[i].why && !strstr(err.text, rows[i].why)))
			fail_msg("row %zu: %d, %s", i, e, err.text);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(generated_names), TEST(every_byte), TEST(every_length),
					    TEST(other_than_meant) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
