// SPDX-License-Identifier: GPL-2.0-only
/* What was meant by a word that is none: by its letters. */
#include <stdio.h>
#include "test.h"

static const char *const names[] = {
	"load",	   "log",     "list",	       "lockdown",	  "set", "seal", "status", "mode", "apply",
	"confirm", "dev_mem", "module_unload", "module_autoload", "msr"
};

static void nearest(void **state)
{
	static const struct {
		const char *word, *near;
	} table[] = {
		{ "load", "load" },
		{ "lod", "load" },   /* one left out; log is as near, and comes later */
		{ "laod", "load" },  /* swapped */
		{ "loadd", "load" }, /* one too many */
		{ "lopd", "load" },
		{ "Load", "load" },
		{ "lo", "load" }, /* a beginning; the first that begins so */
		{ "loc", "lockdown" },
		{ "lis", "list" },
		{ "conf", "confirm" },
		{ "cnofrim", "confirm" },
		{ "statsu", "status" },
		{ "dev_mme", "dev_mem" },
		{ "devmem", "dev_mem" },
		{ "module_unlaod", "module_unload" },
		{ "module_auto", "module_autoload" },
		{ "mrs", "msr" },
		{ "x", NULL },
		{ "", NULL },
		{ "ab", NULL },
		{ "frobnicate", NULL },
		{ "abcd", NULL }, /* not the nearest of four that are far */
		{ "tes", NULL },
		{ "module", "module_unload" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *near = latch_nearest(table[i].word, names, COUNT(names));

		if (!near != !table[i].near || (near && strcmp(near, table[i].near)))
			fail_msg("%s: %s, not %s", table[i].word, near ? near : "none",
				 table[i].near ? table[i].near : "none");
	}
	assert_null(latch_nearest("load", names, 0));
}

/* Each name with one letter left out, put in, changed or swapped is that name, where no other is as near. */
static void one_mistake(void **state)
{
	static const char *const far[] = { "enforcement", "confirm", "lockdown" };

	(void)state;
	for (size_t k = 0; k < COUNT(far); k++) {
		size_t len = strlen(far[k]);

		for (size_t i = 0; i < len; i++) {
			char words[4][32];

			snprintf(words[0], sizeof(words[0]), "%.*s%s", (int)i, far[k], far[k] + i + 1);
			snprintf(words[1], sizeof(words[1]), "%.*sz%s", (int)i, far[k], far[k] + i);
			snprintf(words[2], sizeof(words[2]), "%.*sz%s", (int)i, far[k], far[k] + i + 1);
			snprintf(words[3], sizeof(words[3]), "%s", far[k]);
			if (i) {
				words[3][i] = far[k][i - 1];
				words[3][i - 1] = far[k][i];
			}
			for (size_t j = 0; j < COUNT(words); j++)
				assert_ptr_equal(latch_nearest(words[j], far, COUNT(far)), far[k]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nearest), cmocka_unit_test(one_mistake) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
