// SPDX-License-Identifier: GPL-2.0-only
/* Well-formed BPF objects that are no modules: licence, gate, programs, parameters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "test.h"

static void license(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *why;
	} bad[] = {
		{ "Proprietary", 12, "its licence is `Proprietary`: the kernel takes LSM programs only under the GPL" },
		{ "gpl", 4, "its licence is `gpl`" },
		{ "", 1, "its licence is ``" },
		{ "GPL", 3, "section `license` does not end in NUL" },
		{ "", 0, "section `license` is empty" },
		{ "GPL\033[2J", 8, "section `license` holds control characters" },
	};
	static const char *const taken[] = { "GPL", "GPL v2", "Dual MIT/GPL", "Dual MPL/GPL" };
	struct object o = object_read(MODULE("template"));

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct object copy = object_copy(&o);

		object_set(&copy, "license", bad[i].text, bad[i].size);
		refused(&copy, bad[i].why);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		object_set(&o, "license", taken[i], strlen(taken[i]) + 1);
		assert_true(survived(o.data, o.size));
	}
	object_rename_section(&o, "license", "licence");
	refused(&o, "has no LATCH_MODULE(name, version, description)");
}

/* Changes one good object in one way, and wants it refused. */
static void renamed(const char *section, const char *name, const char *why)
{
	struct object o = object_read(MODULE("template"));

	object_rename_section(&o, section, name);
	refused(&o, why);
}

static void gate_and_information(void **state)
{
	struct object o = object_read(MODULE("template"));

	(void)state;
	renamed(".data.gate", ".data.door", "has module information but no gate");
	renamed(".BTF", ".BFT", "has no description of its types (.BTF): compile it with -g");
	renamed(".modinfo", ".noinfo", "has a gate but no module information");
	object_section(&o, ".data.gate")->sh_size = sizeof(struct latch_gate) - 1;
	refused(&o, "has module information but no gate");
}

static void programs(void **state)
{
	struct object o = object_read(MODULE("template"));

	(void)state;
	renamed("lsm/inode_symlink", "lsm/file_open", "program for hook `file_open` that is not made by LATCH_HOOK");
	renamed("lsm/inode_symlink", "kprobe/do_exit",
		"program that is not for an LSM hook (section `kprobe/do_exit`)");
	renamed("lsm/inode_symlink", "xdp", "not for an LSM hook (section `xdp`)");
	renamed("lsm/inode_symlink", "lsm_cgroup/inode_symlink", "is for the processes of one cgroup");
	renamed("lsm/inode_symlink", "lsm/", "bad hook name ``");
	renamed("lsm/inode_symlink", "lsm/../inode_symlink", "bad hook name `../inode_symlink`");
	renamed("lsm/inode_symlink", "lsm/a-name-that-no-hook-can-have-so-long", "bad hook name");
	renamed("lsm/inode_symlink", "lsm/\033[31m", "a section's name cannot be read");
	object_rename_section(&o, "lsm/inode_symlink", "lsm.s/inode_symlink");
	assert_true(survived(o.data, o.size));
	object_section(&o, "lsm.s/inode_symlink")->sh_flags &= ~(Elf64_Xword)SHF_EXECINSTR;
	refused(&o, "names hook `inode_symlink` but has no program for it");
	o = object_read(OBJECT("same_section"));
	refused(&o, "has several programs in one section");
	o = object_read(OBJECT("same_hook"));
	refused(&o, "has two programs for hook `file_open`");
	o = object_read(OBJECT("many"));
	refused(&o, "more than 64 hooks");
}

static void cut_off(void **state)
{
	struct object o = object_read(MODULE("template"));

	(void)state;
	object_section(&o, ".rodata")->sh_size = o.size;
	refused(&o, "truncated: section `.rodata` ends beyond the file");
	o = object_read(MODULE("template"));
	object_section(&o, ".rodata")->sh_offset = UINT64_MAX - 7;
	refused(&o, "truncated: section `.rodata` ends beyond the file");
	o = object_read(MODULE("template"));
	object_header(&o)->e_shoff = o.size - 64;
	refused(&o, "truncated: its section headers lie beyond the file");
}

static void no_programs(void **state)
{
	struct object o = object_read(OBJECT("ungated"));

	(void)state;
	object_section(&o, "lsm/file_open")->sh_size = 0;
	object_section(&o, "lsm.s/bprm_creds_for_exec")->sh_size = 0;
	refused(&o, "has no program for an LSM hook");
}

/* An object without a name of its own goes by its file's. */
static void name_of_file(void **state)
{
	static const char *const bad[] = { "/tmp/Big.bpf.o", "/tmp/.bpf.o",
					   "9lives.o",	     "a b.o",
					   "/tmp/",	     "a-name-that-is-longer-than-a-module-may-have.bpf.o" };
	struct object o = object_read(OBJECT("ungated"));
	struct latch_module *mod = NULL;
	struct latch_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(latch_module_parse(o.data, o.size, bad[i], &mod, &err), -ENOEXEC);
		if (!strstr(err.text, bad[i]) || !strstr(err.text, "bad module name"))
			fail_msg("%s: %s", bad[i], err.text);
	}
	object_free(&o);
}

static void variables(void **state)
{
	struct object good = object_read(OBJECT("every")), o = object_copy(&good);

	(void)state;
	object_rename_symbol(&o, "depth", "height");
	refused(&o, "names parameter `depth` but has no such variable");
	o = object_copy(&good);
	object_rename_symbol(&o, "latch_feature", "latch_features");
	refused(&o, "names parameter `alpha` but has no such variable");
	o = object_copy(&good);
	object_symbol(&o, "depth")->st_shndx = SHN_ABS;
	refused(&o, "names parameter `depth`");
	o = object_copy(&good);
	object_symbol(&o, "depth")->st_value = object_section(&o, ".data.param")->sh_size - 3;
	refused(&o, "a parameter lies outside of its section");
	o = object_copy(&good);
	object_symbol(&o, "depth")->st_value = UINT64_MAX - 3;
	refused(&o, "a parameter lies outside of its section");
	o = object_copy(&good);
	object_symbol(&o, "depth")->st_value += 2;
	refused(&o, "a parameter lies outside of its section");
	o = object_copy(&good);
	object_symbol(&o, "latch_feature")->st_value = object_section(&o, ".data.param")->sh_size - 2040;
	refused(&o, "names parameter `alpha`");
	o = object_copy(&good);
	object_symbol(&o, "latch_feature")->st_value = 4;
	refused(&o, "names parameter `alpha`");
	o = object_copy(&good);
	object_rename_section(&o, ".data.param", ".data.else");
	refused(&o, "names parameter");
	o = object_copy(&good);
	object_section(&o, ".data.param")->sh_type = SHT_NOBITS;
	refused(&o, "section `.data.param` is empty");
	object_rename_symbol(&good, "depth", "alpha");
	refused(&good, "a feature has the name of a variable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(license),   cmocka_unit_test(gate_and_information),
		cmocka_unit_test(programs),  cmocka_unit_test(no_programs),
		cmocka_unit_test(cut_off),   cmocka_unit_test(name_of_file),
		cmocka_unit_test(variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
