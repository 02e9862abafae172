// SPDX-License-Identifier: GPL-2.0-only
/* What a new version of a module takes over from the loaded one. */
#include <errno.h>
#include <stdlib.h>
#include "control/control.h"
#include "test.h"

#define OLD                                                                                                            \
	"name=sample\0"                                                                                                \
	"parm=depth:int:-10:10::\0"                                                                                    \
	"parm=strict:bool:0:1::\0"                                                                                     \
	"parm=kinds:flags:0:0:read,write:\0"                                                                           \
	"feature=alpha:1:file_open::\0"                                                                                \
	"feature=beta:2:file_open:both:"

static struct latch_module *old;

static int setup(void **state)
{
	(void)state;
	old = module_of_text(OLD);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	latch_module_free(old);
	return 0;
}

static void set(const char *name, int64_t value)
{
	latch_module_param(old, name)->value = value;
}

/* Carries old over to a module of these strings; returns what was lost. */
static const char *lost(struct latch_module *to, const char *assignment)
{
	static char text[256];
	char *list[] = { (char *)assignment };

	assert_int_equal(latch_params_carry(old, to, list, assignment != NULL, text, sizeof(text)), 0);
	return text;
}

static int64_t value(const struct latch_module *mod, const char *name)
{
	return latch_module_param(mod, name)->value;
}

static void same(void **state)
{
	struct latch_module *to = module_of_text(OLD);

	(void)state;
	set("depth", -7);
	set("strict", 1);
	set("kinds", 2);
	set("alpha", LATCH_OBSERVE);
	assert_string_equal(lost(to, NULL), "");
	assert_int_equal(value(to, "depth"), -7);
	assert_int_equal(value(to, "strict"), 1);
	assert_int_equal(value(to, "kinds"), 2);
	assert_int_equal(value(to, "alpha"), LATCH_OBSERVE);
	assert_int_equal(value(to, "beta"), LATCH_OFF);
	latch_module_free(to);
}

static void by_words(void **state)
{
	struct latch_module *to = module_of_text("name=sample\0"
						 "parm=kinds:flags:0:0:append,write,read:\0"
						 "parm=strict:bool:0:1::\0"
						 "parm=depth:unsigned int:0:100::\0"
						 "feature=beta:1:file_open::\0"
						 "feature=alpha:2:file_open::");

	(void)state;
	set("depth", 9);
	set("kinds", 1);
	set("alpha", LATCH_ENFORCE);
	assert_string_equal(lost(to, NULL), "");
	assert_int_equal(value(to, "depth"), 9);
	assert_int_equal(value(to, "kinds"), 4);
	assert_int_equal(value(to, "alpha"), LATCH_ENFORCE);
	assert_int_equal(value(to, "beta"), LATCH_OFF);
	latch_module_free(to);
}

/* No place: not there, another type, out of range, a word less; a group is no feature. */
static void no_place(void **state)
{
	struct latch_module *to = module_of_text("name=sample\0"
						 "parm=kinds:flags:0:0:read:\0"
						 "parm=strict:int:0:1::\0"
						 "parm=depth:int:0:5::\0"
						 "feature=gamma:1:file_open:alpha:");

	(void)state;
	set("depth", 6);
	set("strict", 1);
	set("kinds", 3);
	set("alpha", LATCH_ENFORCE);
	assert_string_equal(lost(to, NULL), "depth=6 strict=yes kinds=read,write alpha=enforce");
	assert_int_equal(value(to, "gamma"), LATCH_OFF);
	assert_string_equal(lost(to, "kinds=read"), "depth=6 strict=yes alpha=enforce");
	assert_string_equal(lost(to, "kind=read"), "depth=6 strict=yes kinds=read,write alpha=enforce");
	set("alpha", LATCH_OFF);
	assert_string_equal(lost(to, "strict=1"), "depth=6 kinds=read,write");
	latch_module_free(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same, setup, teardown),
		cmocka_unit_test_setup_teardown(by_words, setup, teardown),
		cmocka_unit_test_setup_teardown(no_place, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
