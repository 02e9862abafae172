// SPDX-License-Identifier: GPL-2.0-only
/* What the library says of the running kernel to somebody who may do nothing. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "module/module.h"
#include "test.h"

static void doctor(void **state)
{
	struct latch_check checks[LATCH_CHECKS];
	bool bad = false, privilege = false;
	int e;

	(void)state;
	memset(checks, 'x', sizeof(checks));
	e = latch_doctor(checks, true);
	for (size_t i = 0; i < LATCH_CHECKS; i++) {
		assert_non_null(checks[i].name);
		assert_true(checks[i].name[0] != '\0');
		assert_non_null(memchr(checks[i].text, '\0', sizeof(checks[i].text)));
		assert_true(checks[i].text[0] != '\0');
		assert_null(strchr(checks[i].text, '\n'));
		assert_in_range(checks[i].state, LATCH_CHECK_OK, LATCH_CHECK_BAD);
		bad |= checks[i].state >= LATCH_CHECK_UNKNOWN && !checks[i].optional;
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(checks[i].name, checks[j].name);
		/* What takes privilege was not looked at, and is not called good. */
		if (!strcmp(checks[i].name, "called"))
			assert_int_equal(checks[i].state, LATCH_CHECK_UNKNOWN);
		if (strcmp(checks[i].name, "privilege"))
			continue;
		privilege = true;
		assert_int_equal(checks[i].state, LATCH_CHECK_BAD);
		assert_non_null(strstr(checks[i].text, "run latch as root"));
	}
	assert_true(privilege);
	assert_int_equal(e, bad ? -EOPNOTSUPP : 0);
}

static void ready(void **state)
{
	struct latch_error err = { "" };
	int e = latch_kernel_ready(&err);

	(void)state;
	assert_true(e == 0 || e == -EOPNOTSUPP);
	assert_int_equal(e == 0, err.text[0] == '\0');
}

static void privilege(void **state)
{
	struct latch_error err = { "" };
	struct latch *l = NULL;

	(void)state;
	assert_int_equal(latch_open(&l, true, &err), -EPERM);
	assert_null(l);
	assert_non_null(strstr(err.text, "run it as root"));
	assert_int_equal(latch_open(&l, false, &err), -EPERM);
	latch_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doctor),
		cmocka_unit_test(ready),
		cmocka_unit_test(privilege),
	};

	drop_privilege();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
