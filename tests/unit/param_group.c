// SPDX-License-Identifier: GPL-2.0-only
/* Several assignments at once: groups of features, order, all or nothing; values in a map. */
#include <errno.h>
#include <stdlib.h>
#include "module/module.h"
#include "test.h"

#define STRINGS                                                                                                        \
	"name=sample\0"                                                                                                \
	"parm=depth:int:0:10::\0"                                                                                      \
	"feature=msr:1:locked_down:integrity,confidentiality:\0"                                                       \
	"feature=kexec:2:locked_down:integrity,confidentiality:\0"                                                     \
	"feature=kcore:3:locked_down:confidentiality:\0"                                                               \
	"feature=remove:4:capable,other::"

static int setup(void **state)
{
	*state = module_of_text(STRINGS);
	return 0;
}

static int teardown(void **state)
{
	latch_module_free(*state);
	return 0;
}

#define LIST(...) ((char *const[]){ __VA_ARGS__, NULL })

static int assign(struct latch_module *mod, char *const *list, struct latch_error *err)
{
	size_t n = 0;

	while (list[n])
		n++;
	return latch_params_assign(mod, list, n, err);
}

/* want: the first letters of the modes of msr, kexec, kcore, remove. */
static void gives(char *const *list, const char *want)
{
	struct latch_module *mod = module_of_text(STRINGS);
	struct latch_error err;
	char got[5] = "";

	if (assign(mod, list, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < 4; i++)
		got[i] = latch_mode_name((unsigned int)mod->params[i + 1].value)[1];
	/* o(f)f, o(b)serve, e(n)force */
	assert_string_equal(got, want);
	latch_module_free(mod);
}

static void groups(void **state)
{
	(void)state;
	gives(LIST("all=enforce"), "nnnn");
	gives(LIST("integrity=enforce"), "nnff");
	gives(LIST("confidentiality=observe"), "bbbf");
	gives(LIST("kcore=observe"), "ffbf");
}

static void narrower_wins(void **state)
{
	(void)state;
	gives(LIST("all=enforce", "integrity=observe"), "bbnn");
	gives(LIST("integrity=observe", "all=enforce"), "bbnn");
	gives(LIST("all=enforce", "msr=off"), "fnnn");
	gives(LIST("msr=off", "all=enforce"), "fnnn");
	gives(LIST("msr=off", "integrity=enforce", "confidentiality=observe", "remove=enforce"), "fnbn");
	gives(LIST("remove=enforce", "confidentiality=observe", "integrity=enforce", "msr=off"), "fnbn");
	gives(LIST("kexec=enforce", "all=observe", "integrity=off"), "fnbb");
}

/* A parameter of a group's name is not the group; a group of one is still wider than its feature. */
static void names_that_meet(void **state)
{
	struct latch_module *mod = module_of_text("name=x\0feature=two:1:h::\0feature=b:2:h:one,two:\0feature=c:3:h::");
	struct latch_error err;

	(void)state;
	assert_int_equal(assign(mod, LIST("two=enforce"), &err), 0);
	assert_int_equal(mod->params[0].value, LATCH_ENFORCE);
	assert_int_equal(mod->params[1].value, LATCH_OFF);
	assert_int_equal(assign(mod, LIST("b=enforce", "one=observe"), &err), 0);
	assert_int_equal(mod->params[1].value, LATCH_ENFORCE);
	assert_int_equal(assign(mod, LIST("one=observe", "b=off"), &err), 0);
	assert_int_equal(mod->params[1].value, LATCH_OFF);
	assert_int_equal(assign(mod, LIST("one=observe"), &err), 0);
	assert_int_equal(mod->params[1].value, LATCH_OBSERVE);
	latch_module_free(mod);
}

/* A group takes what every one of its features takes, and only features are in groups. */
static void bad_value_for_a_group(void **state)
{
	struct latch_module *mod = *state;
	struct latch_error err;

	assert_int_equal(assign(mod, LIST("integrity=yes"), &err), -EINVAL);
	assert_non_null(strstr(err.text, "unknown mode `yes`"));
	assert_int_equal(assign(mod, LIST("integrit=off"), &err), -EINVAL);
	assert_non_null(strstr(err.text, "no parameter `integrit`: did you mean `integrity`?"));
	assert_int_equal(assign(mod, LIST("kexce=off"), &err), -EINVAL);
	assert_non_null(strstr(err.text, "no parameter `kexce`: did you mean `kexec`?"));
	assert_int_equal(assign(mod, LIST("nothing=off"), &err), -EINVAL);
	assert_non_null(strstr(err.text, "no parameter `nothing`; it has: depth msr kexec kcore remove"));
	assert_int_equal(assign(mod, LIST("integrity,confidentiality=off"), &err), -EINVAL);
	assert_int_equal(assign(mod, LIST("depth=7", "all=observe"), &err), 0);
	assert_int_equal(mod->params[0].value, 7);
}

static void given_twice(void **state)
{
	struct latch_error err;

	assert_int_equal(assign(*state, LIST("depth=1", "msr=off", "depth=1"), &err), -EINVAL);
	assert_string_equal(err.text, "depth is given twice");
	assert_int_equal(assign(*state, LIST("all=off", "all=enforce"), &err), -EINVAL);
	assert_string_equal(err.text, "all is given twice");
}

static void all_or_nothing(void **state)
{
	static char *const bad[] = { "depth=11", "depth=x", "kexec=on", "nothing=1", "depth", "msr=enforce" };
	struct latch_module *mod = *state;
	struct latch_error err;

	assert_int_equal(assign(mod, LIST("depth=3", "kcore=observe"), &err), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(assign(mod, LIST("all=enforce", "msr=observe", bad[i]), &err), -EINVAL);
		assert_int_equal(assign(mod, LIST(bad[i], "msr=observe", "all=enforce"), &err), -EINVAL);
		assert_int_equal(mod->params[0].value, 3);
		assert_int_equal(mod->params[1].value, LATCH_OFF);
		assert_int_equal(mod->params[2].value, LATCH_OFF);
		assert_int_equal(mod->params[3].value, LATCH_OBSERVE);
		assert_int_equal(mod->params[4].value, LATCH_OFF);
	}
}

static void none(void **state)
{
	struct latch_module *mod = *state;
	struct latch_error err;

	mod->params[0].value = 5;
	assert_int_equal(latch_params_assign(mod, NULL, 0, &err), 0);
	assert_int_equal(mod->params[0].value, 5);
}

/* A hook that only features name is needed while one of them is on. */
static void hooks_needed(void **state)
{
	struct latch_module *mod = *state;
	struct latch_error err;

	assert_true(latch_hook_served(mod, "locked_down"));
	assert_true(latch_hook_served(mod, "other"));
	assert_false(latch_hook_served(mod, "file_open"));
	assert_true(latch_hook_needed(mod, "file_open"));
	assert_false(latch_hook_needed(mod, "locked_down"));
	assert_int_equal(assign(mod, LIST("kcore=observe"), &err), 0);
	assert_true(latch_hook_needed(mod, "locked_down"));
	assert_false(latch_hook_needed(mod, "capable"));
	assert_int_equal(assign(mod, LIST("kcore=off", "remove=enforce", "depth=1"), &err), 0);
	assert_false(latch_hook_needed(mod, "locked_down"));
	assert_true(latch_hook_needed(mod, "capable"));
}

static void in_a_map(void **state)
{
	struct latch_module *mod = module_of_text("name=x\0parm=i:int:-9:9::\0parm=u:unsigned int:0:4294967295::\0"
						  "parm=b:bool:0:1::\0feature=f:3:h::\0"
						  "at=i:4\0at=u:8\0at=b:1\0at=latch_feature:16");
	static const int64_t values[] = { -9, 4294967295, 1, LATCH_ENFORCE };
	static const unsigned char want[112] = {
		0, 1, 0, 0, 0xf7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [88] = LATCH_ENFORCE
	};
	_Alignas(8) unsigned char map[112] = { 0 };

	(void)state;
	for (size_t i = 0; i < mod->nparams; i++) {
		assert_true(latch_param_placed(&mod->params[i]));
		mod->params[i].value = values[i];
		latch_param_store(&mod->params[i], map);
	}
	assert_memory_equal(map, want, sizeof(map));
	for (size_t i = 0; i < mod->nparams; i++) {
		mod->params[i].value = 0;
		latch_param_load(&mod->params[i], map);
		assert_int_equal(mod->params[i].value, values[i]);
	}
	latch_module_free(mod);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(groups),
		TEST(narrower_wins),
		TEST(names_that_meet),
		TEST(bad_value_for_a_group),
		TEST(given_twice),
		TEST(all_or_nothing),
		TEST(none),
		TEST(hooks_needed),
		TEST(in_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
