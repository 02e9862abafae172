// SPDX-License-Identifier: GPL-2.0-only
/* A module as the configuration wants it: its file, with the values and exceptions that were set. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "config/config.h"

int latch_blame(struct latch_error *err, int code, const char *file, int line)
{
	return latch_fail_lines(err, code, "%s:%d: %.1900s", file, line, strdupa(err->text));
}

const struct latch_setting *latch_wanted_setting(const struct latch_wanted *w, const char *key)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->settings[i].key, key))
			return &w->settings[i];
	return NULL;
}

const struct latch_setting *latch_wanted_or_all(const struct latch_config *config, const struct latch_wanted *w,
						const char *key)
{
	const struct latch_setting *own = w ? latch_wanted_setting(w, key) : NULL;

	return own ? own : latch_wanted_setting(&config->all, key);
}

unsigned int latch_config_tamper(const struct latch_config *config, const char *name)
{
	const struct latch_wanted *w = NULL;
	const struct latch_setting *s;

	for (size_t i = 0; i < config->n && !w; i++)
		if (!strcmp(config->modules[i].name, name))
			w = &config->modules[i];
	s = latch_wanted_or_all(config, w, "on-tamper");
	/* It was parsed when it was read. */
	return s ? (unsigned int)latch_tamper_parse(s->value) : 0;
}

static bool is_parameter(const struct latch_wanted *w, const struct latch_setting *s)
{
	return strcmp(s->key, "mode") && strcmp(s->key, "file") && strcmp(s->key, "unload") &&
	       strcmp(s->key, "on-tamper") && !latch_setting_allows(w, s);
}

static void free_list(char **list, size_t n)
{
	while (n)
		free(list[--n]);
	free(list);
}

/* Checks each setting by itself, so that an error has its file and line, then takes all. */
static int assign(struct latch_module *mod, const struct latch_wanted *w, struct latch_error *err)
{
	char **list = calloc(w->n + 1, sizeof(*list));
	int64_t *values = calloc(mod->nparams + 1, sizeof(*values));
	struct latch_error why;
	size_t n = 0, i, j;
	int e = list && values ? 0 : latch_fail(err, -ENOMEM, "out of memory");

	for (j = 0; !e && j < mod->nparams; j++)
		values[j] = mod->params[j].value;
	for (i = 0; !e && i < w->n; i++) {
		const struct latch_setting *s = &w->settings[i];

		if (!is_parameter(w, s))
			continue;
		if (asprintf(&list[n], "%s=%s", s->key, s->value) < 0) {
			list[n] = NULL;
			e = latch_fail(err, -ENOMEM, "out of memory");
			break;
		}
		e = latch_params_assign(mod, &list[n++], 1, &why);
		if (e)
			latch_fail_lines(err, e, "%s:%d: %.1900s", s->file, s->line, why.text);
	}
	for (j = 0; !e && j < mod->nparams; j++)
		mod->params[j].value = values[j];
	if (!e && (e = latch_params_assign(mod, list, n, err)))
		latch_blame(err, e, w->file, w->line);
	if (list)
		free_list(list, n);
	free(values);
	return e;
}

/* "FEATURE KIND NAME", the name to the end of the line. */
static int allow(struct latch_module *mod, const struct latch_setting *s, FILE *notes, size_t *unmet,
		 struct latch_error *err)
{
	_cleanup_free_ char *feature = NULL, *kind = NULL;
	struct latch_exception ex;
	struct latch_error why;
	int name = 0, e;

	if (sscanf(s->value, "%ms %ms %n", &feature, &kind, &name) != 2 || !s->value[name] ||
	    strchr("\"'", s->value[name]))
		return latch_fail(err, -EINVAL,
				  "%s:%d: allow = %s: write `allow = FEATURE exe|unit|module NAME`, without "
				  "quotes",
				  s->file, s->line, s->value);
	e = latch_exception_resolve(mod, feature, kind, s->value + name, &ex, &why);
	/*
	 * What is not installed, or not yet mounted, cannot have an exception. Going without is
	 * the stricter of the two, and a machine that boots without any lockdown is not.
	 */
	if (e == -ENOENT) {
		(*unmet)++;
		if (notes)
			latch_say(notes, "%s:%d: no exception: %s", s->file, s->line, why.text);
		return 0;
	}
	if (e)
		return latch_fail_lines(err, e, "%s:%d: %.1900s", s->file, s->line, why.text);
	return latch_exception_listed(mod, &ex) || !latch_exception_append(mod, &ex) ?
		       0 :
		       latch_fail(err, -ENOMEM, "out of memory");
}

static int allow_all(struct latch_module *mod, const struct latch_wanted *w, FILE *notes, size_t *unmet,
		     struct latch_error *err)
{
	int e = 0;

	for (size_t i = 0; i < w->n && !e; i++)
		if (latch_setting_allows(w, &w->settings[i]))
			e = allow(mod, &w->settings[i], notes, unmet, err);
	return e;
}

/* It enforces from when it is loaded, and that is all there is to say of it. */
static int check_ungated(const struct latch_module *mod, const struct latch_wanted *w, struct latch_error *err)
{
	for (size_t i = 0; i < w->n && !mod->gated; i++) {
		const struct latch_setting *s = &w->settings[i];
		bool observe = !strcmp(s->key, "mode") && latch_mode_parse(s->value) != LATCH_ENFORCE;

		if (observe || is_parameter(w, s))
			return latch_fail(
				err, -EINVAL,
				"%s:%d: %s = %s: %s is ungated (not made with the latch SDK): it enforces, and "
				"has no parameters",
				s->file, s->line, s->key, s->value, w->name);
	}
	return 0;
}

/* The file, and whether it is the module; which setting, or which section, is to blame. */
static int read_file(const struct latch_wanted *w, struct latch_module **mod, struct latch_error *err)
{
	const struct latch_setting *file = latch_wanted_setting(w, "file");
	int e = latch_module_read(file ? file->value : w->name, mod, err);

	if (!e && strcmp((*mod)->name, w->name)) {
		e = latch_fail(err, -EINVAL, "%s holds module %s, not %s", file ? file->value : w->name, (*mod)->name,
			       w->name);
		latch_module_free(*mod);
	}
	return e ? latch_blame(err, e, file ? file->file : w->file, file ? file->line : w->line) : 0;
}

int latch_wanted_read(const struct latch_wanted *w, FILE *notes, struct latch_module **mod, size_t *unmet,
		      struct latch_error *err)
{
	int e = read_file(w, mod, err);

	if (e)
		return e;
	e = latch_features_resolve(*mod, err);
	if (!e)
		e = check_ungated(*mod, w, err);
	if (!e)
		e = assign(*mod, w, err);
	if (!e)
		e = allow_all(*mod, w, notes, unmet, err);
	if (e)
		latch_module_free(*mod);
	return e;
}
