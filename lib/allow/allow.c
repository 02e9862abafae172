// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exceptions of a loaded module: its map `allow`. Beside each feature's mode stands
 * whether it has any. That is raised before the first is entered and lowered after the last
 * is gone, so that a latch that is killed leaves at most a feature that looks in vain.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "allow/allow.h"

static int store_counts(const struct latch_module *mod, struct latch_error *err)
{
	struct latch_map param;
	int e = latch_map_open(&param, mod->name, "param", 0, true);

	if (e)
		return latch_fail(err, e, "%s: cannot open its parameters: %s", mod->name, strerror(-e));
	latch_exceptions_count(mod, param.data);
	e = latch_map_write(&param);
	latch_map_close(&param);
	return e ? latch_fail(err, e, "%s: cannot write its parameters: %s", mod->name, strerror(-e)) : 0;
}

static int open_map(const char *name, struct latch_error *err)
{
	int fd = latch_pin_get(name, "maps", "allow");

	return fd < 0 ? latch_fail(err, fd, "%s is damaged: its exceptions cannot be opened: %s", name, strerror(-fd)) :
			fd;
}

int latch_exceptions_add(struct latch_module *mod, const struct latch_exception *list, size_t n,
			 struct latch_error *err)
{
	_cleanup_close_ int fd = open_map(mod->name, err);
	struct latch_error unused;
	size_t before = mod->nexceptions, i;
	int e = fd < 0 ? fd : 0;

	for (i = 0; i < n && !e; i++)
		if (!latch_exception_listed(mod, &list[i]))
			e = latch_exception_append(mod, &list[i]);
	if (e)
		return e == fd ? e : latch_fail(err, e, "out of memory");
	e = latch_hooks_attach(mod->name, mod, err);
	if (!e)
		e = store_counts(mod, err);
	for (i = before; !e && i < mod->nexceptions; i++) {
		e = latch_exception_enter(fd, &mod->exceptions[i]);
		if (e)
			latch_fail(err, e, "%s: cannot enter the exception for %s: %s", mod->name,
				   mod->exceptions[i].name, e == -E2BIG ? "it has as many as it can" : strerror(-e));
	}
	if (e) {
		size_t entered = i;

		while (entered-- > before)
			bpf_map_delete_elem(fd, &mod->exceptions[entered].key);
		mod->nexceptions = before;
		store_counts(mod, &unused);
	}
	return e;
}

int latch_exceptions_remove(struct latch_module *mod, const struct latch_exception *list, size_t n,
			    struct latch_error *err)
{
	_cleanup_close_ int fd = open_map(mod->name, err);
	size_t kept = 0;

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < n; i++)
		if (bpf_map_delete_elem(fd, &list[i].key) && errno != ENOENT)
			return latch_fail(err, -errno, "%s: cannot take the exception from %s: %m", mod->name,
					  list[i].name);
	for (size_t i = 0; i < mod->nexceptions; i++) {
		struct latch_exception ex = mod->exceptions[i];
		bool gone = false;

		for (size_t j = 0; j < n; j++)
			gone |= latch_exception_same(&ex, &list[j]);
		if (!gone)
			mod->exceptions[kept++] = ex;
	}
	mod->nexceptions = kept;
	return store_counts(mod, err);
}

/* Of mod's exceptions, those of that feature and kind which go by that name. */
static size_t select_named(const struct latch_module *mod, uint32_t feature, const char *kind, const char *name,
			   struct latch_exception *to)
{
	const char *base;
	size_t n = 0;

	for (size_t i = 0; i < mod->nexceptions; i++) {
		const struct latch_exception *ex = &mod->exceptions[i];

		if (ex->key.feature != feature || strcmp(latch_exception_kind(ex), kind))
			continue;
		base = !strcmp(kind, "unit") && *name != '/' ? strrchr(ex->name, '/') + 1 : ex->name;
		if (!strcmp(base, name))
			to[n++] = *ex;
	}
	return n;
}

static int read_state(struct latch *l, const char *name, struct latch_state **st, struct latch_error *err)
{
	int e = latch_state_read(l, name, st, err);

	if (e)
		return e;
	e = latch_seal_refuse(name, err);
	if (!e)
		e = latch_trial_refuse(name, err);
	if (!e && !(*st)->module->gated)
		e = latch_fail(err, -EOPNOTSUPP, "%s is ungated (not made with the latch SDK): it has no exceptions",
			       name);
	if (e)
		latch_state_free(*st);
	return e;
}

/* Also takes away what has the same name and is lost. */
static int allow(struct latch *l, struct latch_module *mod, const char *kind, const struct latch_exception *ex,
		 struct latch_error *err)
{
	struct latch_exception old[LATCH_ALLOW_MAX];
	size_t n, kept = 0;
	int e = latch_exceptions_add(mod, ex, 1, err);

	if (e)
		return e;
	n = select_named(mod, ex->key.feature, kind, ex->name, old);
	for (size_t i = 0; i < n; i++)
		if (!latch_exception_same(&old[i], ex))
			old[kept++] = old[i];
	if (kept)
		e = latch_exceptions_remove(mod, old, kept, err);
	return e ? e : latch_hooks_tidy(l, mod->name, err);
}

int latch_allow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		struct latch_exception *ex, struct latch_error *err)
{
	struct latch_state *st;
	int e = read_state(l, name, &st, err);

	if (e)
		return e;
	e = latch_exception_resolve(st->module, feature, kind, what, ex, err);
	if (!e)
		e = latch_exception_line(feature, kind, ex->name, err);
	if (!e)
		e = allow(l, st->module, kind, ex, err);
	latch_audit("allow", name, e);
	latch_state_free(st);
	return e;
}

int latch_disallow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		   struct latch_error *err)
{
	_cleanup_free_ char *real = *what == '/' && strcmp(kind, "unit") ? realpath(what, NULL) : NULL;
	struct latch_exception old[LATCH_ALLOW_MAX];
	const struct latch_param *p;
	char whole[LATCH_ALLOW_NAME];
	struct latch_state *st;
	size_t n = 0;
	int e = read_state(l, name, &st, err);

	if (e)
		return e;
	if (!strcmp(kind, "unit"))
		what = latch_unit_whole(what, whole, sizeof(whole));
	p = latch_module_param(st->module, feature);
	if (!p || p->type != LATCH_TYPE_MODE)
		e = latch_fail(err, -EINVAL, "%s has no feature `%s`: `latch info %s` lists them", name, feature, name);
	if (!e) {
		n = select_named(st->module, p->feature, kind, what, old);
		if (!n && real)
			n = select_named(st->module, p->feature, kind, real, old);
		if (!n)
			e = latch_fail(err, -ENOENT,
				       "%s has no exception for %s %s: `latch lockdown` lists those there are", feature,
				       kind, what);
	}
	if (!e)
		e = latch_exceptions_remove(st->module, old, n, err);
	if (!e)
		e = latch_hooks_tidy(l, name, err);
	latch_audit("disallow", name, e);
	latch_state_free(st);
	return e;
}
