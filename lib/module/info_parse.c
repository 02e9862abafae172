// SPDX-License-Identifier: GPL-2.0-only
/* The strings of info.c taken in: parameters, features, hooks, and what a module is called. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

#define WORDS_MAX 32 /* one bit each */
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define RESERVED "all, allow, file, mode, on-tamper or unload" /* reserved() in info.c */

/* Cuts value at ':' into n fields; the last takes the rest. Returns how many there were. */
static int split(char *value, char **field, int n)
{
	int i = 0;

	field[i++] = value;
	while (i < n && (value = strchr(value, ':'))) {
		*value++ = '\0';
		field[i++] = value;
	}
	return i;
}

static int number(const char *s, int64_t min, int64_t max, int64_t *v)
{
	char *end;

	errno = 0;
	*v = strtoll(s, &end, 0);
	return errno || end == s || *end || *v < min || *v > max ? -EINVAL : 0;
}

/* How many words a list has; 0: too many, or one that is empty, `none`, or there twice. */
static int count_words(const char *list)
{
	for (int n = 1; n <= WORDS_MAX; n++) {
		size_t len = strcspn(list, ",");
		_cleanup_free_ char *word = strndup(list, len);

		list += len;
		if (!len || !word || !strcmp(word, "none") || latch_list_has(list, word))
			return 0;
		if (!*list++)
			return n;
	}
	return 0;
}

/* Whether all of the range can be held; that of words follows from their number. */
static bool range_ok(struct latch_param *p, const char *words)
{
	int n;

	switch (p->type) {
	case LATCH_TYPE_BOOL:
		p->min = 0;
		p->max = 1;
		return true;
	case LATCH_TYPE_FLAGS:
		n = count_words(words);
		p->min = 0;
		p->max = (1ll << n) - 1;
		return n;
	case LATCH_TYPE_INT:
		return p->min <= p->max && p->max <= INT32_MAX;
	default:
		break;
	}
	return p->min >= 0 && p->min <= p->max;
}

static int take_parm(struct latch_module *mod, char *value, void *arg)
{
	static const struct {
		const char *name;
		enum latch_type type;
	} types[] = {
		{ "int", LATCH_TYPE_INT },
		{ "unsigned int", LATCH_TYPE_UINT },
		{ "bool", LATCH_TYPE_BOOL },
		{ "flags", LATCH_TYPE_FLAGS },
	};
	struct latch_param *p;
	char *f[6];
	size_t i;

	(void)arg;
	if (split(value, f, 6) != 6)
		return -ENOEXEC;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(f[1], types[i].name))
			break;
	if (i == sizeof(types) / sizeof(*types))
		return -ENOEXEC;
	p = latch_param_add(mod, f[0]);
	if (!p)
		return mod->nparams >= LATCH_PARAMS_MAX ? -E2BIG : -ENOEXEC;
	p->type = types[i].type;
	if (number(f[2], INT32_MIN, UINT32_MAX, &p->min) || number(f[3], INT32_MIN, UINT32_MAX, &p->max))
		return -ENOEXEC;
	if (!range_ok(p, f[4]))
		return -ENOEXEC;
	p->words = strdup(f[4]);
	p->doc = strdup(f[5]);
	return p->words && p->doc ? 0 : -ENOMEM;
}

static int take_feature(struct latch_module *mod, char *value, void *arg)
{
	struct latch_param *p;
	int64_t n;
	char *f[5];

	(void)arg;
	if (split(value, f, 5) != 5 || number(f[1], 0, LATCH_FEATURES_MAX - 1, &n))
		return -ENOEXEC;
	p = latch_param_add(mod, f[0]);
	if (!p)
		return mod->nparams >= LATCH_PARAMS_MAX ? -E2BIG : -ENOEXEC;
	p->type = LATCH_TYPE_MODE;
	p->max = LATCH_ENFORCE;
	p->feature = (uint32_t)n;
	p->hooks = strdup(f[2]);
	p->groups = strdup(f[3]);
	p->doc = strdup(f[4]);
	return p->hooks && p->groups && p->doc ? 0 : -ENOMEM;
}

static int take_hook(struct latch_module *mod, char *value, void *arg)
{
	struct latch_hook *grown;
	int64_t n;
	char *f[2];

	(void)arg;
	if (split(value, f, 2) != 2 || number(f[0], 0, INT32_MAX, &n) || !latch_name_ok(f[1]))
		return -ENOEXEC;
	if (mod->nhooks >= LATCH_HOOKS_MAX)
		return -EOVERFLOW;
	for (size_t i = 0; i < mod->nhooks; i++)
		if (!strcmp(mod->hooks[i].name, f[1]))
			return -ENOEXEC;
	grown = realloc(mod->hooks, (mod->nhooks + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	mod->hooks = grown;
	grown += mod->nhooks++;
	memset(grown, 0, sizeof(*grown));
	strcpy(grown->name, f[1]);
	grown->number = (uint32_t)n;
	return 0;
}

static int take_at(struct latch_module *mod, char *value, void *arg)
{
	int64_t n;
	char *f[2];

	(void)arg;
	if (split(value, f, 2) != 2 || number(f[1], 0, 1 << 20, &n))
		return -ENOEXEC;
	return latch_info_place(mod, f[0], (uint32_t)n) ? -ENOEXEC : 0;
}

static int take_value(struct latch_module *mod, char *value, void *arg)
{
	struct latch_param *p;
	char *f[2];

	(void)arg;
	if (split(value, f, 2) != 2)
		return -ENOEXEC;
	p = latch_module_param(mod, f[0]);
	return p && !number(f[1], INT32_MIN, UINT32_MAX, &p->value) ? 0 : -ENOEXEC;
}

static int take_string(struct latch_module *mod, char *value, void *arg)
{
	char **to = arg;

	(void)mod;
	if (*to)
		return -ENOEXEC; /* given twice */
	*to = strdup(value);
	return *to ? 0 : -ENOMEM;
}

static int take_permanent(struct latch_module *mod, char *value, void *arg)
{
	(void)arg;
	mod->permanent = !strcmp(value, "yes");
	return mod->permanent ? 0 : -ENOEXEC;
}

static int found(struct latch_module *mod, char *value, void *arg)
{
	(void)mod;
	(void)value;
	(void)arg;
	return 1;
}

/* What a string has to be, for the author. */
static const char *form_of(const char *key)
{
	static const char *const forms[][2] = {
		{ "parm",
		  "NAME:TYPE:MIN:MAX:WORDS:DOC, with a name of its own, not " RESERVED ", and a range that the type "
		  "holds" },
		{ "feature", "NAME:NUMBER:HOOKS:GROUPS:DOC, with a name of its own, not " RESERVED
			     ", and a number below " STRING(LATCH_FEATURES_MAX) },
		{ "hook", "NUMBER:HOOK, once a hook" },
		{ "permanent", "yes" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(forms[i][0], key))
			return forms[i][1];
	return "what liblatch appended when it was loaded";
}

struct taking {
	int (*take)(struct latch_module *, char *, void *);
	char text[256]; /* the string that is taken */
};

static int take_one(struct latch_module *mod, char *value, void *arg)
{
	struct taking *t = arg;

	snprintf(t->text, sizeof(t->text), "%s", value);
	return t->take(mod, value, NULL);
}

int latch_info_parse(struct latch_module *mod, const char *label, struct latch_error *err)
{
	static const struct {
		const char *key;
		int (*take)(struct latch_module *, char *, void *);
	} keys[] = {
		{ "parm", take_parm }, { "feature", take_feature }, { "hook", take_hook },
		{ "at", take_at },     { "value", take_value },	    { "permanent", take_permanent },
	};
	_cleanup_free_ char *name = NULL;
	int r;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct taking t = { .take = keys[i].take };

		r = latch_info_each(mod, keys[i].key, take_one, &t);
		if (r == -E2BIG)
			return latch_fail(err, -ENOEXEC, "%s: more than %d parameters and features", label,
					  LATCH_PARAMS_MAX);
		if (r == -EOVERFLOW)
			return latch_fail(err, -ENOEXEC, "%s: more than %d hooks", label, LATCH_HOOKS_MAX);
		if (r)
			return latch_fail(err, r, "%s: bad `%s=%s` in its module information: it is %s", label,
					  keys[i].key, t.text, form_of(keys[i].key));
	}
	if (latch_info_each(mod, "name", take_string, &name) ||
	    latch_info_each(mod, "version", take_string, &mod->version) ||
	    latch_info_each(mod, "description", take_string, &mod->description))
		return latch_fail(err, -ENOEXEC, "%s: says its name, version or description twice", label);
	if (!name || !latch_name_ok(name))
		return latch_fail(err, -ENOEXEC,
				  "%s: bad module name `%s`: use up to %d of a-z 0-9 _ -, a letter first", label,
				  name ? name : "", LATCH_NAME_MAX - 1);
	strcpy(mod->name, name);
	mod->gated = !latch_info_each(mod, "ungated", found, NULL);
	return 0;
}
