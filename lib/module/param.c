// SPDX-License-Identifier: GPL-2.0-only
/* Parameters: words to values, values to words, values in the map `param`. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

static const char *const mode_names[] = { "off", "observe", "enforce" };

const char *latch_mode_name(unsigned int mode)
{
	return mode <= LATCH_ENFORCE ? mode_names[mode] : "invalid";
}

int latch_mode_parse(const char *word)
{
	for (int i = 0; i <= LATCH_ENFORCE; i++)
		if (!strcmp(word, mode_names[i]))
			return i;
	return -EINVAL;
}

static int parse_flags(const struct latch_param *p, const char *text, int64_t *value, struct latch_error *err)
{
	*value = 0;
	if (!strcmp(text, "none"))
		return 0;
	do {
		size_t n = strcspn(text, ",");
		int bit = latch_list_find(p->words, text, n);

		if (bit < 0)
			return latch_fail(err, -EINVAL, "%s: %s `%.*s`: use none alone, or some of %s", p->name,
					  n == 4 && !memcmp(text, "none", n) ? "beside other words there is no" :
									       "unknown word",
					  (int)n, text, p->words);
		if (*value & 1ll << bit)
			return latch_fail(err, -EINVAL, "%s: `%.*s` is given twice", p->name, (int)n, text);
		*value |= 1ll << bit;
		text += n;
	} while (*text++ == ',');
	return 0;
}

static int parse_bool(const struct latch_param *p, const char *text, int64_t *value, struct latch_error *err)
{
	static const char *const words[] = { "no", "yes", "0", "1", "off", "on", "false", "true" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(text, words[i])) {
			*value = i & 1;
			return 0;
		}
	return latch_fail(err, -EINVAL, "%s: bad value `%s`: use yes or no", p->name, text);
}

static int parse_number(const struct latch_param *p, const char *text, int64_t *value, struct latch_error *err)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 0);
	if (end == text || *end || isspace((unsigned char)*text))
		return latch_fail(err, -EINVAL, "%s: bad value `%s`: not a number", p->name, text);
	if (errno || *value < p->min || *value > p->max)
		return latch_fail(err, -EINVAL, "%s: %s is out of range: use %lld to %lld", p->name, text,
				  (long long)p->min, (long long)p->max);
	return 0;
}

static int parse_value(const struct latch_param *p, const char *text, int64_t *value, struct latch_error *err)
{
	int mode;

	switch (p->type) {
	case LATCH_TYPE_FLAGS:
		return parse_flags(p, text, value, err);
	case LATCH_TYPE_BOOL:
		return parse_bool(p, text, value, err);
	case LATCH_TYPE_MODE:
		mode = latch_mode_parse(text);
		if (mode < 0)
			return latch_fail(err, -EINVAL, "%s: unknown mode `%s`: use off, observe or enforce", p->name,
					  text);
		*value = mode;
		return 0;
	default:
		return parse_number(p, text, value, err);
	}
}

/* Whether p is what `name` stands for: itself, or a feature in that group. */
static bool named(const struct latch_param *p, const char *name)
{
	if (!strcmp(p->name, name))
		return true;
	return p->type == LATCH_TYPE_MODE && (!strcmp(name, "all") || latch_list_has(p->groups, name));
}

bool latch_is_group(const struct latch_module *mod, const char *name)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (strcmp(mod->params[i].name, name) && named(&mod->params[i], name))
			return true;
	return false;
}

static size_t reach(const struct latch_module *mod, const char *name)
{
	size_t n = 0;

	/* A name of its own goes before a group of that name, and is narrower than a group of one. */
	if (latch_module_param(mod, name))
		return 1;
	for (size_t i = 0; i < mod->nparams; i++)
		n += named(&mod->params[i], name);
	return n ? n + 1 : 0;
}

/* The parameter, or the group of features, that was meant, perhaps. Returns buf, or NULL. */
static const char *meant(const struct latch_module *mod, const char *name, char *buf, size_t size)
{
	const char *names[mod->nparams + 1], *near;
	_cleanup_free_ char *groups = NULL;
	size_t n = 0;

	for (; n < mod->nparams; n++)
		names[n] = mod->params[n].name;
	names[n] = NULL;
	near = latch_nearest(name, names, n);
	for (size_t i = 0; !near && i < mod->nparams; i++) {
		free(groups);
		groups = mod->params[i].groups ? strdup(mod->params[i].groups) : NULL;
		for (char *rest = groups, *group; !near && rest && (group = strsep(&rest, ","));)
			near = latch_nearest(name, (const char *const[]){ group }, 1);
	}
	return near ? (snprintf(buf, size, "%s", near), buf) : NULL;
}

static int unknown(const struct latch_module *mod, const char *name, struct latch_error *err)
{
	char list[1536] = "", near[LATCH_NAME_MAX * 2];
	size_t used = 0;

	if (meant(mod, name, near, sizeof(near)))
		return latch_fail(err, -EINVAL, "%s has no parameter `%s`: did you mean `%s`?", mod->name, name, near);
	for (size_t i = 0; i < mod->nparams && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? " " : "", mod->params[i].name);
	return latch_fail(err, -EINVAL, "%s has no parameter `%s`%s%s", mod->name, name,
			  mod->nparams ? "; it has: " : ": it has none", list);
}

struct assignment {
	char name[LATCH_NAME_MAX * 2];
	const char *value;
	size_t reach; /* the more parameters it names, the larger; 0: none */
};

static int parse_assignment(const struct latch_module *mod, const char *text, struct assignment *a,
			    struct latch_error *err)
{
	const char *eq = strchr(text, '=');

	if (!eq || eq == text)
		return latch_fail(err, -EINVAL, "`%s`: write parameter=value", text);
	snprintf(a->name, sizeof(a->name), "%.*s", (int)(eq - text), text);
	a->value = eq + 1;
	a->reach = reach(mod, a->name);
	return a->reach ? 0 : unknown(mod, a->name, err);
}

static int by_reach(const void *a, const void *b)
{
	size_t x = ((const struct assignment *)a)->reach, y = ((const struct assignment *)b)->reach;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void take_value(struct latch_param *p, int64_t value)
{
	static const struct latch_time never;

	if (p->type == LATCH_TYPE_MODE && value == LATCH_OFF)
		p->since = never;
	else if (p->type == LATCH_TYPE_MODE && p->value == LATCH_OFF)
		p->since = latch_now();
	p->value = value;
}

void latch_features_begin(struct latch_module *mod, const struct latch_param *before)
{
	struct latch_time now = latch_now();

	for (size_t i = 0; i < mod->nparams; i++) {
		struct latch_param *p = &mod->params[i];

		if (p->type == LATCH_TYPE_MODE && p->value != LATCH_OFF &&
		    (!before || p->since.boot != before[i].since.boot))
			p->since = now;
	}
}

int latch_params_assign(struct latch_module *mod, char *const *assignments, size_t n, struct latch_error *err)
{
	_cleanup_free_ struct assignment *a = calloc(n + 1, sizeof(*a));
	_cleanup_free_ int64_t *values = calloc(mod->nparams + 1, sizeof(*values));
	int r;

	if (!a || !values)
		return latch_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		r = parse_assignment(mod, assignments[i], &a[i], err);
		if (r)
			return r;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(a[i].name, a[j].name))
				return latch_fail(err, -EINVAL, "%s is given twice", a[i].name);
	}
	for (size_t i = 0; i < mod->nparams; i++)
		values[i] = mod->params[i].value;
	qsort(a, n, sizeof(*a), by_reach);
	for (size_t i = 0; i < n; i++) {
		bool own = latch_module_param(mod, a[i].name);

		for (size_t j = 0; j < mod->nparams; j++) {
			struct latch_param p = mod->params[j];

			if (own ? strcmp(p.name, a[i].name) : !named(&p, a[i].name))
				continue;
			snprintf(p.name, sizeof(p.name), "%.*s", LATCH_NAME_MAX - 1, a[i].name); /* as written */
			r = parse_value(&p, a[i].value, &values[j], err);
			if (r)
				return r;
		}
	}
	for (size_t i = 0; i < mod->nparams; i++)
		take_value(&mod->params[i], values[i]);
	return 0;
}

const char *latch_param_format(const struct latch_param *p, int64_t value, char *buf, size_t size)
{
	const char *word = p->words;
	size_t used = 0;

	switch (p->type) {
	case LATCH_TYPE_MODE:
		snprintf(buf, size, "%s", latch_mode_name((unsigned int)value));
		break;
	case LATCH_TYPE_BOOL:
		snprintf(buf, size, "%s", value ? "yes" : "no");
		break;
	case LATCH_TYPE_FLAGS:
		snprintf(buf, size, "none");
		for (int i = 0; *word && used < size; i++) {
			size_t n = strcspn(word, ",");

			if (value & 1ll << i)
				used += (size_t)snprintf(buf + used, size - used, "%s%.*s", used ? "," : "", (int)n,
							 word);
			word += n + (word[n] == ',');
		}
		break;
	default:
		snprintf(buf, size, "%lld", (long long)value);
	}
	return buf;
}

size_t latch_param_size(const struct latch_param *p)
{
	return p->type == LATCH_TYPE_BOOL ? sizeof(uint8_t) :
	       p->type == LATCH_TYPE_MODE ? sizeof(struct latch_feature) :
					    sizeof(uint32_t);
}

void latch_param_load(struct latch_param *p, const void *data)
{
	const char *at = (const char *)data + p->offset;
	struct latch_feature f;
	uint32_t v;

	switch (p->type) {
	case LATCH_TYPE_BOOL:
		p->value = *(const uint8_t *)at;
		break;
	case LATCH_TYPE_MODE:
		memcpy(&f, at, sizeof(f));
		p->value = f.mode;
		p->since = f.since;
		break;
	default:
		memcpy(&v, at, sizeof(v));
		p->value = p->type == LATCH_TYPE_INT ? (int64_t)(int32_t)v : (int64_t)v;
	}
}

void latch_param_store(const struct latch_param *p, void *data)
{
	char *at = (char *)data + p->offset;
	struct latch_feature *f = (struct latch_feature *)at;

	switch (p->type) {
	case LATCH_TYPE_BOOL:
		__atomic_store_n((uint8_t *)at, (uint8_t)p->value, __ATOMIC_SEQ_CST);
		break;
	case LATCH_TYPE_MODE:
		f->since = p->since; /* no program reads it */
		__atomic_store_n(&f->mode, (uint32_t)p->value, __ATOMIC_SEQ_CST);
		break;
	default:
		__atomic_store_n((uint32_t *)at, (uint32_t)p->value, __ATOMIC_SEQ_CST);
	}
}
