// SPDX-License-Identifier: GPL-2.0-only
/* Features from an enum of the running kernel. Without its BTF there is nothing to test. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "module/module.h"
#include "test.h"

static void need_btf(void)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		skip();
}

static struct latch_module *lockdown(void)
{
	struct latch_module *mod = module_of(MODULE("lockdown"));
	struct latch_error err;

	if (latch_features_resolve(mod, &err))
		fail_msg("%s", err.text);
	return mod;
}

static void nothing_to_resolve(void **state)
{
	struct latch_module *mod = module_of(MODULE("template"));
	struct latch_error err;

	(void)state;
	assert_int_equal(latch_features_resolve(mod, &err), 0);
	assert_int_equal(mod->nparams, 1);
	latch_module_free(mod);
}

static void reasons(void **state)
{
	struct latch_module *mod;
	const struct latch_param *p;
	size_t base;

	(void)state;
	need_btf();
	mod = lockdown();
	base = mod->params[0].offset - mod->params[0].feature * sizeof(struct latch_feature);
	assert_in_range(mod->nparams, 25, LATCH_FEATURES_MAX);
	for (size_t i = 0; i < mod->nparams; i++) {
		p = &mod->params[i];
		assert_int_equal(p->type, LATCH_TYPE_MODE);
		assert_int_equal(p->value, LATCH_OFF);
		assert_true(latch_param_placed(p));
		assert_int_equal(p->offset, base + p->feature * sizeof(struct latch_feature));
		assert_string_not_equal(p->doc, "");
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(p->feature, mod->params[j].feature);
	}
	assert_null(latch_module_param(mod, "none"));
	assert_null(latch_module_param(mod, "integrity_max"));
	assert_null(latch_module_param(mod, "confidentiality_max"));
	p = latch_module_param(mod, "dev_mem");
	assert_non_null(p);
	assert_string_equal(p->groups, "integrity,confidentiality");
	assert_string_equal(p->hooks, "locked_down");
	assert_string_equal(p->doc, "/dev/mem, /dev/kmem and /dev/port");
	p = latch_module_param(mod, "kcore");
	assert_non_null(p);
	assert_string_equal(p->groups, "confidentiality");
	p = latch_module_param(mod, "module_unload");
	assert_non_null(p);
	assert_string_equal(p->groups, "");
	assert_string_equal(p->hooks, "capable");
	latch_module_free(mod);
}

static int64_t value(const struct latch_module *mod, const char *name)
{
	return latch_module_param(mod, name)->value;
}

static void groups(void **state)
{
	char *list[] = { "dev_mem=off", "integrity=enforce", "all=observe" };
	struct latch_module *mod;
	struct latch_error err;

	(void)state;
	need_btf();
	mod = lockdown();
	assert_int_equal(latch_params_assign(mod, list, COUNT(list), &err), 0);
	assert_int_equal(value(mod, "dev_mem"), LATCH_OFF);
	assert_int_equal(value(mod, "msr"), LATCH_ENFORCE);
	assert_int_equal(value(mod, "kcore"), LATCH_OBSERVE);
	assert_int_equal(value(mod, "module_load"), LATCH_OBSERVE);
	latch_module_free(mod);
}

/* From the info map nothing need be resolved. */
static void same_the_second_time(void **state)
{
	struct latch_module *file, *map;
	struct latch_error err;

	(void)state;
	need_btf();
	file = lockdown();
	map = module_of_strings(file->text, file->text_size);
	assert_int_equal(map->nparams, file->nparams);
	for (size_t i = 0; i < file->nparams; i++) {
		const struct latch_param *a = &file->params[i], *b = latch_module_param(map, a->name);

		assert_non_null(b);
		assert_int_equal(a->offset, b->offset);
		assert_int_equal(a->feature, b->feature);
		assert_string_equal(a->hooks, b->hooks);
		assert_string_equal(a->groups, b->groups);
		assert_string_equal(a->doc, b->doc);
	}
	assert_int_equal(latch_params_assign(map, (char *[]){ "nothing=off" }, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "module_autoload"));
	assert_non_null(strstr(err.text, "dev_mem"));
	latch_module_free(map);
	latch_module_free(file);
}

static void cannot(const char *string, int code, const char *why)
{
	struct object o = object_read(MODULE("lockdown"));
	struct latch_error err = { "" };
	struct latch_module *mod;

	object_replace_info(&o, "feature_enum=", string);
	mod = module_good(&o);
	assert_int_equal(latch_features_resolve(mod, &err), code);
	if (!strstr(err.text, why))
		fail_msg("`%s` does not say `%s`", err.text, why);
	latch_module_free(mod);
	object_free(&o);
}

static void bad_enum(void **state)
{
	(void)state;
	need_btf();
	cannot("feature_enum=no_such_enum:X_:locked_down", -EOPNOTSUPP, "this kernel has no enum no_such_enum");
	cannot("feature_enum=lockdown_reason", -ENOEXEC, "bad `feature_enum=` string");
	cannot("feature_enum=lockdown_reason:LOCKDOWN_", -ENOEXEC, "bad `feature_enum=` string");
}

static void name_is_taken(void **state)
{
	struct object o = object_read(MODULE("lockdown"));
	struct latch_error err = { "" };
	struct latch_module *mod;

	(void)state;
	need_btf();
	object_replace_info(&o, "feature=module_load", "feature=dev_mem:96:kernel_read_file::doc");
	mod = module_good(&o);
	assert_int_equal(latch_features_resolve(mod, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "cannot take the kernel's value dev_mem"));
	latch_module_free(mod);
	object_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_resolve),	cmocka_unit_test(reasons),  cmocka_unit_test(groups),
		cmocka_unit_test(same_the_second_time), cmocka_unit_test(bad_enum), cmocka_unit_test(name_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
