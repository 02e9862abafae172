// SPDX-License-Identifier: GPL-2.0-only
/* Module files that are as they should be. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "test.h"

static void template_module(void **state)
{
	struct latch_module *mod = module_of(MODULE("template"));

	(void)state;
	assert_string_equal(mod->name, "template");
	assert_string_equal(mod->version, "0.1");
	assert_string_equal(mod->description, "Refuse symbolic links, to users from uid `from` on");
	assert_true(mod->gated);
	assert_int_equal(mod->nhooks, 1);
	assert_string_equal(mod->hooks[0].name, "inode_symlink");
	assert_false(mod->hooks[0].attached);
	assert_int_equal(mod->nparams, 1);
	assert_string_equal(mod->params[0].name, "from");
	assert_int_equal(mod->params[0].type, LATCH_TYPE_UINT);
	assert_int_equal(mod->params[0].value, 1000);
	assert_int_equal(mod->params[0].min, 0);
	assert_int_equal(mod->params[0].max, 65535);
	assert_string_equal(mod->params[0].doc, "the first uid that is refused");
	latch_module_free(mod);
}

/* Each is called as its file, and says of itself what there is to say. */
static void shipped_modules(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob(MODULE("*"), 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct latch_module *mod = module_of(files.gl_pathv[i]);
		const char *base = strrchr(files.gl_pathv[i], '/') + 1;

		assert_int_equal(strlen(mod->name), strcspn(base, "."));
		assert_memory_equal(mod->name, base, strlen(mod->name));
		assert_true(mod->gated);
		assert_true(mod->version && *mod->version);
		assert_true(mod->description && *mod->description);
		assert_true(mod->nhooks);
		for (size_t j = 0; j < mod->nparams; j++) {
			assert_true(*mod->params[j].doc);
			assert_in_range(mod->params[j].value - mod->params[j].min, 0,
					mod->params[j].max - mod->params[j].min);
		}
		latch_module_free(mod);
	}
	globfree(&files);
}

static void number(const struct latch_module *mod, const char *name, enum latch_type type, int64_t min, int64_t max,
		   int64_t value)
{
	const struct latch_param *p = latch_module_param(mod, name);

	assert_non_null(p);
	assert_int_equal(p->type, type);
	assert_int_equal(p->min, min);
	assert_int_equal(p->max, max);
	assert_int_equal(p->value, value);
}

static void feature(const struct latch_module *mod, const char *name, uint32_t number, const char *hooks)
{
	const struct latch_param *p = latch_module_param(mod, name), *alpha = latch_module_param(mod, "alpha");

	assert_non_null(p);
	assert_int_equal(p->type, LATCH_TYPE_MODE);
	assert_int_equal(p->feature, number);
	assert_int_equal(p->value, LATCH_OFF);
	assert_string_equal(p->hooks, hooks);
	assert_string_equal(p->groups, "");
	assert_int_equal(p->since.boot, 0);
	assert_int_equal(p->offset, alpha->offset + number * sizeof(struct latch_feature));
}

static void one_of_each(void **state)
{
	struct latch_module *mod = module_of(OBJECT("every"));
	const struct latch_param *kinds = latch_module_param(mod, "kinds");

	(void)state;
	assert_string_equal(mod->version, "2.3-rc1");
	assert_string_equal(mod->description, "One of each: a colon is text here");
	assert_int_equal(mod->nparams, 6);
	number(mod, "depth", LATCH_TYPE_INT, -10, 10, -5);
	number(mod, "size", LATCH_TYPE_UINT, 0, 4294967295, 4000000000);
	number(mod, "strict", LATCH_TYPE_BOOL, 0, 1, 1);
	assert_non_null(kinds);
	assert_int_equal(kinds->type, LATCH_TYPE_FLAGS);
	assert_int_equal(kinds->value, 5);
	assert_string_equal(kinds->words, "read,write,append");
	assert_string_equal(latch_module_param(mod, "size")->doc, "a number beyond int: large");
	feature(mod, "alpha", 0, "file_open,inode_unlink");
	feature(mod, "omega", 127, "inode_unlink");
	assert_null(latch_module_param(mod, "nothing"));
	assert_int_equal(mod->nhooks, 4);
	for (size_t i = 0; i < mod->nhooks; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(mod->hooks[i].number, mod->hooks[j].number);
	latch_module_free(mod);
}

static void ungated(void **state)
{
	struct object o = object_read(OBJECT("ungated"));
	struct latch_module *mod = NULL;
	struct latch_error err;

	(void)state;
	assert_int_equal(latch_module_parse(o.data, o.size, "/some/where/strict-open.bpf.o", &mod, &err), 0);
	assert_string_equal(mod->name, "strict-open");
	assert_false(mod->gated);
	assert_null(mod->version);
	assert_null(mod->description);
	assert_int_equal(mod->nparams, 0);
	assert_int_equal(mod->nhooks, 2);
	assert_string_equal(mod->hooks[0].name, "file_open");
	assert_string_equal(mod->hooks[1].name, "bprm_creds_for_exec");
	assert_int_not_equal(mod->hooks[0].number, mod->hooks[1].number);
	latch_module_free(mod);
	object_free(&o);
}

/* The file is copied: what the caller does with its own memory later changes nothing. */
static void file_is_kept(void **state)
{
	struct object o = object_read(MODULE("template"));
	struct latch_module *mod = module_good(&o);

	(void)state;
	assert_int_equal(mod->file_size, o.size);
	assert_ptr_not_equal(mod->file, o.data);
	assert_memory_equal(mod->file, o.data, o.size);
	object_free(&o);
	latch_module_free(mod);
}

static void digest_is_of_the_file(void **state)
{
	struct latch_module *mod = module_of(MODULE("template"));
	char text[80] = "", want[65];
	FILE *f = popen("sha256sum " MODULE("template"), "re");

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	pclose(f);
	for (size_t i = 0; i < sizeof(mod->digest); i++)
		sprintf(want + 2 * i, "%02x", mod->digest[i]);
	assert_memory_equal(text, want, 64);
	latch_module_free(mod);
}

static void read_fails(const char *name, int code, const char *why)
{
	struct latch_module *mod = NULL;
	struct latch_error err = { "" };

	assert_int_equal(latch_module_read(name, &mod, &err), code);
	assert_null(mod);
	if (!strstr(err.text, name) || !strstr(err.text, why))
		fail_msg("`%s` does not say `%s`: `%s`", err.text, name, why);
}

static void read_from_disk(void **state)
{
	char *directory = make_directory(), path[64];
	struct latch_module *mod;
	struct latch_error err;
	int fd;

	(void)state;
	assert_int_equal(latch_module_read(MODULE("template"), &mod, &err), 0);
	assert_string_equal(mod->name, "template");
	latch_module_free(mod);

	read_fails("./no/such/file.bpf.o", -ENOENT, "No such file");
	read_fails("no-such-module", -ENOENT, "/no-such-module.bpf.o");
	read_fails("No_Module", -EINVAL, "is not a module's name");
	read_fails("", -EINVAL, "is not a module's name");
	read_fails(directory, -ENOEXEC, "not a regular file");
	read_fails("/dev/null", -ENOEXEC, "not a regular file");
	snprintf(path, sizeof(path), "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	read_fails(path, -ENOEXEC, "not a regular file");
	snprintf(path, sizeof(path), "%s/large", directory);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, (16 << 20) + 1), 0);
	close(fd);
	read_fails(path, -ENOEXEC, "larger than 16 MiB");
	assert_int_equal(truncate(path, 0), 0);
	read_fails(path, -ENOEXEC, "not an ELF file");
	remove_directory(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(template_module), cmocka_unit_test(shipped_modules),
		cmocka_unit_test(one_of_each),	   cmocka_unit_test(ungated),
		cmocka_unit_test(file_is_kept),	   cmocka_unit_test(digest_is_of_the_file),
		cmocka_unit_test(read_from_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
