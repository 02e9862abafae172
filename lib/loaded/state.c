// SPDX-License-Identifier: GPL-2.0-only
/* What is loaded, as the kernel has it. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

#define INFO_MAX (1 << 20) /* bytes */

int latch_fail_damaged(struct latch_error *err, int code, const char *name, const char *part, int why)
{
	char command[96], remedy[160];
	struct latch_error read_only;

	if (code == -EROFS && latch_bpffs_writable(&read_only))
		return latch_fail(err, -EROFS, "%s: its %s cannot be read: %.1500s", name, part, read_only.text);
	if (code == -EXDEV)
		return latch_fail(err, -EBADMSG, "%s: its %s cannot be read: %s", name, part, latch_pin_error(code));
	snprintf(command, sizeof(command), "`latch unload %s` removes the rest", name);
	/* That a part of it is not there does not make it one that is not loaded. */
	return latch_fail(err, code == -ENOENT ? -EBADMSG : code, "%s is damaged: its %s cannot be read: %s%s%s", name,
			  part, why ? strerror(-why) : "", why ? ": " : "",
			  latch_remedy(name, command, remedy, sizeof(remedy)));
}

static int read_info(const char *name, struct latch_state *st, struct latch_error *err)
{
	struct bpf_map_info map = { 0 };
	_cleanup_free_ struct latch_info *info = NULL;
	_cleanup_close_ int fd = latch_pin_get(name, "", "info");
	uint32_t len = sizeof(map), zero = 0;
	int e;

	if (fd == -EPERM || fd == -EACCES) {
		char what[LATCH_NAME_MAX + 32];

		snprintf(what, sizeof(what), "%s: its pins", name);
		return latch_fail_denied(err, fd, LATCH_DENIED_BPF, what);
	}
	if (fd == -EROFS || fd == -EXDEV)
		return latch_fail_damaged(err, fd, name, "info map", fd);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &map, &len))
		return latch_fail_damaged(err, -EBADMSG, name, "info map", 0);
	if (map.value_size < sizeof(*info) || map.value_size > INFO_MAX)
		return latch_fail(err, -EBADMSG, "%s is damaged: its info map has %u bytes", name, map.value_size);
	info = malloc(map.value_size);
	if (!info)
		return latch_fail(err, -ENOMEM, "out of memory");
	if (bpf_map_lookup_elem(fd, &zero, info))
		return latch_fail(err, -errno, "%s: cannot read its info map: %m", name);
	if (info->abi != LATCH_ABI)
		return latch_fail(err, -EBADMSG, "%s was loaded by another latch (ABI %u; this one has %d)", name,
				  info->abi, LATCH_ABI);
	if (info->size > map.value_size - sizeof(*info))
		return latch_fail(err, -EBADMSG, "%s is damaged: its info map is cut off", name);
	memcpy(&st->info, info, sizeof(st->info));
	memcpy(st->module->digest, info->digest, sizeof(info->digest));
	st->module->text = malloc(info->size ? info->size : 1);
	if (!st->module->text)
		return latch_fail(err, -ENOMEM, "out of memory");
	memcpy(st->module->text, info->text, info->size);
	st->module->text_size = info->size;
	e = latch_info_parse(st->module, name, err);
	if (!e && strcmp(st->module->name, name))
		e = latch_fail(err, -EBADMSG,
			       "%s is damaged: what is pinned there says that it is %s: somebody put it there", name,
			       st->module->name);
	return e;
}

static int read_values(const char *name, struct latch_module *mod, struct latch_error *err)
{
	struct latch_map param;
	int e = latch_map_open(&param, name, "param", 0, false);

	if (e)
		return latch_fail_damaged(err, e, name, "parameters", e);
	for (size_t i = 0; i < mod->nparams && !e; i++) {
		struct latch_param *p = &mod->params[i];

		if ((size_t)p->offset + latch_param_size(p) > param.size)
			e = latch_fail(err, -EBADMSG, "%s is damaged: parameter %s has no place", name, p->name);
		else
			latch_param_load(p, param.data);
	}
	latch_map_close(&param);
	return e;
}

static int read_gate(const char *name, struct latch_state *st, struct latch_error *err)
{
	struct latch_map map;
	int e = latch_map_open(&map, name, "gate", sizeof(struct latch_gate), false);

	if (!e) {
		st->mode = latch_gate_mode(map.data);
		latch_map_close(&map);
		e = latch_map_open(&map, name, "count", sizeof(struct latch_count), false);
	}
	if (e)
		return latch_fail_damaged(err, e, name, "gate or counters", e);
	memcpy(&st->count, map.data, sizeof(st->count));
	latch_map_close(&map);
	return 0;
}

/* What cannot be read is not taken for "not on trial", nor for "not sealed". */
static int look_at_trial_and_seal(const char *name, struct latch_state *st, struct latch_error *err)
{
	struct latch_seal_state own = { 0 };
	struct latch_trial trial;
	int e = latch_trial_read(name, &trial);

	if (e && e != -ENOENT)
		return latch_fail(err, e, "%s: it cannot be read whether it is on trial: %s", name, latch_pin_error(e));
	if (!e && !trial.over)
		st->trial_left = latch_trial_left(&trial);
	e = latch_seal_read(name, &st->seal);
	st->sealed = !e;
	if (!e)
		e = latch_sealed_read(name, &own);
	if (!e)
		st->unlisted = own.unlisted;
	return e && e != -ENOENT ?
		       latch_fail(err, e, "%s: it cannot be read whether it is sealed: %s", name, latch_seal_error(e)) :
		       0;
}

static int look_at_hooks(struct latch *l, const char *name, struct latch_state *st, struct latch_error *err)
{
	for (size_t i = 0; i < st->module->nhooks; i++) {
		struct latch_hook *hook = &st->module->hooks[i];
		char path[2 * LATCH_NAME_MAX + 16];
		int there;

		snprintf(path, sizeof(path), "%s/links/%s", name, hook->name);
		there = latch_there(l->dir, path);
		if (there < 0)
			return latch_fail(err, there, "%s: it cannot be read whether hook %s is attached: %s", name,
					  hook->name, latch_pin_error(there));
		hook->attached = there;
		if (!hook->attached && latch_hook_needed(st->module, hook->name))
			st->missing++;
	}
	return 0;
}

int latch_permanent_refuse(const char *name, struct latch_error *err)
{
	struct latch_state *st = calloc(1, sizeof(*st));
	struct latch_error unused;
	struct latch_trial trial;
	char since[32];
	int e;

	if (!st || !(st->module = calloc(1, sizeof(*st->module)))) {
		free(st);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	e = read_info(name, st, &unused);
	if (e == -ENOMEM)
		latch_fail(err, e, "out of memory");
	else if (e) /* of a damaged one there is no telling, and unloading it is the remedy */
		e = 0;
	else if (st->module->permanent && (latch_trial_read(name, &trial) || !trial.of_load))
		e = latch_fail(err, -EKEYREJECTED,
			       "%s declares itself permanent: loaded since %s by uid %u, it stays until reboot", name,
			       latch_time_format(&st->info.loaded, since, sizeof(since)), st->info.uid);
	latch_state_free(st);
	return e;
}

int latch_not_loaded(struct latch *l, const char *name, struct latch_error *err)
{
	struct latch_error other;
	const char *near;
	char **names;
	size_t n;

	if (latch_hidden(l))
		return latch_fail(err, -ENOENT, "whether %s is loaded is not known: %s", name, latch_hidden_text(l));
	if (!strcmp(name, "lockdown"))
		latch_fail(err, -ENOENT, "lockdown is not loaded: `latch lockdown profile all --observe` loads it");
	else
		latch_fail(err, -ENOENT, "%s is not loaded: `latch list` shows what is", name);
	if (latch_state_names(l, &names, &n, &other))
		return -ENOENT;
	near = latch_nearest(name, (const char *const *)names, n);
	if (near)
		latch_fail(err, -ENOENT, "%s is not loaded: did you mean `%s`?", name, near);
	while (n)
		free(names[--n]);
	free(names);
	return -ENOENT;
}

int latch_pindir_there(const struct latch *l, const char *name, struct latch_error *err)
{
	int there = l->dir < 0 ? 0 : latch_there(l->dir, name);
	char path[LATCH_NAME_MAX + sizeof(LATCH_ROOT) + 1];

	snprintf(path, sizeof(path), LATCH_ROOT "/%s", name);
	return there < 0 ? latch_fail_denied(err, there, LATCH_DENIED_FILE, path) : there;
}

int latch_state_read(struct latch *l, const char *name, struct latch_state **out, struct latch_error *err)
{
	struct latch_state *st;
	enum latch_left left;
	char text[256];
	int e;

	if (!latch_name_ok(name))
		return latch_fail(err, -EINVAL, "`%s` is not a module's name", name);
	e = latch_pindir_there(l, name, err);
	if (e <= 0)
		return e ? e : latch_not_loaded(l, name, err);
	if (latch_left_is_pindir(left = latch_left(l, name))) {
		latch_left_describe(name, left, text, sizeof(text));
		return latch_fail(err, -ENOENT, "%s is not loaded any more: %s", name, text);
	}
	st = calloc(1, sizeof(*st));
	if (!st || !(st->module = calloc(1, sizeof(*st->module)))) {
		free(st);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	e = read_info(name, st, err);
	if (!e && st->module->gated) {
		e = read_values(name, st->module, err);
		if (!e)
			e = read_gate(name, st, err);
		if (!e)
			e = latch_exceptions_read(st->module, err);
	}
	if (!e)
		e = look_at_hooks(l, name, st, err);
	if (!e)
		e = look_at_trial_and_seal(name, st, err);
	if (e) {
		latch_state_free(st);
		return e;
	}
	*out = st;
	return 0;
}

void latch_state_free(struct latch_state *st)
{
	if (!st)
		return;
	latch_module_free(st->module);
	free(st);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct naming {
	const struct latch *l;
	char **names;
	size_t n;
};

static int add_name(int dir, const char *name, void *arg)
{
	struct naming *k = arg;
	char **grown;

	(void)dir;
	if (!latch_name_ok(name) || latch_left_is_pindir(latch_left(k->l, name)))
		return 0;
	grown = reallocarray(k->names, k->n + 1, sizeof(*grown));
	if (grown)
		k->names = grown;
	if (!grown || !(grown[k->n] = strdup(name)))
		return -ENOMEM;
	k->n++;
	return 0;
}

int latch_state_names(struct latch *l, char ***names, size_t *n, struct latch_error *err)
{
	struct naming k = { .l = l };
	int e = l->dir < 0 ? 0 : latch_entries_each(l->dir, ".", add_name, &k);

	*names = k.names;
	*n = k.n;
	if (e)
		return latch_fail(err, e, LATCH_ROOT ": %s", strerror(-e));
	if (*n)
		qsort(*names, *n, sizeof(**names), by_name);
	return 0;
}
