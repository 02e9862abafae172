// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise --write: the advice as a part of the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "advise.h"

struct writing {
	FILE *out;
	struct latch_setting *list; /* as it has to be read */
	size_t n;
	bool bad;
};

/* A comment is one line, and of a length that is read. */
static void comment(struct writing *w, const char *text)
{
	char line[160];

	fprintf(w->out, "# %s\n", printable(text, line, sizeof(line)));
}

static void setting(struct writing *w, const char *key, char *value)
{
	struct latch_setting *s = reallocarray(w->list, w->n + 1, sizeof(*s));

	if (!s || !value) {
		w->bad = true;
		free(value);
		w->list = s ? s : w->list;
		return;
	}
	w->list = s;
	fprintf(w->out, "%s = %s\n", key, value);
	s[w->n++] = (struct latch_setting){ .key = (char *)key, .value = value };
}

/*
 * What is enforced stays so, and what is not known stays as it is. What was used only under exceptions
 * is enforced, where the record says all.
 */
static unsigned int mode_of(const struct advice *a, const struct latch_param *p, bool known)
{
	const char *v = advice_verdict(a, p);

	if (p->value == LATCH_ENFORCE || (!strcmp(v, "absent") && p->value != LATCH_OFF))
		return LATCH_ENFORCE;
	if (!strcmp(v, "unused"))
		return advice_seal_needs(p) ? LATCH_OBSERVE : LATCH_ENFORCE;
	if (!strcmp(v, "used"))
		return known && advice_only_excepted(a, p) && !advice_seal_needs(p) ? LATCH_ENFORCE : LATCH_OBSERVE;
	return (unsigned int)p->value;
}

static void write_feature(struct writing *w, const struct advice *a, const struct latch_param *p)
{
	const struct latch_feature_facts *facts = latch_feature_facts(p->name);
	char why[REASON_MAX + 32];
	const char *unknown = latch_feature_absent(p->name) ? NULL : advice_unknown(a, p, why, sizeof(why));
	unsigned int mode = mode_of(a, p, !unknown);

	if (mode == LATCH_OFF)
		return;
	if (unknown)
		comment(w, unknown);
	if (mode != LATCH_ENFORCE && facts && facts->undoes_seal)
		comment(w, "a seal (unload = deny) demands this enforced, without exceptions");
	if (advice_seal_needs(p))
		comment(w, "a seal (unload = deny) needs this at observe: where nothing is sealed, it can be enforced");
	setting(w, p->name, strdup(latch_mode_name(mode)));
}

static bool is_written(const struct writing *w, const char *allow)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->list[i].key, "allow") && !strcmp(w->list[i].value, allow))
			return true;
	return false;
}

/* `latch apply` takes away those that the configuration does not have. */
static void write_exception(struct writing *w, const struct latch_module *mod, const struct latch_exception *ex)
{
	const char *kind = latch_exception_kind(ex);
	char *allow;

	if (asprintf(&allow, "%s %s %s", latch_id_name(mod, LATCH_ID_FEATURE | ex->key.feature), kind, ex->name) < 0)
		allow = NULL;
	if (allow && is_written(w, allow)) {
		free(allow);
		return;
	}
	if (!strcmp(kind, "exe"))
		comment(w, "whoever runs this program is allowed to do that with it");
	setting(w, "allow", allow);
}

static void write_all(struct writing *w, const struct advice *a)
{
	const struct latch_module *mod = a->st->module;
	char time[32];

	fprintf(w->out, "# Written by latch lockdown advise from what was seen since %s.\n",
		format_time(&a->st->info.loaded, time, sizeof(time)));
	fputs("# What a boot does was seen only if that began at boot: put `all = observe` into " LATCH_CONFIG_DIR
	      ", enable\n"
	      "# latch.service and reboot before any of this is enforced: latch-lockdown(8), OBSERVING.\n[lockdown]\n",
	      w->out);
	for (size_t i = 0; i < mod->nparams; i++)
		write_feature(w, a, &mod->params[i]);
	for (size_t i = 0; i < mod->nexceptions; i++)
		write_exception(w, mod, &mod->exceptions[i]);
}

int advice_write(const struct advice *a, bool force)
{
	struct writing w = { 0 };
	char *text = NULL;
	size_t size = 0;
	int r;

	w.out = open_memstream(&text, &size);
	if (w.out)
		write_all(&w, a);
	if (!w.out || fclose(w.out) || w.bad) {
		message("%m");
		r = EXIT_FAILED;
	} else {
		r = write_drop_in(text, size, w.list, w.n, force);
	}
	while (w.n)
		free(w.list[--w.n].value);
	free(w.list);
	free(text);
	return r;
}
