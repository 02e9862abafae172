// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would come of a seal, as far as can be seen without putting it on: who has a hand on the
 * module, and whether each denial works, shows only when it is tried.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "seal/sealing.h"

/* The guard's programs read kernel memory; an exception may be for latch. See learn_mount() in arm.c. */
static bool mounts_unseen(const struct latch_below *b)
{
	const struct latch_param *p = b->module ? latch_module_param(b->module, "bpf_read_kernel") : NULL;

	if (!p || b->mode != LATCH_ENFORCE || p->value != LATCH_ENFORCE)
		return false;
	for (size_t i = 0; i < b->module->nexceptions; i++)
		if (b->module->exceptions[i].key.feature == p->feature)
			return false;
	return true;
}

static int add_inherited(const char *way, const char *why, void *f)
{
	return latch_finding_add(f, LATCH_OPEN, way, "%s", why);
}

int latch_seal_foresee_ways(const char *name, const struct latch_below *b, struct latch_findings *f,
			    struct latch_error *err)
{
	struct latch_error why;
	int e = 0, armed = latch_guard_armed(), r;

	if (armed < 0)
		return latch_fail(err, armed, "%s is not sealed: it cannot be read whether there is a guard: %s", name,
				  latch_pin_error(armed));
	if (armed)
		return latch_ways_inherited(name, add_inherited, f, err);
	r = latch_seal_mountpoint(&why);
	if (r < 0)
		return latch_fail_lines(err, r, "%s is not sealed: %.1500s", name, why.text);
	if (latch_builtin_lockdown() == LATCH_CONFIDENTIALITY)
		e = latch_finding_add(
			f, LATCH_OPEN, LATCH_WAY_UMOUNT,
			"the kernel's own lockdown (confidentiality) denies reading kernel memory to BPF "
			"programs, the seal's own too, and those have to read which mounts bpffs lies on");
	else if (mounts_unseen(b))
		e = latch_finding_add(
			f, LATCH_OPEN, LATCH_WAY_UMOUNT,
			"the feature bpf_read_kernel of lockdown, which is enforced, denies reading kernel "
			"memory to BPF programs, the seal's own too, and those have to read which mounts "
			"bpffs lies on: %s",
			b->is_sealed ? "lockdown is sealed so until the next boot" : "set bpf_read_kernel to observe");
	if (!e && r)
		e = latch_finding_add(f, LATCH_OPEN, "a mount point", "%s", why.text);
	return e ? latch_fail(err, e, "out of memory") : 0;
}

static int refuse_last(struct latch_error *err)
{
	char last[LATCH_NAME_MAX];
	int e = latch_seal_last(last);

	if (e == -ENOENT)
		return 0;
	return e ? latch_fail(err, e, "cannot read whether all is sealed: %s", latch_seal_error(e)) :
		   latch_fail(err, -EKEYREJECTED,
			      "all is sealed, and no LSM program is loaded until reboot, latch's own neither");
}

int latch_seal_foresee_here(struct latch *l, struct latch_error *err)
{
	int e = latch_kernel_ready(err);

	if (e || (e = latch_hidden_refuse(l, err)) || (e = latch_seal_namespace(err)) ||
	    (e = latch_bpffs_writable(err)))
		return e;
	return refuse_last(err);
}

/* Whether something denies bpf(2) to latch. */
static int try_load(struct latch_error *err)
{
	int fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open", 0);

	if (fd < 0)
		return latch_fail_denied(err, fd, LATCH_DENIED_BPF, "an empty program cannot be loaded");
	close(fd);
	return 0;
}

/* Returns whether there was room: one that is cut off would pass for closed. */
static bool add_way(struct latch_error *ways, const char *way, const char *text)
{
	size_t used = strlen(ways->text);
	char *to = ways->text + used;

	if (used + strlen(way) + strlen(text) + sizeof("\n: ") > sizeof(ways->text))
		return false;
	if (used)
		*to++ = '\n';
	to = stpcpy(to, way);
	to = stpcpy(to, ": ");
	strcpy(to, text);
	return true;
}

/* What a weak seal would write into its record, a line each: on success it is in err->text. */
static int tell_weak(const char *name, const struct latch_findings *f, struct latch_error *err)
{
	struct latch_error ways = { "" };

	for (size_t i = 0; i < f->n; i++)
		if (!add_way(&ways, f->list[i].feature, f->list[i].text))
			return latch_fail(err, -E2BIG, "%s: more ways would be open than can be told", name);
	*err = ways;
	return 0;
}

int latch_seal_foresee(struct latch *l, const char *name, unsigned int flags, const struct latch_below *b,
		       struct latch_error *err)
{
	struct latch_below below = *b;
	struct latch_findings f;
	size_t demands;
	int e = latch_seal_foresee_here(l, err);

	if (e || (e = latch_hold_ready(name, flags, err)))
		return e;
	below.sealed |= !strcmp(name, LATCH_LOCKDOWN);
	e = latch_below_demands(&below, &f, err);
	if (e)
		return e;
	demands = f.n;
	e = latch_seal_foresee_ways(name, b, &f, err);
	if (!e)
		e = flags & LATCH_SEAL_WEAK ? tell_weak(name, &f, err) :
					      latch_seal_refuse_open(name, &f, demands, b, err);
	free(f.list);
	return e;
}

/* As it would be after latch_seal_lockdown(). */
static void enforce(struct latch_module *mod, struct latch_below *b)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && latch_seal_undone_by(mod->params[i].name))
			mod->params[i].value = LATCH_ENFORCE;
	b->module = mod;
	b->st = NULL;
	b->mode = LATCH_ENFORCE;
	b->sealed = true;
}

/* lockdown as it is loaded, or, where it would be loaded first, as its file has it. */
static int read_lockdown(struct latch *l, bool with_lockdown, struct latch_state **st, struct latch_module **file,
			 struct latch_error *err)
{
	int e = latch_state_read(l, LATCH_LOCKDOWN, st, err);

	*file = NULL;
	if (e != -ENOENT)
		return e;
	*st = NULL;
	if (!with_lockdown)
		return 0;
	e = latch_module_read(LATCH_LOCKDOWN, file, err);
	if (!e && (e = latch_features_resolve(*file, err))) {
		latch_module_free(*file);
		*file = NULL;
	}
	return e;
}

/* Whether the modules themselves can be sealed. A module that --with-lockdown would load is not there yet. */
static int check_states(struct latch *l, const char *name, const struct latch_state *lockdown, bool enforces,
			struct latch_error *err)
{
	struct latch_state *st;
	int e;

	if (enforces && lockdown && !lockdown->sealed && (e = latch_seal_refuse_state(lockdown, err)))
		return e;
	if (enforces && !strcmp(name, LATCH_LOCKDOWN))
		return lockdown ? latch_seal_refuse(name, err) : 0;
	e = latch_state_read(l, name, &st, err);
	if (e)
		return e;
	e = latch_seal_refuse_state(st, err);
	latch_state_free(st);
	return e;
}

int latch_seal_try(struct latch *l, const char *name, unsigned int flags, enum latch_lockdown_then then,
		   struct latch_error *err)
{
	struct latch_state *lockdown = NULL;
	struct latch_module *file = NULL;
	struct latch_error why = { "" };
	struct latch_below b = { 0 };
	bool enforces = then == LATCH_THEN_ENFORCED;
	int e = read_lockdown(l, enforces, &lockdown, &file, err);

	if (!e)
		e = check_states(l, name, lockdown, enforces, err);
	if (!e) {
		if (lockdown)
			latch_below_of(lockdown, &b);
		b.sealed |= lockdown && then == LATCH_THEN_SEALED;
		if (enforces && !b.is_sealed)
			enforce(file ? file : lockdown->module, &b);
		e = latch_seal_foresee(l, name, flags, &b, err);
	}
	if (!e)
		e = try_load(&why);
	if (e && *why.text)
		*err = why;
	latch_state_free(lockdown);
	latch_module_free(file);
	return e;
}

int latch_seal_lockdown_changes(struct latch *l, struct latch_seal_changes *changes, struct latch_error *err)
{
	struct latch_state *st = NULL;
	struct latch_module *file = NULL;
	const struct latch_module *mod;
	int e = read_lockdown(l, true, &st, &file, err);

	memset(changes, 0, sizeof(*changes));
	if (e)
		return e;
	mod = st ? st->module : file;
	changes->loads = !st;
	changes->observed = st && !st->sealed && st->mode != LATCH_ENFORCE;
	changes->list = calloc(mod->nparams + 1, sizeof(*changes->list));
	if (!changes->list)
		e = latch_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; !e && !(st && st->sealed) && i < mod->nparams; i++) {
		const struct latch_param *p = &mod->params[i];
		struct latch_seal_change *c = &changes->list[changes->n];

		if (p->type != LATCH_TYPE_MODE || !latch_seal_undone_by(p->name) || p->value == LATCH_ENFORCE)
			continue;
		snprintf(c->feature, sizeof(c->feature), "%s", p->name);
		c->from = (unsigned int)p->value;
		changes->n++;
	}
	latch_state_free(st);
	latch_module_free(file);
	return e;
}
