// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key=value strings that describe a module: in a file's .modinfo section,
 * and in the info map of a loaded one. The grammar is in module.bpf.h; liblatch
 * appends `at=NAME:OFFSET` (where a value stands in the map `param`),
 * `value=NAME:N` (the default), and `feature=` for those taken from an enum.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

#define PARAMS_MAX 256
#define WORDS_MAX 32 /* one bit each */

int latch_info_each(const struct latch_module *mod, const char *key, int (*fn)(struct latch_module *, char *, void *),
		    void *arg)
{
	size_t klen = strlen(key), at = 0;

	while (at < mod->text_size) {
		const char *s = mod->text + at;
		size_t len = strnlen(s, mod->text_size - at);

		if (len == mod->text_size - at)
			break; /* not terminated */
		if (len > klen && !strncmp(s, key, klen) && s[klen] == '=') {
			_cleanup_free_ char *value = strdup(s + klen + 1);
			int r = value ? fn((struct latch_module *)mod, value, arg) : -ENOMEM;

			if (r)
				return r;
		}
		at += len + 1;
	}
	return 0;
}

int latch_info_append(struct latch_module *mod, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;
	char *grown;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0) {
		s = NULL;
		return -ENOMEM;
	}
	grown = realloc(mod->text, mod->text_size + (size_t)len + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + mod->text_size, s, (size_t)len + 1);
	mod->text = grown;
	mod->text_size += (size_t)len + 1;
	return 0;
}

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

const struct latch_param *latch_feature_numbered(const struct latch_module *mod, uint32_t number)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && mod->params[i].feature == number)
			return &mod->params[i];
	return NULL;
}

struct latch_param *latch_param_add(struct latch_module *mod, const char *name)
{
	struct latch_param *grown;

	if (!latch_name_ok(name) || mod->nparams >= PARAMS_MAX || latch_module_param(mod, name))
		return NULL;
	grown = realloc(mod->params, (mod->nparams + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	mod->params = grown;
	grown += mod->nparams++;
	memset(grown, 0, sizeof(*grown));
	strcpy(grown->name, name);
	grown->offset = UINT32_MAX;
	return grown;
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
		return -ENOEXEC;
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
		return -ENOEXEC;
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

bool latch_param_placed(const struct latch_param *p)
{
	return p->offset != UINT32_MAX;
}

/* The features' values are one array, so its symbol places them all. */
int latch_info_place(struct latch_module *mod, const char *symbol, uint32_t offset)
{
	struct latch_param *p = latch_module_param(mod, symbol);

	if (p) {
		if (p->type == LATCH_TYPE_MODE)
			return -ENOEXEC;
		p->offset = offset;
		return 0;
	}
	if (strcmp(symbol, "latch_feature"))
		return -ENOENT;
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE)
			mod->params[i].offset =
				offset + mod->params[i].feature * (uint32_t)sizeof(struct latch_feature);
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
		r = latch_info_each(mod, keys[i].key, keys[i].take, NULL);
		if (r == -EOVERFLOW)
			return latch_fail(err, -ENOEXEC, "%s: more than %d hooks", label, LATCH_HOOKS_MAX);
		if (r)
			return latch_fail(err, r, "%s: bad `%s=` string in its module information", label, keys[i].key);
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
