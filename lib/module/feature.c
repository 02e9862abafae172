// SPDX-License-Identifier: GPL-2.0-only
/* Features that a module takes from an enum of the running kernel: names, numbers, groups. */
#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

struct resolve {
	const struct btf *btf;
	struct latch_error *err;
	const struct btf_enum *values;
	unsigned int n;
	const char *prefix, *hooks;
};

/* PREFIX_X is a feature, PREFIX_NONE and PREFIX_X_MAX are not. */
static const char *feature_name(const struct resolve *r, unsigned int i, char *buf)
{
	const char *name = btf__name_by_offset(r->btf, r->values[i].name_off);
	size_t prefix = strlen(r->prefix), len;

	if (!name || strncmp(name, r->prefix, prefix))
		return NULL;
	name += prefix;
	len = strlen(name);
	if (!strcmp(name, "NONE") || len >= LATCH_NAME_MAX || (len > 4 && !strcmp(name + len - 4, "_MAX")))
		return NULL;
	for (size_t j = 0; j <= len; j++)
		buf[j] = (char)tolower((unsigned char)name[j]);
	return buf;
}

static void groups_of(const struct resolve *r, int value, char *buf, size_t size)
{
	size_t prefix = strlen(r->prefix), used = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < r->n && used < size; i++) {
		const char *name = btf__name_by_offset(r->btf, r->values[i].name_off);
		size_t len = name ? strlen(name) : 0;

		if (len <= prefix + 4 || strncmp(name, r->prefix, prefix) || strcmp(name + len - 4, "_MAX") ||
		    value >= r->values[i].val)
			continue;
		if (used)
			buf[used++] = ',';
		for (const char *c = name + prefix; c < name + len - 4 && used < size - 1; c++)
			buf[used++] = (char)tolower((unsigned char)*c);
		buf[used] = '\0';
	}
}

struct doc {
	const char *name;
	char *text;
};

static int find_doc(struct latch_module *mod, char *value, void *arg)
{
	struct doc *doc = arg;
	size_t len = strlen(doc->name);

	(void)mod;
	if (strncmp(value, doc->name, len) || value[len] != ':')
		return 0;
	doc->text = strdup(value + len + 1);
	return 1;
}

static int add(struct latch_module *mod, struct resolve *r, unsigned int i)
{
	struct doc doc = { .text = NULL };
	const struct latch_param *same;
	char name[LATCH_NAME_MAX], groups[128];
	int value = r->values[i].val;
	struct latch_param *p;

	doc.name = feature_name(r, i, name);
	if (!doc.name)
		return 0;
	if (value < 0 || value >= LATCH_FEATURES_MAX || !(p = latch_param_add(mod, name)))
		return latch_fail(r->err, -EOPNOTSUPP, "%s: cannot take the kernel's value %s = %d for a feature",
				  mod->name, name, value);
	same = latch_feature_numbered(mod, (uint32_t)value);
	if (same)
		return latch_fail(r->err, -EOPNOTSUPP, "%s: the kernel's value %s = %d is the number of feature `%s`",
				  mod->name, name, value, same->name);
	groups_of(r, value, groups, sizeof(groups));
	latch_info_each(mod, "feature_doc", find_doc, &doc);
	p->type = LATCH_TYPE_MODE;
	p->max = LATCH_ENFORCE;
	p->feature = (uint32_t)value;
	p->hooks = strdup(r->hooks);
	p->groups = strdup(groups);
	p->doc = doc.text ? doc.text : strdup("a reason that is newer than this module");
	if (!p->hooks || !p->groups || !p->doc ||
	    latch_info_append(mod, "feature=%s:%d:%s:%s:%s", name, value, p->hooks, groups, p->doc))
		return latch_fail(r->err, -ENOMEM, "out of memory");
	return 0;
}

static int take_enum(struct latch_module *mod, char *value, void *arg)
{
	struct resolve *r = arg;
	const struct btf_type *t;
	char *prefix, *hooks;
	size_t before = mod->nparams;
	int id, e = 0;

	prefix = strchr(value, ':');
	hooks = prefix ? strchr(prefix + 1, ':') : NULL;
	if (!hooks)
		return latch_fail(r->err, -ENOEXEC, "%s: bad `feature_enum=` string", mod->name);
	*prefix++ = '\0';
	*hooks++ = '\0';
	id = btf__find_by_name_kind(r->btf, value, BTF_KIND_ENUM);
	if (id < 0)
		return latch_fail(r->err, -EOPNOTSUPP, "%s: this kernel has no enum %s", mod->name, value);
	t = btf__type_by_id(r->btf, (uint32_t)id);
	r->values = btf_enum(t);
	r->n = btf_vlen(t);
	r->prefix = prefix;
	r->hooks = hooks;
	for (unsigned int i = 0; i < r->n && !e; i++)
		e = add(mod, r, i);
	if (!e && mod->nparams == before)
		e = latch_fail(r->err, -EOPNOTSUPP, "%s: enum %s of this kernel has no values %s*", mod->name, value,
			       prefix);
	return e;
}

static int is_there(struct latch_module *mod, char *value, void *arg)
{
	(void)mod;
	(void)value;
	(void)arg;
	return 1;
}

/* The array's place is known from the file; its members are known only now. */
static int place(struct latch_module *mod, char *value, void *arg)
{
	(void)arg;
	if (strncmp(value, "latch_feature:", 14))
		return 0;
	return latch_info_place(mod, "latch_feature", (uint32_t)strtoul(value + 14, NULL, 10));
}

int latch_features_resolve(struct latch_module *mod, struct latch_error *err)
{
	struct resolve r = { .err = err };
	int e;

	if (!latch_info_each(mod, "feature_enum", is_there, NULL))
		return 0;
	r.btf = latch_kernel_btf(err);
	if (!r.btf)
		return -EOPNOTSUPP;
	e = latch_info_each(mod, "feature_enum", take_enum, &r);
	if (!e)
		e = latch_info_each(mod, "at", place, NULL);
	return e;
}
