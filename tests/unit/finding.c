// SPDX-License-Identifier: GPL-2.0-only
/* Findings: said once, and what they say of the property. */
#include <errno.h>
#include <stdlib.h>
#include "lockdown/lockdown.h"
#include "test.h"

static void said_once(void **state)
{
	struct latch_findings f = { 0 };

	(void)state;
	assert_int_equal(latch_finding_add(&f, LATCH_LATE, "dev_mem", "pid %d", 1), 0);
	assert_int_equal(latch_finding_add(&f, LATCH_LATE, "dev_mem", "pid %d", 1), 0);
	assert_int_equal(f.n, 1);
	assert_int_equal(latch_finding_add(&f, LATCH_LATE, "dev_mem", "pid %d", 2), 0);
	assert_int_equal(latch_finding_add(&f, LATCH_LATE, "kcore", "pid %d", 1), 0);
	assert_int_equal(latch_finding_add(&f, LATCH_OPEN, "dev_mem", "pid %d", 1), 0);
	assert_int_equal(f.n, 4);
	assert_string_equal(f.list[1].text, "pid 2");
	free(f.list);
}

static void a_text_is_cut(void **state)
{
	struct latch_findings f = { 0 };
	char text[4 * sizeof(f.list->text)];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(latch_finding_add(&f, LATCH_OPEN, text, "%s", text), 0);
	assert_int_equal(strlen(f.list->text), sizeof(f.list->text) - 1);
	assert_int_equal(strlen(f.list->feature), sizeof(f.list->feature) - 1);
	free(f.list);
}

static void only_notes_hold(void **state)
{
	struct latch_findings f = { 0 };

	(void)state;
	assert_true(latch_findings_hold(&f));
	latch_finding_add(&f, LATCH_NOTE, "iommu", "%s", "none");
	assert_true(latch_findings_hold(&f));
	for (unsigned int kind = 0; kind < LATCH_FINDING_KINDS; kind++) {
		if (kind == LATCH_NOTE)
			continue;
		latch_finding_add(&f, kind, "some", "%s", "way");
		assert_false(latch_findings_hold(&f));
		f.n--;
	}
	free(f.list);
}

/* What was used before tells more than what could not be looked at. */
static void the_first_of_a_feature(void **state)
{
	struct latch_findings f = { 0 };
	size_t more = 7;

	(void)state;
	assert_null(latch_before_first(&f, "dev_mem", &more));
	assert_int_equal(more, 0);
	latch_finding_add(&f, LATCH_UNSEEN, "dev_mem", "%s", "unseen");
	latch_finding_add(&f, LATCH_LATE, "kcore", "%s", "other");
	assert_string_equal(latch_before_first(&f, "dev_mem", &more)->text, "unseen");
	assert_int_equal(more, 0);
	latch_finding_add(&f, LATCH_LATE, "dev_mem", "%s", "first");
	latch_finding_add(&f, LATCH_LATE, "dev_mem", "%s", "second");
	assert_string_equal(latch_before_first(&f, "dev_mem", &more)->text, "first");
	assert_int_equal(more, 2);
	assert_null(latch_before_first(&f, "msr", &more));
	free(f.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(said_once),
		cmocka_unit_test(a_text_is_cut),
		cmocka_unit_test(only_notes_hold),
		cmocka_unit_test(the_first_of_a_feature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
