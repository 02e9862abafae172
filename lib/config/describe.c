// SPDX-License-Identifier: GPL-2.0-only
/* A step of a plan in words: as what is to be done, and as what was done; in one line, or with one for each item. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/plan.h"

#define SHORT 66 /* characters, with "would change: " 80; what is longer has a line for each item */
#define ITEM "\n  "

/* The module's name comes first, then each item. */
static void begin(FILE *out, const struct latch_step *s)
{
	fprintf(out, "%s%s" ITEM, ftell(out) ? "" : s->module->name, ftell(out) ? "" : ":");
}

/* "NAME: ITEM, ITEM", where that is short. */
static void join(char *text)
{
	char line[SHORT + 2], *to = line;
	const char *from = text;

	while (*from && to - line < SHORT) {
		if (strncmp(from, ITEM, strlen(ITEM))) {
			*to++ = *from++;
			continue;
		}
		if (to == line || to[-1] != ':')
			*to++ = ',';
		*to++ = ' ';
		from += strlen(ITEM);
	}
	*to = '\0';
	if (!*from)
		strcpy(text, line);
}

/* Those of mod that other does not have. */
static void exceptions(FILE *out, const struct latch_step *s, const struct latch_module *mod,
		       const struct latch_module *other, const char *word)
{
	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];
		char name[4 * LATCH_ALLOW_NAME];

		if (other && latch_exception_listed(other, ex))
			continue;
		begin(out, s);
		fprintf(out, "%s %s %s %s", word, latch_id_name(mod, LATCH_ID_FEATURE | ex->key.feature),
			latch_exception_kind(ex), latch_text_shown(ex->name, "", name, sizeof(name)));
	}
}

static void load(FILE *out, const struct latch_step *s, bool done)
{
	char value[1024];

	fprintf(out, "%s: %s, %s", s->module->name, done ? "loaded" : "load",
		s->module->gated ? latch_mode_name(s->mode) : "ungated");
	for (size_t i = 0; i < s->module->nparams; i++) {
		const struct latch_param *p = &s->module->params[i];

		if (p->type == LATCH_TYPE_MODE && !p->value)
			continue;
		begin(out, s);
		fprintf(out, "%s=%s", p->name, latch_param_format(p, p->value, value, sizeof(value)));
	}
	exceptions(out, s, s->module, NULL, done ? "allowed" : "allow");
}

static void change(FILE *out, const struct latch_step *s, bool done)
{
	const char *then = done ? "was" : "is";
	char want[1024], is[1024];

	if (s->module->gated && s->before->mode != s->mode) {
		begin(out, s);
		fprintf(out, "%s (%s %s)", latch_mode_name(s->mode), then, latch_mode_name(s->before->mode));
	}
	for (size_t i = 0; i < s->module->nparams; i++) {
		const struct latch_param *p = &s->module->params[i];
		const struct latch_param *old = latch_module_param(s->before->module, p->name);

		if (!old || old->value == p->value)
			continue;
		begin(out, s);
		fprintf(out, "%s=%s (%s %s)", p->name, latch_param_format(p, p->value, want, sizeof(want)), then,
			latch_param_format(old, old->value, is, sizeof(is)));
	}
	exceptions(out, s, s->module, s->before->module, done ? "allowed" : "allow");
	exceptions(out, s, s->before->module, s->module, done ? "no longer allowed" : "no longer allow");
}

static void seal(FILE *out, const struct latch_step *s, bool done)
{
	begin(out, s);
	fprintf(out, done ? "sealed until reboot" : "seal until reboot");
	if (s->tamper)
		fprintf(out, ", on-tamper=%s", latch_tamper_word(s->tamper));
}

/* what: of LATCH_STEP_... */
static int write_text(char **text, const struct latch_step *s, unsigned int what, bool done, struct latch_error *err)
{
	size_t size;
	FILE *out = open_memstream(text, &size);

	if (!out)
		return latch_fail(err, -ENOMEM, "out of memory");
	if (what & LATCH_STEP_CHANGE)
		(s->before ? change : load)(out, s, done);
	fflush(out);
	if (what & LATCH_STEP_SEAL && s->seal)
		seal(out, s, done);
	if (fclose(out))
		return latch_fail(err, -ENOMEM, "out of memory");
	join(*text);
	return 0;
}

int latch_step_describe(struct latch_step *s, struct latch_error *err)
{
	int e = write_text(&s->done, s, LATCH_STEP_CHANGE, true, err);

	if (!e)
		e = write_text(&s->sealed, s, LATCH_STEP_SEAL, true, err);
	if (!e)
		e = write_text(&s->text, s, LATCH_STEP_CHANGE | LATCH_STEP_SEAL, false, err);
	s->change = !e && s->before && *s->done;
	return e;
}
