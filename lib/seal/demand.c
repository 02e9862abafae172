// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a seal needs from below: who can change the running kernel can undo it. Each
 * feature of lockdown that closes such a way has to be enforced, and the lockdown
 * module itself sealed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"

/* The built-in lockdown denies the kernel's own reasons up to its level, and is never weakened. */
static bool built_in(const struct latch_feature_facts *f)
{
	return !f->own && (int)f->property <= latch_builtin_lockdown();
}

bool latch_seal_demanded(const char *feature)
{
	const struct latch_feature_facts *f = latch_feature_facts(feature);

	return f && f->undoes_seal && !built_in(f) && !latch_feature_absent(feature);
}

static int from_state(const struct latch_state *st, bool sealing, struct latch_findings *f)
{
	int e = 0;

	for (size_t i = 0; i < st->module->nparams && !e; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE || !latch_seal_demanded(p->name))
			continue;
		if (p->value != LATCH_ENFORCE || st->mode != LATCH_ENFORCE)
			e = latch_finding_add(f, LATCH_OPEN, p->name, "%s", latch_feature_facts(p->name)->open);
	}
	for (size_t i = 0; i < st->module->nexceptions && !e; i++) {
		const struct latch_exception *ex = &st->module->exceptions[i];
		const char *feature = latch_id_name(st->module, LATCH_ID_FEATURE | ex->key.feature);

		if (latch_seal_demanded(feature))
			e = latch_finding_add(f, LATCH_OPEN, feature, "it has an exception for %s %s",
					      latch_exception_kind(ex), ex->name);
	}
	if (!e && !st->sealed && !sealing)
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN, "the lockdown module is not sealed itself");
	if (!e && st->sealed && st->seal.flags & LATCH_SEAL_WEAK)
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN, "the lockdown module is sealed weakly");
	return e;
}

int latch_seal_demands(struct latch *l, const char *name, struct latch_findings *f, struct latch_error *err)
{
	struct latch_state *st = NULL;
	int e = latch_state_read(l, LATCH_LOCKDOWN, &st, err);

	memset(f, 0, sizeof(*f));
	if (!e)
		e = from_state(st, !strcmp(name, LATCH_LOCKDOWN), f);
	else if (e == -ENOENT)
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN,
				      "the lockdown module is not loaded, so root can change the running kernel");
	else
		return e;
	latch_state_free(st);
	if (e) {
		free(f->list);
		return latch_fail(err, e, "%s", strerror(-e));
	}
	return 0;
}
