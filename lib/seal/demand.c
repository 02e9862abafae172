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

#define EXCEPTION "it has an exception "

/* The built-in lockdown denies the kernel's own reasons up to its level, and is never weakened. */
static bool built_in(const struct latch_feature_facts *f)
{
	return !f->own && (int)f->property <= latch_builtin_lockdown();
}

bool latch_seal_undone_by(const char *feature)
{
	const struct latch_feature_facts *f = latch_feature_facts(feature);

	return f && f->undoes_seal && !built_in(f);
}

bool latch_seal_demanded(const char *feature)
{
	return latch_seal_undone_by(feature) && !latch_feature_absent(feature);
}

/* What holds, where it is loaded: a hook of it may have been detached. */
static bool holds(const struct latch_below *b, const struct latch_param *p)
{
	if (b->st)
		return latch_effect(b->st, p, LATCH_CALLED_YES) == LATCH_EFFECT_ENFORCE;
	return p->value == LATCH_ENFORCE && b->mode == LATCH_ENFORCE;
}

static int of_module(const struct latch_below *b, struct latch_findings *f)
{
	const struct latch_feature_facts *fact;
	char foreign[512];
	int e = 0;

	if (latch_lockdown_foreign(b->module, foreign, sizeof(foreign)))
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN, "%s", foreign);
	for (size_t i = 0; i < b->module->nparams && !e; i++) {
		const struct latch_param *p = &b->module->params[i];

		if (p->type != LATCH_TYPE_MODE || !latch_seal_demanded(p->name))
			continue;
		if (!holds(b, p))
			e = latch_finding_add(f, LATCH_OPEN, p->name, "%s", latch_feature_facts(p->name)->open);
	}
	for (size_t i = 0; (fact = latch_feature_facts_at(i)) && !e; i++)
		if (latch_seal_demanded(fact->name) && !latch_module_feature(b->module, fact->name))
			e = latch_finding_add(f, LATCH_OPEN, fact->name, "the module has no such feature");
	for (size_t i = 0; i < b->module->nexceptions && !e; i++) {
		const struct latch_exception *ex = &b->module->exceptions[i];
		const char *feature = latch_id_name(b->module, LATCH_ID_FEATURE | ex->key.feature);

		if (latch_seal_demanded(feature))
			e = latch_finding_add(f, LATCH_OPEN, feature, EXCEPTION "for %s %s", latch_exception_kind(ex),
					      ex->name);
	}
	if (!e && !b->sealed)
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN, "the lockdown module is not sealed itself");
	if (!e && b->weak)
		e = latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN, "the lockdown module is sealed weakly");
	return e;
}

int latch_below_demands(const struct latch_below *b, struct latch_findings *f, struct latch_error *err)
{
	int e;

	memset(f, 0, sizeof(*f));
	e = b->module ? of_module(b, f) :
			latch_finding_add(f, LATCH_OPEN, LATCH_LOCKDOWN,
					  "the lockdown module is not loaded, so root can change the running kernel");
	if (e) {
		free(f->list);
		memset(f, 0, sizeof(*f));
		return latch_fail(err, e, "%s", strerror(-e));
	}
	return 0;
}

void latch_below_of(const struct latch_state *st, struct latch_below *b)
{
	b->module = st->module;
	b->st = st;
	b->mode = st->mode;
	b->is_sealed = b->sealed = st->sealed;
	b->weak = st->sealed && st->seal.flags & LATCH_SEAL_WEAK;
}

int latch_below_read(struct latch *l, const char *name, struct latch_below *b, struct latch_state **st,
		     struct latch_error *err)
{
	int e = latch_state_read(l, LATCH_LOCKDOWN, st, err);

	memset(b, 0, sizeof(*b));
	if (e == -ENOENT)
		*st = NULL;
	else if (e)
		return e;
	else
		latch_below_of(*st, b);
	b->sealed |= !strcmp(name, LATCH_LOCKDOWN);
	return 0;
}

int latch_seal_demands(struct latch *l, const char *name, struct latch_findings *f, struct latch_error *err)
{
	struct latch_below b;
	struct latch_state *st;
	int e = latch_below_read(l, name, &b, &st, err);

	memset(f, 0, sizeof(*f));
	if (e)
		return e;
	e = latch_below_demands(&b, f, err);
	latch_state_free(st);
	return e;
}

/* The findings, a line each; what does not fit is counted. */
static void list_demands(const struct latch_findings *f, char *list, size_t size)
{
	char line[sizeof(f->list->text) + LATCH_NAME_MAX + 8];
	size_t used = 0, i;

	for (i = 0; i < f->n; i++) {
		size_t n = (size_t)snprintf(line, sizeof(line), "\n  %s: %s", f->list[i].feature, f->list[i].text);

		if (used + n + 32 > size)
			break;
		memcpy(list + used, line, n + 1);
		used += n;
	}
	if (i < f->n)
		snprintf(list + used, size - used, "\n  and %zu more", f->n - i);
}

/* What would help: --with-lockdown leaves exceptions as they are. */
static const char *remedy_of(const struct latch_findings *f, const struct latch_below *b)
{
	size_t exceptions = 0;

	for (size_t i = 0; i < f->n; i++)
		exceptions += !strncmp(f->list[i].text, EXCEPTION, strlen(EXCEPTION));
	if (b->is_sealed)
		return "lockdown is sealed as it is, so that can change only at the next boot; ";
	if (b->configured)
		return "[lockdown] has to enforce these features, without exceptions, and have `unload = deny`";
	if (exceptions == f->n)
		return "`latch lockdown disallow` takes an exception back; ";
	return exceptions ? "`latch lockdown disallow` takes an exception back, --with-lockdown enforces and seals the "
			    "features; " :
			    "--with-lockdown enforces and seals these features too; ";
}

/* Ways that no setting of lockdown closes, or none that enforces: in a line. */
static void join_ways(const struct latch_findings *f, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < f->n && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s: %s", i ? "; and " : "", f->list[i].feature,
					 f->list[i].text);
}

int latch_seal_refuse_open(const char *name, const struct latch_findings *f, size_t demands,
			   const struct latch_below *b, struct latch_error *err)
{
	struct latch_findings demanded = { .list = f->list, .n = demands };
	char list[1400] = "";

	if (!f->n)
		return 0;
	if (!demands) {
		join_ways(f, list, sizeof(list));
		return latch_fail(err, -EOPNOTSUPP, "%s is not sealed, a way would stay open: %s%s", name, list,
				  b->configured ? "" : " (--weak seals it all the same)");
	}
	list_demands(f, list, sizeof(list));
	return latch_fail_lines(err, -EKEYREJECTED, "%s is not sealed: it could be undone from below:%s\n%s%s%s%s",
				name, list, remedy_of(&demanded, b), b->configured ? "" : "--weak seals ",
				b->configured ? "" : name, b->configured ? "" : " all the same");
}
