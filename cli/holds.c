// SPDX-License-Identifier: GPL-2.0-only
/* What holds, said by every command alike: whether modules are called, and what comes of their settings. */
#include <stdio.h>
#include "cli.h"

enum latch_called say_called(FILE *out)
{
	struct latch_error why;
	char text[sizeof(why.text)];
	enum latch_called called = latch_called(&why);

	if (called != LATCH_CALLED_YES && out)
		fprintf(out, "%s: %s\n",
			called == LATCH_CALLED_NO ? "MODULES DO NOT WORK" : "IT IS NOT KNOWN WHETHER MODULES WORK",
			printable_lines(why.text, text, sizeof(text)));
	return called;
}

void json_called(struct json_object *o, enum latch_called called)
{
	json_object_object_add(o, "called",
			       called == LATCH_CALLED_UNKNOWN ? NULL :
								json_object_new_boolean(called == LATCH_CALLED_YES));
}

void json_holds(struct json_object *o, const struct latch_state *st, const struct latch_param *p,
		enum latch_called called)
{
	json_string(o, "holds", latch_effect_word(latch_effect(st, p, called)));
}

void json_count(struct json_object *o, const char *key, bool known, uint64_t n)
{
	json_object_object_add(o, key, known ? json_object_new_int64((int64_t)n) : NULL);
}

const char *count_text(bool known, uint64_t n, char *buf, size_t size)
{
	if (known)
		snprintf(buf, size, "%llu", (unsigned long long)n);
	else
		snprintf(buf, size, "-");
	return buf;
}

const char *holds_text(const struct latch_state *st, enum latch_called called, char *buf, size_t size)
{
	unsigned int mode = st->module->gated ? st->mode : LATCH_ENFORCE;

	*buf = '\0';
	return latch_effect(st, NULL, called) == (enum latch_effect)mode ? buf :
									   latch_effect_text(st, called, buf, size);
}

void print_holds(const struct latch_state *st, enum latch_called called, const char *indent)
{
	char text[512];

	if (*holds_text(st, called, text, sizeof(text)))
		printf("%sholds: %s\n", indent, text);
}

const char *value_holds(const struct latch_state *st, const struct latch_param *p, enum latch_called called, char *buf,
			size_t size)
{
	enum latch_effect effect;

	*buf = '\0';
	if (!st || p->type != LATCH_TYPE_MODE)
		return buf;
	effect = latch_effect(st, p, called);
	if (effect != (enum latch_effect)p->value)
		snprintf(buf, size, " (holds: %s)", latch_effect_word(effect));
	return buf;
}

static int say_holds(struct latch_state *st, void *arg)
{
	enum latch_called called = *(enum latch_called *)arg;
	char text[512];

	printf("%s: %s\n", st->module->name, latch_effect_text(st, called, text, sizeof(text)));
	return called != LATCH_CALLED_YES && latch_state_enforces(st) ? EXIT_KERNEL : EXIT_DONE;
}

int report_holds(struct latch *l, const char *name)
{
	enum latch_called called = say_called(stderr);

	return each_state(l, name, say_holds, &called);
}

static int enforces_uncalled(struct latch_state *st, void *arg)
{
	(void)arg;
	return latch_state_enforces(st) ? EXIT_KERNEL : EXIT_DONE;
}

int enforcement_called(struct latch *l)
{
	return say_called(stderr) == LATCH_CALLED_YES ? EXIT_DONE : each_state(l, NULL, enforces_uncalled, NULL);
}
