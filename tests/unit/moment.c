// SPDX-License-Identifier: GPL-2.0-only
/* Moments in words: by the wall clock as it was, in the reader's time zone; and the SDK that a file is of. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include "base/base.h"
#include "test.h"

#define SECOND 1000000000ull

static const struct {
	const char *zone, *text;
	struct latch_time t;
} moments[] = {
	{ "UTC", "2026-11-24 10:15:01", { 5 * SECOND, 1795515301 * SECOND + 999999999 } },
	{ "XXX-5:30", "2026-11-24 15:45:01", { 5 * SECOND, 1795515301 * SECOND } },
	{ "YYY8", "2026-11-24 02:15:01", { 5 * SECOND, 1795515301 * SECOND } },
	{ "UTC", "2020-01-01 00:00:00", { 5 * SECOND, 1577836800 * SECOND } },
	{ "UTC", "boot+0d 00:00:05", { 5 * SECOND, 1577836800 * SECOND - 1 } },
	{ "YYY8", "boot+0d 00:00:07", { 7 * SECOND, 7 * SECOND } },
	{ "UTC", "boot+0d 00:00:00", { 0, 0 } },
	{ "UTC", "boot+9999d 23:59:59", { 863999999 * SECOND, 0 } },
	{ "UTC", "2554-07-21 23:34:33", { 0, UINT64_MAX } },
};

static void words(void **state)
{
	char text[32];

	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		setenv("TZ", moments[i].zone, 1);
		tzset();
		assert_string_equal(latch_time_format(&moments[i].t, text, sizeof(text)), moments[i].text);
		assert_int_equal(latch_time_set(&moments[i].t), *moments[i].text == '2');
	}
}

static void now(void **state)
{
	struct latch_time t = latch_now(), program = { 0, 5 * SECOND };
	struct timespec real;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &real);
	assert_in_range(t.wall, ((uint64_t)real.tv_sec - 10) * SECOND, ((uint64_t)real.tv_sec + 1) * SECOND);
	assert_in_range(t.boot, 1, latch_boot_ns());
	/* A program's clock, before the offset: not a time in the far future. */
	latch_time_of_program(&program);
	assert_in_range(program.wall, 0, 5 * SECOND);
	clock_gettime(CLOCK_TAI, &real);
	program.wall = (uint64_t)real.tv_sec * SECOND;
	latch_time_of_program(&program);
	assert_in_range(program.wall, t.wall - 2 * SECOND, t.wall + 2 * SECOND);
}

static void sdk(void **state)
{
	struct latch_gate gates[] = { { .abi = 0 }, { .abi = LATCH_ABI - 1 }, { .abi = LATCH_ABI + 1 } };
	struct latch_module *mod;
	struct latch_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(gates); i++) {
		struct object o = object_read(OBJECT("every"));

		object_set(&o, ".data.gate", &gates[i], sizeof(gates[i]));
		assert_int_equal(latch_module_parse(o.data, o.size, "every", &mod, &err), -ENOEXEC);
		assert_non_null(strstr(err.text, "made with the SDK of another latch (ABI "));
		object_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(now),
		cmocka_unit_test(sdk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
