// SPDX-License-Identifier: GPL-2.0-only
/* The strings that describe a module: bad ones refused, good ones read the same a second time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "module/module.h"
#include "test.h"

/* A module made with the SDK, one of its strings replaced. NULL: removed. */
static void replaced(const char *prefix, const char *string, const char *why)
{
	struct object o = object_read(OBJECT("every"));

	object_replace_info(&o, prefix, string);
	refused(&o, why);
}

static void added(const char *string, const char *why)
{
	struct object o = object_read(OBJECT("every"));

	object_add_info(&o, string);
	refused(&o, why);
}

static void unterminated(void **state)
{
	struct object o = object_read(MODULE("template"));

	(void)state;
	object_section(&o, ".modinfo")->sh_size--;
	refused(&o, "section `.modinfo` does not end in NUL");
	o = object_read(MODULE("template"));
	object_section(&o, ".modinfo")->sh_size = 0;
	refused(&o, "section `.modinfo` is empty");
}

/* Two of one number, or for a hook that has no program: what is set to enforce would not deny. */
static void feature_numbers(void **state)
{
	static const struct {
		const char *string, *why;
	} rows[] = {
		{ "feature=omega:0:inode_unlink::doc", "features `alpha` and `omega` have one number, 0" },
		{ "feature=omega:127:inode_unlnk::doc",
		  "feature `omega` is for hook `inode_unlnk`, which has no program" },
		{ "feature=omega:127:inode_unlin::doc", "for hook `inode_unlin`," },
		{ "feature=omega:127:inode_unlinks::doc", "for hook `inode_unlinks`," },
		{ "feature=omega:127:inode_unlink,nope::doc", "for hook `nope`," },
		{ "feature=omega:127:nope,inode_unlink::doc", "for hook `nope`," },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		replaced("feature=omega", rows[i].string, rows[i].why);
}

static void names(void **state)
{
	static const char *const bad[] = { "name=",	  "name=Upper",
					   "name=9lives", "name=a b",
					   "name=a/b",	  "name=.",
					   "name=a~1",	  "name=a-name-with-one-letter-too-many-" };
	struct object o = object_read(OBJECT("every"));
	struct latch_module *mod;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		replaced("name=", bad[i], "bad module name `");
	replaced("name=", NULL, "bad module name ``");
	added("name=other", "says its name, version or description twice");
	added("version=1", "says its name, version or description twice");
	added("description=other", "says its name, version or description twice");
	replaced("description=", "description=\033]0;owned\a", "section `.modinfo` holds control characters");
	added("other=\177", "section `.modinfo` holds control characters");
	object_replace_info(&o, "name=", "name=a-name_of-31-letters-is-long-en");
	object_replace_info(&o, "version=", NULL);
	object_add_info(&o, "unknown keys=are for a later latch");
	object_add_info(&o, "and this is no pair at all");
	mod = module_good(&o);
	assert_int_equal(strlen(mod->name), LATCH_NAME_MAX - 1);
	assert_null(mod->version);
	latch_module_free(mod);
	object_free(&o);
}

/* The string that is wrong is the one that is named. */
static void blamed(const char *string, const char *which)
{
	char why[192];

	snprintf(why, sizeof(why), "bad `%s", which);
	added(string, why);
}

static void parameters(void **state)
{
	static const char *const bad[] = {
		"parm=",
		"parm=extra",
		"parm=extra:int:0:1:",
		"parm=:int:0:1::doc",
		"parm=Extra:int:0:1::doc",
		"parm=extra:long:0:1::doc",
		"parm=extra::0:1::doc",
		"parm=extra:int::1::doc",
		"parm=extra:int:0:::doc",
		"parm=extra:int:zero:1::doc",
		"parm=extra:int:0:1u::doc",
		"parm=extra:int:2:1::doc",
		"parm=extra:int:0:2147483648::doc",
		"parm=extra:int:-2147483649:0::doc",
		"parm=extra:int:0:99999999999999999999::doc",
		"parm=extra:unsigned int:-1:1::doc",
		"parm=extra:unsigned int:0:4294967296::doc",
		"parm=extra:flags:0:0::doc",
		"parm=extra:flags:0:0:a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,1,2,3,4,5,6,7:doc",
		"parm=extra:flags:0:0:a,:doc",
		"parm=extra:flags:0:0:,a:doc",
		"parm=extra:flags:0:0:a,none:doc",
		"parm=extra:flags:0:0:a,b,a:doc",
		"parm=depth:int:0:1::a second of that name",
		"parm=alpha:bool:0:1::doc",
		"parm=a-name-with-one-letter-too-many-:int:0:1::doc",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		blamed(bad[i], strstr(bad[i], "alpha") ? "feature=alpha:" : bad[i]);
	added("parm=extra:int:0:1::doc", "names parameter `extra` but has no such variable");
	replaced("parm=depth", "parm=depth:int:0:10::doc", "parameter `depth`: its default is out of its range");
	replaced("parm=kinds", "parm=kinds:flags:0:0:read,write:doc", "parameter `kinds`: its default is out of its");
}

static void features(void **state)
{
	static const char *const bad[] = {
		"feature=",
		"feature=extra",
		"feature=extra:1:file_open:",
		"feature=extra:128:file_open::doc",
		"feature=extra:-1:file_open::doc",
		"feature=extra:one:file_open::doc",
		"feature=extra::file_open::doc",
		"feature=Extra:1:file_open::doc",
		"feature=alpha:1:file_open::doc",
		"feature=depth:1:file_open::doc",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		blamed(bad[i], bad[i]);
}

static void hooks(void **state)
{
	static const char *const bad[] = { "hook=",
					   "hook=9",
					   "hook=:task_kill",
					   "hook=x:task_kill",
					   "hook=9:Task_Kill",
					   "hook=9:",
					   "hook=-1:task_kill",
					   "hook=9:file_open",
					   "hook=2147483648:task_kill" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		blamed(bad[i], bad[i]);
	added("hook=9:task_kill", "names hook `task_kill` but has no program for it");
	replaced("hook=0", NULL, "has a program for hook `file_open` that is not made by LATCH_HOOK");
}

/* With so many hooks, or parameters, more than it has. */
static void with_more(bool hooks, size_t n, const char *why)
{
	struct object o = object_read(OBJECT("every"));
	char string[64];

	for (size_t i = 0; i < n; i++) {
		if (hooks)
			snprintf(string, sizeof(string), "hook=%zu:extra_%zu", i + 10, i);
		else
			snprintf(string, sizeof(string), "parm=extra_%zu:int:0:1::", i);
		object_add_info(&o, string);
	}
	refused(&o, why);
}

/* Up to the bound it is something else that is wrong with them: there is no such program, no such data. */
static void bounds(void **state)
{
	struct latch_module *mod = module_of(OBJECT("every"));
	size_t hooks = LATCH_HOOKS_MAX - mod->nhooks, params = LATCH_PARAMS_MAX - mod->nparams;

	(void)state;
	latch_module_free(mod);
	with_more(true, hooks - 1, "but has no program for it");
	with_more(true, hooks, "but has no program for it");
	with_more(true, hooks + 1, "more than 64 hooks");
	with_more(false, params - 1, "`extra_0`");
	with_more(false, params, "`extra_0`");
	with_more(false, params + 1, "more than 256 parameters and features");
}

static void too_much(void **state)
{
	struct object o = object_read(OBJECT("every"));
	char *string = malloc(600 << 10);

	(void)state;
	assert_non_null(string);
	memset(string, 'x', 600 << 10);
	string[(600 << 10) - 1] = '\0';
	object_add_info(&o, string);
	free(string);
	refused(&o, "more than 512 KiB of module information");
}

/* What latch appends, a file must not say: it would be believed of the loaded module. */
static void what_only_latch_says(void **state)
{
	(void)state;
	added("at=depth:4096", "has a `at=` string, which is latch's own");
	added("value=depth:0", "has a `value=` string, which is latch's own");
	added("ungated=", "has a `ungated=` string, which is latch's own");
}

/* Words of the command line and of the configuration, where a parameter or feature stands beside them. */
static void reserved_names(void **state)
{
	static const char *const names[] = { "all", "allow", "file", "mode", "on-tamper", "unload" };
	char string[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(string, sizeof(string), "parm=%s:int:0:1::", names[i]);
		blamed(string, string);
		added(string, "not all, allow, file, mode, on-tamper or unload");
		snprintf(string, sizeof(string), "feature=%s:9:file_open::", names[i]);
		blamed(string, string);
		added(string, "not all, allow, file, mode, on-tamper or unload");
	}
}

static void permanent(void **state)
{
	struct object o = object_read(OBJECT("every"));
	struct latch_module *mod;
	struct latch_error err;

	(void)state;
	assert_int_equal(latch_module_parse(o.data, o.size, "every", &mod, &err), 0);
	assert_false(mod->permanent);
	latch_module_free(mod);
	object_add_info(&o, "permanent=yes");
	assert_int_equal(latch_module_parse(o.data, o.size, "every", &mod, &err), 0);
	assert_true(mod->permanent);
	latch_module_free(mod);
	free(o.data);
	blamed("permanent=no", "permanent=no");
	blamed("permanent=", "permanent=");
}

static void same_text(const char *a, const char *b)
{
	if (a && b)
		assert_string_equal(a, b);
	else
		assert_ptr_equal(a, b);
}

/* As a file's description is read, so it is read back from the info map of the loaded module. */
static void read_again(const char *path)
{
	struct latch_module *file = module_of(path), *map;

	map = module_of_strings(file->text, file->text_size);
	assert_string_equal(map->name, file->name);
	same_text(map->version, file->version);
	same_text(map->description, file->description);
	assert_int_equal(map->gated, file->gated);
	assert_int_equal(map->nhooks, file->nhooks);
	for (size_t i = 0; i < file->nhooks; i++) {
		assert_string_equal(map->hooks[i].name, file->hooks[i].name);
		assert_int_equal(map->hooks[i].number, file->hooks[i].number);
	}
	assert_int_equal(map->nparams, file->nparams);
	for (size_t i = 0; i < file->nparams; i++) {
		const struct latch_param *a = &map->params[i], *b = &file->params[i];

		assert_string_equal(a->name, b->name);
		assert_int_equal(a->type, b->type);
		assert_int_equal(a->offset, b->offset);
		assert_int_equal(a->min, b->min);
		assert_int_equal(a->max, b->max);
		assert_int_equal(a->value, b->value);
		assert_int_equal(a->feature, b->feature);
		same_text(a->words, b->words);
		same_text(a->doc, b->doc);
		same_text(a->hooks, b->hooks);
		same_text(a->groups, b->groups);
	}
	latch_module_free(map);
	latch_module_free(file);
}

static void same_the_second_time(void **state)
{
	(void)state;
	read_again(MODULE("template"));
	read_again(MODULE("ptrace"));
	read_again(MODULE("lockdown"));
	read_again(OBJECT("every"));
	read_again(OBJECT("ungated"));
}

/* The info map is the kernel's, but it may be from another latch, or damaged. */
static void bad_map(void **state)
{
	static const char bad[][64] = { "name=x\0at=p",
					"name=x\0at=p:",
					"name=x\0at=p:1048577",
					"name=x\0at=p:4",
					"name=x\0parm=p:int:0:1::\0value=p",
					"name=x\0parm=p:int:0:1::\0value=p:x",
					"name=x\0value=q:1\0",
					"version=1" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct latch_module *mod = calloc(1, sizeof(*mod));
		struct latch_error err = { "" };

		assert_non_null(mod);
		mod->text = malloc(sizeof(bad[i]));
		assert_non_null(mod->text);
		memcpy(mod->text, bad[i], sizeof(bad[i]));
		mod->text_size = sizeof(bad[i]);
		assert_int_equal(latch_info_parse(mod, LABEL, &err), -ENOEXEC);
		assert_non_null(strstr(err.text, LABEL));
		latch_module_free(mod);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unterminated),
		cmocka_unit_test(feature_numbers),
		cmocka_unit_test(names),
		cmocka_unit_test(parameters),
		cmocka_unit_test(features),
		cmocka_unit_test(hooks),
		cmocka_unit_test(bounds),
		cmocka_unit_test(too_much),
		cmocka_unit_test(what_only_latch_says),
		cmocka_unit_test(reserved_names),
		cmocka_unit_test(permanent),
		cmocka_unit_test(same_the_second_time),
		cmocka_unit_test(bad_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
