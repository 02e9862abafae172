// SPDX-License-Identifier: GPL-2.0-only
/* What holds of a loaded module: its settings, its mode, its hooks and the kernel taken together. */
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

/* Features by what holds of them. */
struct features {
	unsigned int features, by[LATCH_EFFECT_UNKNOWN + 1];
	unsigned int held_back; /* set to enforce, and only observed, as the module is */
};

/* Whether a hook that serves the feature is not attached. */
static bool lacks_hook(const struct latch_module *mod, const struct latch_param *p)
{
	for (size_t i = 0; i < mod->nhooks; i++)
		if (!mod->hooks[i].attached && latch_list_has(p->hooks, mod->hooks[i].name))
			return true;
	return false;
}

static enum latch_effect as_called(unsigned int mode, enum latch_called called)
{
	if (mode == LATCH_OFF || called == LATCH_CALLED_YES)
		return (enum latch_effect)mode;
	return called == LATCH_CALLED_NO ? LATCH_EFFECT_NOT_CALLED : LATCH_EFFECT_UNKNOWN;
}

static enum latch_effect of_feature(const struct latch_state *st, const struct latch_param *p, enum latch_called called)
{
	unsigned int mode = st->mode < (unsigned int)p->value ? st->mode : (unsigned int)p->value;
	enum latch_effect effect = as_called(mode, called);

	if (st->mode > LATCH_ENFORCE || p->value < LATCH_OFF || p->value > LATCH_ENFORCE)
		return LATCH_EFFECT_DAMAGED; /* somebody wrote into its maps */
	return effect <= LATCH_EFFECT_ENFORCE && effect != LATCH_EFFECT_OFF && lacks_hook(st->module, p) ?
		       LATCH_EFFECT_DAMAGED :
		       effect;
}

static void count(const struct latch_state *st, enum latch_called called, struct features *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < st->module->nparams; i++) {
		const struct latch_param *p = &st->module->params[i];

		if (p->type != LATCH_TYPE_MODE)
			continue;
		t->features++;
		t->by[of_feature(st, p, called)]++;
		t->held_back += p->value == LATCH_ENFORCE && st->mode == LATCH_OBSERVE;
	}
}

enum latch_effect latch_effect(const struct latch_state *st, const struct latch_param *p, enum latch_called called)
{
	struct features t;
	unsigned int mode = st->module->gated ? st->mode : LATCH_ENFORCE;
	bool only;

	if (p && p->type == LATCH_TYPE_MODE)
		return of_feature(st, p, called);
	count(st, called, &t);
	/* Of a module that is asked for its features only, the strictest of them holds. */
	only = latch_features_only(st->module);
	if (only && t.features == t.by[LATCH_EFFECT_OFF])
		return LATCH_EFFECT_OFF;
	if (called != LATCH_CALLED_YES)
		return as_called(mode, called);
	if (st->missing || mode > LATCH_ENFORCE || t.by[LATCH_EFFECT_DAMAGED])
		return LATCH_EFFECT_DAMAGED;
	if (mode == LATCH_ENFORCE && only && !t.by[LATCH_EFFECT_ENFORCE])
		return LATCH_EFFECT_OBSERVE;
	return (enum latch_effect)mode;
}

static const char *const words[] = { "off", "observe", "enforce", "damaged", "not called", "unknown" };

const char *latch_effect_word(enum latch_effect effect)
{
	return effect <= LATCH_EFFECT_UNKNOWN ? words[effect] : "invalid";
}

bool latch_state_enforces(const struct latch_state *st)
{
	if (!st->module->gated || st->mode != LATCH_ENFORCE)
		return !st->module->gated;
	for (size_t i = 0; i < st->module->nparams; i++)
		if (st->module->params[i].type == LATCH_TYPE_MODE && st->module->params[i].value == LATCH_ENFORCE)
			return true;
	return !latch_features_only(st->module);
}

static void features_text(const struct latch_state *st, const struct features *t, char *buf, size_t size)
{
	int n = snprintf(buf, size, ": %u of %u features enforced, %u observed", t->by[LATCH_EFFECT_ENFORCE],
			 t->features, t->by[LATCH_EFFECT_OBSERVE]);

	if (t->by[LATCH_EFFECT_DAMAGED])
		n += snprintf(buf + n, size - (size_t)n, ", %u in part at most", t->by[LATCH_EFFECT_DAMAGED]);
	if (t->held_back)
		snprintf(buf + n, size - (size_t)n,
			 ": %u set to enforce only observe%s, as the module is in observe (`latch mode %s enforce`)",
			 t->held_back, t->held_back == 1 ? "s" : "", st->module->name);
}

const char *latch_effect_text(const struct latch_state *st, enum latch_called called, char *buf, size_t size)
{
	enum latch_effect effect = latch_effect(st, NULL, called);
	char features[256] = "";
	struct features t;

	count(st, called, &t);
	if (t.features && called == LATCH_CALLED_YES)
		features_text(st, &t, features, sizeof(features));
	if (st->module->gated && st->mode == LATCH_OFF)
		snprintf(buf, size, "off: somebody closed its gate");
	else if (effect == LATCH_EFFECT_OFF)
		snprintf(buf, size, "every feature is off");
	else if (effect == LATCH_EFFECT_NOT_CALLED)
		snprintf(buf, size, "not called: nothing is denied, and nothing is observed");
	else if (effect == LATCH_EFFECT_UNKNOWN)
		snprintf(buf, size, "unknown: whether it is called could not be read");
	else if (!st->module->gated)
		snprintf(buf, size, "%s", effect == LATCH_EFFECT_DAMAGED ? "ungated, damaged: it may deny in part" :
									 "ungated: it enforces");
	else
		snprintf(buf, size, "%s%s", latch_effect_word(effect), features);
	return buf;
}
