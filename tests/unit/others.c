// SPDX-License-Identifier: GPL-2.0-only
/* BPF objects for LSM hooks of people who know nothing of latch: taken, or refused for what they are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "test.h"

/* What is said, of which file, and which status it comes to: 4 is "latch cannot", 1 "no module". */
static void objects(void **state)
{
	static const struct {
		const char *file, *says;
		int error;
	} table[] = {
		{ OBJECT("ungated"), NULL, 0 },
		{ OBJECT("ksyms"), NULL, 0 },
		{ OBJECT("optional"), "`?lsm/inode_link` is not to be loaded unless its own loader says so",
		  -EOPNOTSUPP },
		{ OBJECT("cgroup"), "`lsm_cgroup/socket_create` is for the processes of one cgroup", -EOPNOTSUPP },
		{ OBJECT("nohook"), "`lsm` names no hook", -EOPNOTSUPP },
		{ OBJECT("same_section"), "several programs in one section (`second` is one that is not the first)",
		  -EOPNOTSUPP },
		{ OBJECT("same_hook"), "two programs for hook `file_open`: latch takes one a hook", -EOPNOTSUPP },
		{ OBJECT("many"), "more than 64 hooks", -ENOEXEC },
		{ OBJECT("mixed"), "a program that is not for an LSM hook (section `fentry/do_exit`)", -ENOEXEC },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct object o = object_read(table[i].file);
		struct latch_module *mod = NULL;
		struct latch_error err = { "" };
		int e = latch_module_parse(o.data, o.size, LABEL, &mod, &err);

		if (e != table[i].error)
			fail_msg("%s: %d, not %d: %s", table[i].file, e, table[i].error, err.text);
		if (table[i].says && !strstr(err.text, table[i].says))
			fail_msg("%s: `%s` does not say `%s`", table[i].file, err.text, table[i].says);
		if (strstr(err.text, "damaged"))
			fail_msg("%s: it is not damaged: %s", table[i].file, err.text);
		if (!e)
			assert_false(mod->gated);
		latch_module_free(mod);
		object_free(&o);
	}
}

/* The same words in a section's name, whichever they begin with. */
static void sections(void **state)
{
	static const struct {
		const char *section, *says;
	} table[] = {
		{ "?lsm/inode_symlink", "is not to be loaded unless" },
		{ "?lsm.s/inode_symlink", "is not to be loaded unless" },
		{ "lsm_cgroup/inode_symlink", "of one cgroup" },
		{ "?lsm_cgroup/inode_symlink", "of one cgroup" },
		{ "lsm", "names no hook" },
		{ "lsm.s", "names no hook" },
		{ "lsmx/inode_symlink", "not for an LSM hook (section `lsmx/inode_symlink`)" },
		{ "?xdp", "not for an LSM hook (section `?xdp`)" },
		{ "lsm+/inode_symlink", "not for an LSM hook (section `lsm+/inode_symlink`)" },
	};
	struct object o = object_read(OBJECT("ksyms"));

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct object copy = object_copy(&o);

		object_rename_section(&copy, "lsm/inode_symlink", table[i].section);
		refused(&copy, table[i].says);
	}
	object_free(&o);
}

/* The name is all of the file's name but .bpf.o or .o, or none. */
static void names(void **state)
{
	static const struct {
		const char *label, *name, *bad;
	} table[] = {
		{ "/tmp/good.bpf.o", "good", NULL },
		{ "./good.o", "good", NULL },
		{ "dir.d/good", "good", NULL },
		{ "good-2_b.bpf.o", "good-2_b", NULL },
		{ "abcdefghijklmnopqrstuvwxyz_7890.o", "abcdefghijklmnopqrstuvwxyz_7890", NULL },
		{ "abcdefghijklmnopqrstuvwxyz_78901.o", NULL, "`abcdefghijklmnopqrstuvwxyz_78901`" },
		{ "/tmp/policy.v2.bpf.o", NULL, "`policy.v2`" },
		{ "/tmp/policy.bpf.o.bak", NULL, "`policy.bpf.o.bak`" },
		{ "/tmp/policy.skel.o", NULL, "`policy.skel`" },
		{ "/tmp/Policy.bpf.o", NULL, "`Policy`" },
		{ "/tmp/my policy.bpf.o", NULL, "`my policy`" },
		{ "/tmp/.bpf.o", NULL, "``" },
		{ "/tmp/.o", NULL, "``" },
		{ "/tmp/2fast.o", NULL, "`2fast`" },
		{ "/tmp/", NULL, "``" },
		{ "/tmp/name~1.o", NULL, "`name~1`" },
	};
	struct object o = object_read(OBJECT("ungated"));

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct latch_module *mod = NULL;
		struct latch_error err = { "" };
		int e = latch_module_parse(o.data, o.size, table[i].label, &mod, &err);

		if (e != (table[i].name ? 0 : -ENOEXEC))
			fail_msg("%s: %d: %s", table[i].label, e, err.text);
		if (table[i].name)
			assert_string_equal(mod->name, table[i].name);
		else if (!strstr(err.text, table[i].bad) || !strstr(err.text, "taken from its file's name"))
			fail_msg("%s: %s", table[i].label, err.text);
		latch_module_free(mod);
	}
	object_free(&o);
}

/* latch(8) says the same of them, and its status. */
static void statuses(void **state)
{
	static const struct {
		const char *file;
		int status;
	} table[] = {
		{ OBJECT("optional"), 4 }, { OBJECT("cgroup"), 4 },	  { OBJECT("nohook"), 4 },
		{ OBJECT("mixed"), 1 },	   { OBJECT("same_section"), 4 }, { OBJECT("same_hook"), 4 },
		{ OBJECT("ksyms"), 0 },
	};
	struct result res;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		latch(&res, "info", table[i].file);
		if (res.status != table[i].status)
			fail_msg("%s: status %d: %s", table[i].file, res.status, res.err);
	}
	/* What is proposed is there. */
	latch(&res, "load", "policy.bpf.o");
	assert_int_equal(res.status, 2);
	assert_non_null(strstr(res.err, "`policy.bpf.o` is not a module's name: `latch list --available` lists them"));
	latch(&res, "load", "Makefile");
	assert_int_equal(res.status, 2);
	assert_non_null(strstr(res.err, "a path has a `/` in it: `./Makefile`"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects),
		cmocka_unit_test(sections),
		cmocka_unit_test(names),
		cmocka_unit_test(statuses),
	};

	drop_privilege();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
