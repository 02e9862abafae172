// SPDX-License-Identifier: GPL-2.0-only
/* latch info, of files: text and JSON. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

static struct result res;
static char *directory;

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(directory);
	return 0;
}

/* Runs `latch info` on a copy that anybody may read. */
static void info(const char *path, const char *option)
{
	char *file = copy_into(directory, path, strrchr(path, '/') + 1);

	latch(&res, "info", file, option);
	free(file);
	if (res.status)
		fail_msg("exit %d: %s", res.status, res.err);
}

static void says(const char *want)
{
	if (!strstr(res.out, want))
		fail_msg("`%s` does not say `%s`", res.out, want);
}

static void text(void **state)
{
	(void)state;
	info(MODULE("template"), NULL);
	assert_string_equal(res.err, "");
	says("name         template\nversion      0.1\n"
	     "description  Refuse symbolic links, to users from uid `from` on\nsha256       ");
	says("\nloaded       not looked at: this is what its file says\nhooks        inode_symlink\nparameters, with "
	     "their defaults\n"
	     "  from=1000 (uint 0..65535)\n\tthe first uid that is refused\n");
}

static void text_of_each_type(void **state)
{
	(void)state;
	info(OBJECT("every"), NULL);
	says("\n  depth=-5 (int -10..10)\n\ta number of either sign\n");
	says("\n  size=4000000000 (uint 0..4294967295)\n");
	says("\n  strict=yes (bool)\n");
	says("\n  kinds=read,append (flags of read,write,append)\n\tsome words\n");
	says("\n  alpha=off (mode)\n\tthe first feature\n");
}

static void text_of_ungated(void **state)
{
	(void)state;
	info(OBJECT("ungated"), NULL);
	says("name         ungated\nversion      -\ndescription  -\n");
	says("\nungated      not made with the latch SDK");
	says("\nhooks        file_open bprm_creds_for_exec\n");
	assert_null(strstr(res.out, "parameters, with"));
}

static struct json_object *get(struct json_object *o, const char *key, json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value) || !json_object_is_type(value, type))
		fail_msg("no %s of type %s in %s", key, json_type_to_name(type), json_object_to_json_string(o));
	return value;
}

static void is_string(struct json_object *o, const char *key, const char *want)
{
	assert_string_equal(json_object_get_string(get(o, key, json_type_string)), want);
}

static void is_number(struct json_object *o, const char *key, int64_t want)
{
	assert_int_equal(json_object_get_int64(get(o, key, json_type_int)), want);
}

static struct json_object *parse(void)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o = json_tokener_parse_ex(tok, res.out, (int)strlen(res.out));

	assert_non_null(o);
	/* One value, and nothing behind it. */
	assert_int_equal(json_tokener_get_parse_end(tok), strlen(res.out));
	json_tokener_free(tok);
	return o;
}

static struct json_object *parameter(struct json_object *o, const char *name)
{
	struct json_object *list = get(o, "parameters", json_type_array);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *p = json_object_array_get_idx(list, i);

		if (!strcmp(json_object_get_string(get(p, "name", json_type_string)), name))
			return p;
	}
	fail_msg("no parameter %s", name);
	return NULL;
}

static void json(void **state)
{
	struct json_object *o, *p, *list;

	(void)state;
	info(MODULE("template"), "--json");
	o = parse();
	is_string(o, "name", "template");
	is_string(o, "version", "0.1");
	is_string(o, "description", "Refuse symbolic links, to users from uid `from` on");
	assert_int_equal(json_object_get_string_len(get(o, "sha256", json_type_string)), 64);
	assert_true(json_object_get_boolean(get(o, "gated", json_type_boolean)));
	assert_null(get(o, "loaded", json_type_null)); /* not looked at */
	list = get(o, "hooks", json_type_array);
	assert_int_equal(json_object_array_length(list), 1);
	is_string(json_object_array_get_idx(list, 0), "name", "inode_symlink");
	assert_int_equal(json_object_array_length(get(o, "parameters", json_type_array)), 1);
	p = parameter(o, "from");
	is_string(p, "type", "uint");
	is_number(p, "min", 0);
	is_number(p, "max", 65535);
	is_number(p, "value", 1000);
	is_string(p, "meaning", "the first uid that is refused");
	json_object_put(o);
}

static void json_of_each_type(void **state)
{
	struct json_object *o, *p;

	(void)state;
	info(OBJECT("every"), "--json");
	o = parse();
	is_string(o, "description", "One of each: a colon is text here");
	p = parameter(o, "depth");
	is_string(p, "type", "int");
	is_number(p, "min", -10);
	is_number(p, "value", -5);
	is_number(parameter(o, "size"), "value", 4000000000);
	p = parameter(o, "strict");
	is_string(p, "type", "bool");
	is_string(p, "value", "yes");
	p = parameter(o, "kinds");
	is_string(p, "type", "flags");
	is_string(p, "value", "read,append");
	is_string(p, "words", "read,write,append");
	p = parameter(o, "alpha");
	is_string(p, "type", "mode");
	is_string(p, "value", "off");
	is_string(p, "groups", "");
	is_string(p, "hooks", "file_open,inode_unlink");
	json_object_put(o);
}

static void json_of_lockdown(void **state)
{
	struct json_object *o;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		skip();
	info(MODULE("lockdown"), "--json");
	assert_string_equal(res.err, "");
	o = parse();
	is_string(parameter(o, "dev_mem"), "groups", "integrity,confidentiality");
	is_string(parameter(o, "module_unload"), "hooks", "capable");
	json_object_put(o);
}

/* Without privilege a name stands for its file, and that is said. */
static void by_name(void **state)
{
	(void)state;
	latch(&res, "info", "no-such-module");
	assert_int_equal(res.status, 1);
	assert_string_equal(res.out, "");
	if (!strstr(res.err, "without privilege: what its file says, not whether it is loaded\n") ||
	    !strstr(res.err, "cannot read module no-such-module: "))
		fail_msg("%s", res.err);
}

static void of_no_module(void **state)
{
	char *file = copy_into(directory, "Makefile", "not.bpf.o");

	(void)state;
	latch(&res, "info", file, "--json");
	assert_int_equal(res.status, 1);
	assert_non_null(strstr(res.out, "\"error\":"));
	assert_non_null(strstr(res.out, "\"status\":1"));
	if (!strstr(res.err, file) || !strstr(res.err, ": not an ELF file\n"))
		fail_msg("%s", res.err);
	free(file);
	latch(&res, "info", "/");
	assert_int_equal(res.status, 1);
	assert_string_equal(res.err, "latch: /: not a regular file\n");
}

static void full(void **state)
{
	char *file = copy_into(directory, MODULE("template"), "template.bpf.o");

	(void)state;
	run_latch(&res, "/dev/full", (const char *const[]){ "info", file, "--json", NULL });
	assert_int_equal(res.status, 1);
	assert_non_null(strstr(res.err, "No space left on device"));
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),	   cmocka_unit_test(text_of_each_type), cmocka_unit_test(text_of_ungated),
		cmocka_unit_test(json),	   cmocka_unit_test(json_of_each_type), cmocka_unit_test(json_of_lockdown),
		cmocka_unit_test(by_name), cmocka_unit_test(of_no_module),	cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
