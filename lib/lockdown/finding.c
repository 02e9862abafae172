// SPDX-License-Identifier: GPL-2.0-only
/* What was found while asking whether a property of lockdown holds. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lockdown/lockdown.h"

static bool known(const struct latch_findings *f, const struct latch_finding *new)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].kind == new->kind && !strcmp(f->list[i].feature, new->feature) &&
		    !strcmp(f->list[i].text, new->text))
			return true;
	return false;
}

int latch_finding_add(struct latch_findings *f, enum latch_finding_kind kind, const char *feature, const char *fmt, ...)
{
	struct latch_finding new = { .kind = kind }, *grown;
	char text[sizeof(new.text)];
	va_list ap;

	snprintf(new.feature, sizeof(new.feature), "%s", feature);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	latch_text_shown(text, "", new.text, sizeof(new.text)); /* it quotes names of files and processes */
	if (known(f, &new))
		return 0;
	grown = reallocarray(f->list, f->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	f->list = grown;
	f->list[f->n++] = new;
	return 0;
}

bool latch_findings_hold(const struct latch_findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].kind != LATCH_NOTE)
			return false;
	return true;
}
