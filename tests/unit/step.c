// SPDX-License-Identifier: GPL-2.0-only
/* A step of a plan in words: one line as long as that is short, with its bound; else one for each item. */
#include <stdio.h>
#include <stdlib.h>
#include "config/plan.h"
#include "test.h"

#define ONE_LINE 66

/* "x: load, enforce, aaa...=0, bbb...=0", with so many b that the line would be that long. */
static void described(size_t length)
{
	const char *a = "aaaaaaaaaaaaaaaaaaaaa";
	struct latch_step step = { .mode = LATCH_ENFORCE };
	char b[LATCH_NAME_MAX] = "", text[256], line[256], lines[256];
	struct latch_error err;
	int size;

	memset(b, 'b', length - strlen("x: load, enforce, =0, =0") - strlen(a));
	size = snprintf(text, sizeof(text), "name=x%cparm=%s:int:0:1::%cparm=%s:int:0:1::", 0, a, 0, b);
	snprintf(line, sizeof(line), "x: load, enforce, %s=0, %s=0", a, b);
	snprintf(lines, sizeof(lines), "x: load, enforce\n  %s=0\n  %s=0", a, b);
	assert_int_equal(strlen(line), length);
	step.module = module_of_strings(text, (size_t)size + 1);
	assert_int_equal(latch_step_describe(&step, &err), 0);
	assert_string_equal(step.text, length <= ONE_LINE ? line : lines);
	free(step.text);
	free(step.done);
	free(step.sealed);
	latch_module_free(step.module);
}

static void bound(void **state)
{
	(void)state;
	for (size_t length = ONE_LINE - 5; length <= ONE_LINE + 5; length++)
		described(length);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bound) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
