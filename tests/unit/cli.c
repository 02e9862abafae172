// SPDX-License-Identifier: GPL-2.0-only
/* latch(8) as a process without privilege: usage, exit statuses, messages. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

static struct result res;

static void says(const char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("`%s` does not say `%s`", text, want);
}

static void help(void **state)
{
	char all[sizeof(res.out)], name[32];

	(void)state;
	latch(&res, "help");
	assert_int_equal(res.status, 0);
	assert_string_equal(res.err, "");
	says(res.out, "  load MODULE [param=value ...]");
	says(res.out, "Exit status: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 this kernel cannot,\n5 differs from the configuration, or on trial.");
	strcpy(all, res.out);
	latch(&res, "--help");
	assert_int_equal(res.status, 0);
	assert_string_equal(res.out, all);
	latch(&res, "-h");
	assert_string_equal(res.out, all);
	for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n")) {
		char want[48];

		if (*line != ' ' || sscanf(line, " %31[a-z]", name) != 1)
			continue;
		latch(&res, "help", name);
		assert_int_equal(res.status, 0);
		snprintf(want, sizeof(want), "latch %s", name);
		says(res.out, want);
	}
}

static void help_load(void **state)
{
	(void)state;
	latch(&res, "help", "load");
	assert_int_equal(res.status, 0);
	says(res.out, "latch load MODULE [param=value ...] [--observe]");
	assert_string_equal(res.err, "");
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

/* Words of the command line that are wrong: exit 2, one sentence, the usage, and no output. */
static void usage(void **state)
{
	static const struct {
		const char *words[5], *why;
	} wrong[] = {
		{ { "frobnicate" }, "unknown command `frobnicate`\n`latch help` lists the commands" },
		{ { "" }, "unknown command ``" },
		{ { "--json" }, "unknown command `--json`" },
		{ { "Load" }, "unknown command `Load`" },
		{ { "loa" }, "unknown command `loa`" },
		{ { "help", "frobnicate" }, "unknown command `frobnicate`\nusage: latch help" },
		{ { "help", "load", "list" }, "too many words" },
		{ { "version", "x" }, "too many words\nusage: latch version" },
		{ { "load" }, "which module?\nusage: latch load MODULE" },
		{ { "load", "--observe" }, "which module?" },
		{ { "load", "--bogus", "x" }, "unknown option `--bogus`\nusage: latch load" },
		{ { "load", "x", "--json" }, "unknown option `--json`" },
		{ { "load", "x", "-o" }, "unknown option `-o`" },
		{ { "load", "x", "--observ" }, "unknown option `--observ`" },
		{ { "load", "x", "--observe=yes" }, "unknown option `--observe=yes`" },
		{ { "load", "x", "-" }, "unknown option `-`" },
		{ { "load", "x", "--" }, "unknown option `--`" },
		{ { "load", "Bad_Name" }, "`Bad_Name` is not a module's name; a path has a `/` in it" },
		{ { "replace" }, "which module?\nusage: latch replace MODULE [FILE]" },
		{ { "replace", "a", "--observe" }, "unknown option `--observe`" },
		{ { "replace", "other", "build/modules/template.bpf.o" },
		  "build/modules/template.bpf.o holds module template, not other\nusage: latch replace" },
		{ { "unload" }, "which module?\nusage: latch unload" },
		{ { "unload", "a", "b" }, "one module at a time" },
		{ { "unload", "a", "--json" }, "unknown option `--json`" },
		{ { "list", "x" }, "too many words\nusage: latch list" },
		{ { "list", "--observe" }, "unknown option `--observe`" },
		{ { "info" }, "which module?\nusage: latch info" },
		{ { "info", "a", "b" }, "one module at a time" },
		{ { "info", "a", "--follow" }, "unknown option `--follow`" },
		{ { "mode" }, "usage: latch mode" },
		{ { "mode", "a" }, "usage: latch mode" },
		{ { "mode", "a", "off" }, "`off` is not a mode for a module: `latch unload` turns it off" },
		{ { "mode", "a", "strict" }, "`strict` is not a mode for a module\n" },
		{ { "mode", "a", "observe", "b" }, "usage: latch mode" },
		{ { "set" }, "usage: latch set" },
		{ { "set", "a" }, "usage: latch set" },
		{ { "set", "--json", "a", "b=1" }, "unknown option `--json`" },
		{ { "log", "a", "b" }, "one module at a time\nusage: latch log" },
		{ { "log", "--observe" }, "unknown option `--observe`" },
		{ { "status", "x" }, "too many words\nusage: latch status" },
		{ { "status", "--syslog" }, "unknown option `--syslog`" },
		{ { "watch", "a", "b" }, "one module, or all\nusage: latch watch" },
		{ { "watch", "--json", "--syslog" }, "--json or --syslog" },
		{ { "seal" }, "one module, or --all\nusage: latch seal" },
		{ { "seal", "a", "b" }, "one module, or --all" },
		{ { "seal", "a", "--all" }, "one module, or --all" },
		{ { "seal", "a", "--weak", "--with-lockdown" }, "--weak or --with-lockdown, not both" },
		{ { "seal", "a", "--on-tamper" }, "--on-tamper has no value: it is --on-tamper=deny, warn or panic" },
		{ { "seal", "a", "--on-tamper=" }, "--on-tamper=: it is --on-tamper=deny, warn or panic" },
		{ { "seal", "a", "--on-tamper=reboot" }, "--on-tamper=reboot: it is --on-tamper=deny, warn or panic" },
		{ { "seal", "a", "--on-tampering=warn" }, "unknown option `--on-tampering=warn`" },
		{ { "seal", "a", "--on-tamper=warn", "--on-tamper=deny" }, "--on-tamper=warn or --on-tamper=deny" },
		{ { "mode", "a", "--on-tamper=warn" }, "unknown option `--on-tamper=warn`" },
		{ { "seal", "a", "--json" }, "unknown option `--json`" },
		{ { "load", "a", "--weak" }, "--weak, --with-lockdown and --on-tamper go with --seal" },
		{ { "load", "a", "--on-tamper=panic" }, "--on-tamper go with --seal" },
		{ { "load", "a", "--seal", "--try", "1m" }, "--try or --seal, not both" },
		{ { "confirm", "a", "b" }, "one module, or all that are on trial\nusage: latch confirm" },
		{ { "apply", "x" }, "too many words\nusage: latch apply" },
		{ { "apply", "--json" }, "--json goes with --dry-run\nusage: latch apply" },
		{ { "seal", "a", "--try", "1m" }, "unknown option `--try`" },
		{ { "lockdown", "frobnicate" }, "unknown command `frobnicate`\nusage: latch lockdown" },
		{ { "lockdown", "status", "x" }, "status: too many words" },
		{ { "lockdown", "--write" }, "unknown option `--write`" },
		{ { "lockdown", "set" }, "a module and param=value, please" },
		{ { "lockdown", "check", "all" }, "check: integrity or confidentiality" },
		{ { "lockdown", "profile" }, "profile: one of integrity,confidentiality" },
		{ { "lockdown", "profile", "strict" }, "profile: one of integrity,confidentiality" },
		{ { "lockdown", "advise", "x" }, "advise: too many words" },
		{ { "lockdown", "advise", "--merge" }, "advise --merge: which reports?" },
		{ { "doctor", "x" }, "too many words\nusage: latch doctor" },
		{ { "doctor", "--verbose" }, "unknown option `--verbose`" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		run_latch(&res, NULL, wrong[i].words);
		if (res.status != 2 || strncmp(res.err, "latch: ", 7) || *res.out)
			fail_msg("%s: exit %d, `%s`, `%s`", wrong[i].why, res.status, res.out, res.err);
		says(res.err, wrong[i].why);
	}
}

static void trial_times(void **state)
{
	static const char *const bad[] = { "",
					   "0",
					   "0s",
					   "x",
					   "m",
					   "-1",
					   "+1",
					   " 1",
					   "1.5h",
					   "1x",
					   "1 m",
					   "1mm",
					   "8d",
					   "604801",
					   "169h",
					   "99999999999999999999",
					   "18446744073709551617" },
				 *const good[] = { "1", "604800", "90s", "10m", "168h", "7d" };

	(void)state;
	latch(&res, "mode", "a", "observe", "--try");
	assert_int_equal(res.status, 2);
	says(res.err, "--try wants a time, 1s to 7d");
	for (size_t i = 0; i < COUNT(bad); i++) {
		latch(&res, "mode", "a", "--try", bad[i], "observe");
		if (res.status != 2 || !strstr(res.err, "--try wants a time, 1s to 7d"))
			fail_msg("--try %s: exit %d, %s", bad[i], res.status, res.err);
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		latch(&res, "mode", "a", "--try", good[i], "observe");
		if (res.status != 1 || !strstr(res.err, "run it as root"))
			fail_msg("--try %s: exit %d, %s", good[i], res.status, res.err);
	}
}

static void without_privilege(void **state)
{
	static const char *const need[][4] = { { NULL },
					       { "list" },
					       { "list", "--json" },
					       { "status" },
					       { "status", "--json" },
					       { "log" },
					       { "log", "template" },
					       { "watch" },
					       { "watch", "template", "--json" },
					       { "confirm", "template" },
					       { "lockdown" },
					       { "lockdown", "set", "msr=off" },
					       { "lockdown", "check" },
					       { "lockdown", "profile", "all" },
					       { "lockdown", "advise" },
					       { "unload", "template" },
					       { "mode", "template", "observe" },
					       { "set", "template", "from=1" } };

	(void)state;
	for (size_t i = 0; i < COUNT(need); i++) {
		run_latch(&res, NULL, need[i]);
		if (res.status != 1 ||
		    strcmp(res.err, "latch: no privilege: this needs CAP_SYS_ADMIN: run it as root\n"))
			fail_msg("%s: exit %d, `%s`", need[i][0], res.status, res.err);
		assert_string_equal(res.out, "");
	}
}

/* What is wrong with a file or a parameter is said first: it needs no privilege to see. */
static void load(void **state)
{
	char *directory = make_directory(), *file = copy_into(directory, MODULE("template"), "template.bpf.o"),
	     path[64];

	(void)state;
	latch(&res, "load", file);
	assert_int_equal(res.status, 1);
	says(res.err, "run it as root");
	latch(&res, "load", file, "from=65536");
	assert_int_equal(res.status, 2);
	says(res.err, "from: 65536 is out of range: use 0 to 65535");
	latch(&res, "load", file, "until=1");
	assert_int_equal(res.status, 2);
	says(res.err, "template has no parameter `until`; it has: from");
	latch(&res, "load", file, "from=1", "from=1");
	assert_int_equal(res.status, 2);
	says(res.err, "from is given twice");
	latch(&res, "load", file, "word");
	assert_int_equal(res.status, 2);
	says(res.err, "`word`: write parameter=value");
	latch(&res, "load", "/bin/true");
	assert_int_equal(res.status, 1);
	says(res.err, "/bin/true: an ELF file, but no BPF object");
	latch(&res, "load", "no-such-module");
	assert_int_equal(res.status, 1);
	says(res.err, "cannot read module no-such-module");
	snprintf(path, sizeof(path), "%s/none.bpf.o", directory);
	latch(&res, "load", path);
	assert_int_equal(res.status, 1);
	says(res.err, "No such file or directory");
	free(file);
	remove_directory(directory);
}

static void doctor(void **state)
{
	struct json_object *list;

	(void)state;
	latch(&res, "doctor");
	assert_int_equal(res.status, 4);
	assert_string_equal(res.err, "");
	says(res.out, "no CAP_SYS_ADMIN: run latch as root");
	latch(&res, "doctor", "--json");
	assert_int_equal(res.status, 4);
	list = json_tokener_parse(res.out);
	assert_true(json_object_is_type(list, json_type_array));
	assert_int_equal(json_object_array_length(list), LATCH_CHECKS);
	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		static const char *const keys[] = { "check", "state", "text" };
		struct json_object *item = json_object_array_get_idx(list, i), *value;

		assert_int_equal(json_object_object_length(item), COUNT(keys));
		for (size_t k = 0; k < COUNT(keys); k++) {
			assert_true(json_object_object_get_ex(item, keys[k], &value));
			assert_true(json_object_is_type(value, json_type_string));
			assert_int_not_equal(json_object_get_string_len(value), 0);
		}
	}
	json_object_put(list);
}

/* What was not written was not said: a full disk is no success, and does not hide a failure. */
static void full(void **state)
{
	static const struct {
		const char *words[3];
		int status;
	} runs[] = { { { "version" }, 1 }, { { "help" }, 1 }, { { "help", "load" }, 1 }, { { "doctor" }, 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		run_latch(&res, "/dev/full", runs[i].words);
		assert_int_equal(res.status, runs[i].status);
		says(res.err, "latch: standard output: No space left on device");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help),	  cmocka_unit_test(help_load),	       cmocka_unit_test(version),
		cmocka_unit_test(usage),  cmocka_unit_test(trial_times),       cmocka_unit_test(load),
		cmocka_unit_test(doctor), cmocka_unit_test(without_privilege), cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
