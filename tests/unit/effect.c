// SPDX-License-Identifier: GPL-2.0-only
/* What holds of a module and of its features: settings, mode, hooks and kernel taken together. */
#include <stdio.h>
#include <stdlib.h>
#include "loaded/loaded.h"
#include "test.h"

enum { OFF = LATCH_OFF, OBSERVE = LATCH_OBSERVE, ENFORCE = LATCH_ENFORCE };
enum { NO = LATCH_CALLED_NO, YES = LATCH_CALLED_YES, UNKNOWN = LATCH_CALLED_UNKNOWN };

/* A module of two features, each with a hook of its own. */
static struct latch_state *state_of(unsigned int mode, int64_t first, int64_t second, bool attached)
{
	static const char text[] = "name=some\0feature=one:0:file_open::first\0feature=two:1:inode_unlink::second\0"
				   "hook=0:file_open\0hook=1:inode_unlink\0at=latch_feature:0";
	struct latch_state *st = calloc(1, sizeof(*st));

	assert_non_null(st);
	st->module = module_of_text(text);
	st->mode = mode;
	st->module->params[0].value = first;
	st->module->params[1].value = second;
	st->module->hooks[0].attached = attached;
	st->module->hooks[1].attached = true;
	st->missing = !attached;
	return st;
}

/* Every mode with every value, called or not: the weaker of the two, and never more than is called. */
static void every_combination(void **state)
{
	(void)state;
	for (unsigned int mode = OFF; mode <= ENFORCE; mode++)
		for (int64_t value = OFF; value <= ENFORCE; value++)
			for (int called = NO; called <= UNKNOWN; called++)
				for (int attached = 0; attached < 2; attached++) {
					struct latch_state *st = state_of(mode, value, OFF, attached);
					enum latch_effect got = latch_effect(st, &st->module->params[0], called);
					unsigned int weaker = mode < value ? mode : (unsigned int)value;

					if (weaker == OFF)
						assert_int_equal(got, LATCH_EFFECT_OFF);
					else if (called != YES)
						assert_int_equal(got, called == NO ? LATCH_EFFECT_NOT_CALLED :
										     LATCH_EFFECT_UNKNOWN);
					else
						assert_int_equal(got, attached ? weaker : LATCH_EFFECT_DAMAGED);
					/* Of a module nothing better is said than of the best of its features. */
					assert_true(got == LATCH_EFFECT_ENFORCE ||
						    latch_effect(st, NULL, called) != LATCH_EFFECT_ENFORCE);
					latch_state_free(st);
				}
}

static void sentences(void **state)
{
	static const struct {
		unsigned int mode;
		int64_t first, second;
		int called;
		bool attached;
		const char *word, *text;
	} table[] = {
		{ ENFORCE, ENFORCE, OBSERVE, YES, true, "enforce",
		  "enforce: 1 of 2 features enforced, 1 observed" },
		{ ENFORCE, OBSERVE, OBSERVE, YES, true, "observe",
		  "observe: 0 of 2 features enforced, 2 observed" },
		{ ENFORCE, OFF, OFF, YES, true, "off", "every feature is off" },
		{ ENFORCE, OFF, OFF, NO, true, "off", "every feature is off" },
		{ OBSERVE, ENFORCE, ENFORCE, YES, true, "observe",
		  "observe: 0 of 2 features enforced, 2 observed: 2 set to enforce only observe, as the module is in "
		  "observe (`latch mode some enforce`)" },
		{ OBSERVE, ENFORCE, OFF, YES, true, "observe",
		  "observe: 0 of 2 features enforced, 1 observed: 1 set to enforce only observes, as the module is in "
		  "observe (`latch mode some enforce`)" },
		{ OFF, ENFORCE, OFF, YES, true, "off", "off: somebody closed its gate" },
		{ ENFORCE, ENFORCE, OFF, NO, true, "not called", "not called: nothing is denied, and nothing is observed" },
		{ ENFORCE, ENFORCE, OFF, UNKNOWN, true, "unknown", "unknown: whether it is called could not be read" },
		{ ENFORCE, ENFORCE, OFF, YES, false, "damaged",
		  "damaged: 0 of 2 features enforced, 0 observed, 1 in part at most" },
		{ 7, ENFORCE, OFF, YES, true, "damaged",
		  "damaged: 0 of 2 features enforced, 0 observed, 2 in part at most" },
		{ ENFORCE, 7, OFF, YES, true, "damaged",
		  "damaged: 0 of 2 features enforced, 0 observed, 1 in part at most" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct latch_state *st =
			state_of(table[i].mode, table[i].first, table[i].second, table[i].attached);

		assert_string_equal(latch_effect_word(latch_effect(st, NULL, table[i].called)), table[i].word);
		assert_string_equal(latch_effect_text(st, table[i].called, text, sizeof(text)), table[i].text);
		latch_state_free(st);
	}
}

static void without_features(void **state)
{
	static const char gated[] = "name=some\0hook=0:file_open", ungated[] = "name=some\0ungated=\0hook=0:file_open";
	static const struct {
		bool gated;
		unsigned int mode;
		int called;
		const char *text;
	} table[] = {
		{ true, ENFORCE, YES, "enforce" },
		{ true, OBSERVE, YES, "observe" },
		{ true, ENFORCE, NO, "not called: nothing is denied, and nothing is observed" },
		{ false, OFF, YES, "ungated: it enforces" },
		{ false, OFF, NO, "not called: nothing is denied, and nothing is observed" },
		{ false, OFF, UNKNOWN, "unknown: whether it is called could not be read" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct latch_state st = { .mode = table[i].mode };

		st.module = table[i].gated ? module_of_text(gated) : module_of_text(ungated);
		assert_string_equal(latch_effect_text(&st, table[i].called, text, sizeof(text)), table[i].text);
		assert_int_equal(latch_state_enforces(&st), !table[i].gated || table[i].mode == ENFORCE);
		latch_module_free(st.module);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination),
		cmocka_unit_test(sentences),
		cmocka_unit_test(without_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
