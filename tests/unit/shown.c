// SPDX-License-Identifier: GPL-2.0-only
/* What others chose, as latch shows it: no byte of it reaches a terminal, a log or JSON raw. */
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "test.h"

static const struct {
	const char *text, *shown; /* shown: NULL: as it is */
} texts[] = {
	{ "", NULL },
	{ "a b~", NULL },
	{ "100% [a] 'b' \\ \\n \\x \\xg1", NULL },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7 \xf4\x8f\xbf\xbf", NULL },
	{ "a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd" },
	{ "\033]0;x\a\033[31m\177", "\\x1b]0;x\\x07\\x1b[31m\\x7f" },
	{ "\xc2\x9b"
	  "31m",
	  "\\xc2\\x9b31m" }, /* CSI in one character */
	{ "a\xe2\x80\xae"
	  "b\xe2\x81\xa6",
	  "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6" }, /* turns what follows */
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },	/* a line break, to some */
	{ "\xff", "\\xff" },
	{ "a\xc3", "a\\xc3" },
	{ "\xc3(", "\\xc3(" },
	{ "\xa9", "\\xa9" },
	{ "\xc0\xaf", "\\xc0\\xaf" }, /* too long for what it says */
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* half of a pair */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
};

static void each(void **state)
{
	char buf[256], again[256];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *want = texts[i].shown ? texts[i].shown : texts[i].text;

		assert_ptr_equal(latch_text_shown(texts[i].text, "", buf, sizeof(buf)), buf);
		assert_string_equal(buf, want);
		assert_string_equal(latch_text_shown(buf, "", again, sizeof(again)), want);
		assert_string_equal(latch_name_shown(texts[i].text, buf, sizeof(buf)), want);
	}
	assert_string_equal(latch_text_shown("a\nb\tc\033", "\n\t", buf, sizeof(buf)), "a\nb\tc\\x1b");
	assert_string_equal(latch_name_shown("a\\x0ab", buf, sizeof(buf)), "a\\x5cx0ab");
	assert_string_equal(latch_text_shown("a\\x0ab", "", buf, sizeof(buf)), "a\\x0ab");
}

/* Whatever the name, it can be told from what is shown. */
static void told(void **state)
{
	static const char letters[] = "\\x0aF\n\xff\xc3\xa9\xe2\x80\xae";
	char name[9], shown[64], back[64];

	(void)state;
	srand(1);
	for (unsigned int i = 0; i < 200000; i++) {
		size_t n = (size_t)rand() % (sizeof(name) - 1), at = 0;

		for (size_t k = 0; k < n; k++)
			name[k] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		name[n] = '\0';
		latch_name_shown(name, shown, sizeof(shown));
		for (const char *s = shown; *s; at++) {
			const char digits[] = { s[1] == 'x' ? s[2] : 'g', s[1] == 'x' && s[2] ? s[3] : 'g', '\0' };

			if (*s == '\\' && isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1])) {
				back[at] = (char)strtol(digits, NULL, 16);
				s += 4;
			} else {
				back[at] = *s++;
			}
		}
		back[at] = '\0';
		assert_string_equal(back, name);
	}
}

/* What has no room is cut between characters. */
static void cut(void **state)
{
	const char *text = "a\xc3\xa9\n\xe2\x80\xae";
	const char *const at[] = { "",		"",	     "a",
				   "a",		"a\xc3\xa9", "a\xc3\xa9",
				   "a\xc3\xa9", "a\xc3\xa9", "a\xc3\xa9\\x0a" };

	(void)state;
	for (size_t size = 1; size < COUNT(at); size++) {
		char *buf = malloc(size);

		assert_non_null(buf);
		assert_string_equal(latch_text_shown(text, "", buf, size), at[size]);
		free(buf);
	}
}

/* ---- on the way out: each command that prints a name that it was given ---- */

#define ODD "o\nd\033[31m\xff\xc2\x9b"
#define ODD_SHOWN "o\\x0ad\\x1b[31m\\xff\\xc2\\x9b"

static struct result res;

static void clean(const char *what, const char *text)
{
	char again[sizeof(res.out)];

	latch_text_shown(text, "\n\t", again, sizeof(again));
	if (strcmp(again, text))
		fail_msg("%s: raw: `%s`", what, again);
}

static void arguments(void **state)
{
	static const char *const commands[][8] = {
		{ ODD },
		{ "--" ODD },
		{ "help", ODD },
		{ "lockdown", ODD },
		{ "load", ODD },
		{ "load", "/nowhere/" ODD },
		{ "load", "--" ODD, "x" },
		{ "load", "--try=" ODD, "--try=1m", "x" },
		{ "load", "--observe=" ODD, "x" },
		{ "load", MODULE("lockdown"), ODD },
		{ "load", MODULE("lockdown"), ODD "=enforce" },
		{ "load", MODULE("lockdown"), "dev_mem=" ODD },
		{ "load", MODULE("loadpin"), "exclude=" ODD },
		{ "replace", ODD, MODULE("lockdown") },
		{ "replace", "x", "/nowhere/" ODD },
		{ "info", "/nowhere/" ODD },
		{ "mode", "x", ODD },
		{ "lockdown", "allow", "a", "--exe=" ODD, "--exe=b" },
		{ "lockdown", "profile", ODD },
		{ "lockdown", "advise", "--merge", "/nowhere/" ODD },
		{ "--color=" ODD, "list" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		run_latch(&res, NULL, commands[i]);
		clean(commands[i][0], res.out);
		clean(commands[i][0], res.err);
		assert_int_not_equal(res.status, 0);
		/* One sentence, and how to use it: a name makes no line of its own. */
		for (const char *line = strchr(res.err, '\n'); line && line[1]; line = strchr(line + 1, '\n'))
			if (strncmp(line + 1, "usage: ", 7) && line[1] != '`')
				fail_msg("%s %s: a line of its own: `%s`", commands[i][0], commands[i][1], res.err);
	}
	latch(&res, "load", "/nowhere/" ODD);
	text_says(res.err, "latch: cannot read module /nowhere/" ODD_SHOWN ": ");
}

/* The name of a file, and what stands in it. */
static void files(void **state)
{
	char *dir = make_directory(), *path;

	(void)state;
	path = copy_into(dir, MODULE("lockdown"), ODD ".bpf.o");
	assert_int_equal(truncate(path, 100), 0);
	latch(&res, "info", path);
	clean("info", res.err);
	text_says(res.err, ODD_SHOWN ".bpf.o: ");
	free(path);
	remove_directory(dir);
}

static struct object described(const char *words)
{
	struct object o = object_read(OBJECT("every"));
	char info[64];

	snprintf(info, sizeof(info), "description=%s", words);
	object_replace_info(&o, "description=", info);
	return o;
}

static void descriptions(void **state)
{
	struct object o = described("odd \xff\xc2\x9b\xe2\x80\xae");
	char *dir = make_directory(), path[256];
	struct json_tokener *tok = json_tokener_new();
	struct json_object *parsed;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/every.bpf.o", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(o.data, 1, o.size, f), o.size);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0644), 0);
	latch(&res, "info", path);
	clean("info", res.out);
	text_says(res.out, "odd \\xff\\xc2\\x9b\\xe2\\x80\\xae");
	latch(&res, "info", path, "--json");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	parsed = json_tokener_parse_ex(tok, res.out, (int)strlen(res.out) + 1);
	assert_non_null(parsed);
	assert_string_equal(json_object_get_string(json_object_object_get(parsed, "description")),
			    "odd \\xff\\xc2\\x9b\\xe2\\x80\\xae");
	json_object_put(parsed);
	json_tokener_free(tok);
	object_free(&o);
	remove_directory(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each),	     cmocka_unit_test(told),  cmocka_unit_test(cut),
		cmocka_unit_test(arguments), cmocka_unit_test(files), cmocka_unit_test(descriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
