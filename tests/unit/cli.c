// SPDX-License-Identifier: GPL-2.0-only
/* latch(8) as a process without privilege: usage, exit statuses, messages. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

static struct result res;

/* Words of the command line that are wrong: exit 2, one sentence, the usage, and no output. */
static void usage(void **state)
{
	static const struct {
		const char *words[8], *why;
	} wrong[] = {
		{ { "frobnicate" }, "unknown command `frobnicate`\n`latch help` lists the commands" },
		{ { "", "" }, "unknown command ``" },
		{ { "" }, "unknown command ``" },
		{ { "--json" }, "unknown option `--json`: options of a command stand behind its name\n`latch help`" },
		{ { "--jsn" }, "unknown option `--jsn`\n" },
		{ { "advise" }, "unknown command `advise`: did you mean `lockdown advise`?" },
		{ { "profile", "all" }, "unknown command `profile`: did you mean `lockdown profile`?" },
		{ { "unseal", "a" }, "a seal ends with the next boot, and not before" },
		{ { "--vers" }, "unknown option `--vers`: did you mean `--version`?" },
		{ { "-x", "list" }, "unknown option `-x`" },
		{ { "--color=blue", "list" }, "--color wants auto, always or never: `--color never`" },
		{ { "--color" }, "--color wants auto, always or never" },
		{ { "list", "--color=" }, "--color wants auto, always or never" },
		{ { "Load" }, "unknown command `Load`: did you mean `load`?" },
		{ { "loa" }, "unknown command `loa`: did you mean `load`?" },
		{ { "help", "frobnicate" }, "unknown command `frobnicate`\nusage: latch help" },
		{ { "help", "load", "list" }, "too many words\nusage: latch help" },
		{ { "help", "lockdown", "set", "x" }, "too many words" },
		{ { "help", "lockdown", "sett" }, "unknown command `sett`: did you mean `lockdown set`?" },
		{ { "help", "lockdown", "frobnicate" }, "unknown command `frobnicate`\nusage: latch help" },
		{ { "help", "lst" }, "unknown command `lst`: did you mean `list`?" },
		{ { "version", "x" }, "too many words\nusage: latch version" },
		{ { "load" },
		  "which module?\nusage: latch load MODULE [param=value ...] [OPTION ...]\n`latch load --help`" },
		{ { "load", "--observe" }, "which module?" },
		{ { "load", "--bogus", "x" }, "unknown option `--bogus`\nusage: latch load" },
		{ { "load", "x", "--json" }, "unknown option `--json`" },
		{ { "load", "x", "-o" }, "unknown option `-o`" },
		{ { "load", "x", "--observ" }, "unknown option `--observ`: did you mean `--observe`?" },
		{ { "load", "x", "--with" }, "unknown option `--with`: did you mean `--with-lockdown`?" },
		{ { "load", "x", "--tyr=10m" }, "unknown option `--tyr=10m`: did you mean `--try`?" },
		{ { "load", "x", "-observe" }, "unknown option `-observe`: did you mean `--observe`?" },
		{ { "apply", "-nx" }, "unknown option `-nx`" },
		{ { "load", "x", "--observe=yes" }, "--observe takes no value: `--observe=yes`" },
		{ { "load", "-" }, "`-` is not a module's name" },
		{ { "load", "--try", "1m", "--try=2m", "x" }, "--try 1m or --try 2m, not both" },
		{ { "load", "x", "--try" }, "--try wants a time, 1s to 7d: `--try 10m`" },
		{ { "load", "x", "--try", "--observe" }, "--try wants a time, 1s to 7d: `--try 10m`" },
		{ { "load", "Bad_Name" }, "`Bad_Name` is not a module's name: `latch list --available` lists them" },
		{ { "replace" }, "which module?\nusage: latch replace MODULE [FILE]" },
		{ { "replace", "a", "--observe" }, "unknown option `--observe`" },
		{ { "replace", "other", "build/modules/template.bpf.o" },
		  "build/modules/template.bpf.o holds module template, not other\nusage: latch replace" },
		{ { "unload" }, "which module?\nusage: latch unload" },
		{ { "unload", "a", "b" }, "one module at a time" },
		{ { "unload", "a", "--json" }, "unknown option `--json`" },
		{ { "mode", "a", "observe", "--tr", "1m" }, "unknown option `--tr`: did you mean `--try`?" },
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
		{ { "seal", "a", "--on-tamper" }, "--on-tamper wants deny, warn or panic: `--on-tamper warn`" },
		{ { "seal", "a", "--on-tamper=" }, "--on-tamper wants deny, warn or panic" },
		{ { "seal", "a", "--on-tamper=reboot" }, "--on-tamper wants deny, warn or panic" },
		{ { "seal", "a", "--on-tampering=warn" }, "unknown option `--on-tampering=warn`: did you mean" },
		{ { "seal", "a", "--on-tamper=warn", "--on-tamper=deny" }, "--on-tamper warn or --on-tamper deny" },
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
		{ { "lockdown", "status", "x" }, "too many words\nusage: latch lockdown status" },
		{ { "lockdown", "--write" }, "unknown option `--write`" },
		{ { "lockdown", "set" },
		  "a feature and its mode, FEATURE=observe, please\nusage: latch lockdown set FEATURE=MODE" },
		{ { "lockdown", "stat" }, "unknown command `stat`: did you mean `lockdown status`?" },
		{ { "lockdown", "" }, "unknown command ``" },
		{ { "lockdown", "allow" }, "which feature?\nusage: latch lockdown allow FEATURE" },
		{ { "lockdown", "allow", "a", "b" }, "one feature at a time" },
		{ { "lockdown", "allow", "a" }, "one of --exe PATH, --unit NAME and --module PATH" },
		{ { "lockdown", "disallow", "a" },
		  "one of --exe PATH, --unit NAME and --module PATH\nusage: latch lockdown disallow" },
		{ { "lockdown", "allow", "a", "--exe", "/a", "--unit", "b" }, "one of --exe PATH" },
		{ { "lockdown", "allow", "a", "--exe" }, "--exe wants the path of a program" },
		{ { "lockdown", "allow", "a", "--unit=" }, "--unit wants a unit of systemd, or a cgroup" },
		{ { "lockdown", "allow", "a", "--module" }, "--module wants the path of a kernel module" },
		{ { "lockdown", "allow", "a", "--exe=/a", "--exe=/b" }, "--exe /a or --exe /b, not both" },
		{ { "lockdown", "check", "all" }, "integrity or confidentiality\nusage: latch lockdown check" },
		{ { "lockdown", "profile" }, "one of integrity,confidentiality" },
		{ { "lockdown", "profile", "strict" }, "one of integrity,confidentiality" },
		{ { "lockdown", "advise", "x" }, "too many words\nusage: latch lockdown advise" },
		{ { "lockdown", "advise", "--write", "--json" }, "--write goes alone\nusage: latch lockdown advise" },
		{ { "lockdown", "advise", "--force" }, "--force goes with --write" },
		{ { "lockdown", "advise", "--merge" }, "--merge: which reports?" },
		{ { "doctor", "x" }, "too many words\nusage: latch doctor" },
		{ { "doctor", "--verbose" }, "unknown option `--verbose`" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		run_latch(&res, NULL, wrong[i].words);
		if (res.status != 2 || strncmp(res.err, "latch: ", 7) ||
		    (*res.out && strncmp(res.out, "{\n  \"error\":", 12)))
			fail_msg("%s: exit %d, `%s`, `%s`", wrong[i].why, res.status, res.out, res.err);
		text_says(res.err, wrong[i].why);
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
	text_says(res.err, "--try wants a time, 1s to 7d");
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

static bool asks_json(const char *const *words)
{
	while (*words && strcmp(*words, "--json"))
		words++;
	return *words;
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
		if (strstr(res.out, "\"status\":1") ? !asks_json(need[i]) : *res.out)
			fail_msg("%s: `%s`", need[i][0], res.out);
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
	text_says(res.err, "run it as root");
	latch(&res, "load", file, "from=65536");
	assert_int_equal(res.status, 2);
	text_says(res.err, "from: 65536 is out of range: use 0 to 65535");
	latch(&res, "load", file, "until=1");
	assert_int_equal(res.status, 2);
	text_says(res.err, "template has no parameter `until`; it has: from");
	latch(&res, "load", file, "form=1");
	assert_int_equal(res.status, 2);
	text_says(res.err, "template has no parameter `form`: did you mean `from`?");
	latch(&res, "load", file, "from=1", "from=1");
	assert_int_equal(res.status, 2);
	text_says(res.err, "from is given twice");
	latch(&res, "load", file, "word");
	assert_int_equal(res.status, 2);
	text_says(res.err, "`word`: write parameter=value");
	latch(&res, "load", "/bin/true");
	assert_int_equal(res.status, 1);
	text_says(res.err, "/bin/true: an ELF file, but no BPF object");
	latch(&res, "load", "no-such-module");
	assert_int_equal(res.status, 1);
	text_says(res.err, "cannot read module no-such-module");
	snprintf(path, sizeof(path), "%s/none.bpf.o", directory);
	latch(&res, "load", path);
	assert_int_equal(res.status, 1);
	text_says(res.err, "No such file or directory");
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
	text_says(res.out, "no CAP_SYS_ADMIN: run latch as root");
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
	} runs[] = { { { "version" }, 1 },    { { "help" }, 1 }, { { "help", "load" }, 1 },
		     { { "load", "-h" }, 1 }, { { "-V" }, 1 },	 { { "doctor" }, 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		run_latch(&res, "/dev/full", runs[i].words);
		assert_int_equal(res.status, runs[i].status);
		text_says(res.err, "latch: standard output: No space left on device");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage),  cmocka_unit_test(trial_times),       cmocka_unit_test(load),
		cmocka_unit_test(doctor), cmocka_unit_test(without_privilege), cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
