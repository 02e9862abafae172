// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealing a module until reboot, by a process that nobody else has a hand on (fresh.c). The order:
 *	1. the guard is put up, or the one that is there is proved (prove.c), and the module entered; nothing of it
 *	   is denied
 *	2. the guard holds it: it denies to everybody but this process
 *	3. nobody else has a hand on the module or the guard, the census shows, and they are still what they were
 *	4. it rehearses: each denial is tried, for real
 *	5. latch.ko takes what it needs to tell of attempts; the seal is armed, and this process lets go of it
 * A failure before 5 takes all of it away again, and the module is as it was; so does the
 * next latch after one that was killed before 5. After 5 nothing can fail.
 * No map is frozen: that could not be taken back, and a map of which nobody has a
 * descriptor cannot be written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "seal/sealing.h"

/* PROC_PID_INIT_INO in include/linux/proc_ns.h */
#define INITIAL_PID_NS 0xefffffffu - 3

/* Below another root than process 1 has, some of the mounts that the pins hang on are not shown. */
static int refuse_chroot(struct latch_error *err)
{
	struct statx own, init;

	if (statx(AT_FDCWD, "/", 0, STATX_INO | STATX_MNT_ID, &own) ||
	    statx(AT_FDCWD, "/proc/1/root", 0, STATX_INO | STATX_MNT_ID, &init))
		return latch_fail(err, -errno, "cannot tell the root directory of process 1: %m");
	if (own.stx_mnt_id == init.stx_mnt_id && own.stx_ino == init.stx_ino)
		return 0;
	return latch_fail(err, -EOPNOTSUPP,
			  "a seal is put on from the root directory of process 1, and not from a chroot, where not all "
			  "mounts are seen: `nsenter -t 1 -a latch seal ...`");
}

/* The guard protects what the initial mount namespace shows. */
int latch_seal_namespace(struct latch_error *err)
{
	struct latch_error why;
	ino_t user, pid, own, init;
	int e = latch_namespace("/proc/self/ns/user", &user, &why);

	if (e || (e = latch_namespace("/proc/self/ns/pid", &pid, &why)) ||
	    (e = latch_namespace("/proc/self/ns/mnt", &own, &why)) ||
	    (e = latch_namespace("/proc/1/ns/mnt", &init, &why)))
		return latch_fail(err, e, "cannot tell the namespaces of this process: %.1900s", why.text);
	if (user != LATCH_INITIAL_USER_NS || pid != INITIAL_PID_NS || own != init)
		return latch_fail(err, -EOPNOTSUPP,
				  "a seal is put on from outside of containers: run latch in the namespaces of "
				  "process 1, `nsenter -t 1 -a latch seal ...`");
	return refuse_chroot(err);
}

int latch_seal_refuse_state(const struct latch_state *st, struct latch_error *err)
{
	const char *name = st->module->name;
	int e = latch_seal_refuse(name, err);

	if (!e)
		e = latch_trial_refuse(name, err);
	if (e)
		return e;
	if (st->missing)
		return latch_fail(err, -EBADMSG,
				  "%s is damaged: %u of its links were removed by somebody: load it again first", name,
				  st->missing);
	if (st->module->gated && st->mode == LATCH_OFF)
		return latch_fail(err, -EBADMSG, "%s denies nothing: somebody closed its gate", name);
	return latch_seal_namespace(err);
}

/* All that stands against it is named at once: what no feature closes, too. */
static int refuse(struct latch_guarding *g, const struct latch_below *b, struct latch_findings *f,
		  struct latch_error *err)
{
	size_t demands = f->n;
	int e = demands ? latch_seal_foresee_ways(g->pindir, b, f, err) : 0;

	return e ? e : latch_seal_refuse_open(g->pindir, f, demands, b, err);
}

static int demand(struct latch *l, struct latch_guarding *g, struct latch_error *err)
{
	struct latch_findings f;
	struct latch_below b;
	struct latch_state *st;
	int e = latch_below_read(l, g->pindir, &b, &st, err);

	if (e)
		return e;
	e = latch_below_demands(&b, &f, err);
	if (!e && !(g->record.seal.flags & LATCH_SEAL_WEAK))
		e = refuse(g, &b, &f, err);
	for (size_t i = 0; i < f.n && !e; i++)
		e = latch_guard_way_open(g, err, f.list[i].feature, "%s", f.list[i].text);
	free(f.list);
	latch_state_free(st);
	return e;
}

/* Whether, now that nobody can change it any more, it is what was asked to be sealed. */
static int same(struct latch *l, const struct latch_state *before, struct latch_error *err)
{
	const struct latch_module *mod = before->module;
	struct latch_state *now;
	bool changed;
	int e = latch_state_read(l, mod->name, &now, err);

	if (e)
		return e;
	changed = now->missing || now->mode != before->mode || now->module->nparams != mod->nparams ||
		  now->module->nexceptions != mod->nexceptions ||
		  memcmp(now->module->digest, mod->digest, sizeof(mod->digest));
	for (size_t i = 0; !changed && i < mod->nparams; i++)
		changed = now->module->params[i].value != mod->params[i].value;
	for (size_t i = 0; !changed && i < mod->nexceptions; i++)
		changed = !latch_exception_listed(now->module, &mod->exceptions[i]);
	latch_state_free(now);
	return changed ? latch_fail(err, -EBUSY, "%s is not sealed: it was changed while it was being sealed",
				    mod->name) :
			 0;
}

struct unlinked {
	struct latch *l;
	const char *name;
	int n;
};

static int count_unlinked_one(const char *hook, void *arg)
{
	struct unlinked *u = arg;
	char path[2 * LATCH_NAME_MAX + 16];
	int there;

	snprintf(path, sizeof(path), "%s/links/%s", u->name, hook);
	there = latch_there(u->l->dir, path);
	u->n += !there;
	return there < 0 ? there : 0;
}

/* Programs of the modules that are sealed already, for hooks that nothing needs. */
static int count_unlinked(struct latch *l, int *n, struct latch_error *err)
{
	struct unlinked u = { .l = l };
	struct latch_seal seal;
	char **names;
	size_t count;
	int e = latch_state_names(l, &names, &count, err);

	while (!e && count) {
		u.name = names[--count];
		if (!latch_seal_read(u.name, &seal)) {
			e = latch_pins_each(u.name, "progs", count_unlinked_one, &u);
			if (e)
				latch_fail(err, e, "%s: its pins cannot be listed: %s", u.name, strerror(-e));
		}
		free(names[count]);
	}
	while (count)
		free(names[--count]);
	free(names);
	*n = u.n;
	return e;
}

static int rehearse(struct latch *l, struct latch_guarding *g, const struct latch_state *st, struct latch_error *err)
{
	int unlinked = -1, e = latch_guard_hold(g, err);

	if (!e && g->record.seal.flags & LATCH_SEAL_LAST)
		e = count_unlinked(l, &unlinked, err);
	if (!e)
		e = latch_census_take(g->census, &g->expected, unlinked, err);
	if (!e)
		e = latch_prove_same(g, err);
	if (!e)
		e = latch_prove_tags(g, err);
	if (!e)
		e = same(l, st, err);
	if (!e)
		e = latch_guard_note_param(g, err);
	if (!e && !(g->record.seal.flags & LATCH_SEAL_WEAK))
		e = demand(l, g, err);
	if (!e) {
		e = latch_guard_advance(g, LATCH_GUARD_REHEARSE);
		if (e)
			return latch_fail(err, e, "%s: the guard does not rehearse: %s", g->pindir, strerror(-e));
		e = latch_selftest(g, err);
	}
	return e;
}

static int seal(struct latch *l, struct latch_guarding *g, const struct latch_state *st, struct latch_error *err)
{
	int e = latch_census_open(&g->census, err), dropped;

	if (e || (e = latch_guard_load(g, err)) || (e = latch_guard_enter(g, err)) || (e = rehearse(l, g, st, err)) ||
	    (e = latch_guard_connect(g, err)) || (e = latch_guard_arm(g, err))) {
		latch_guard_drop(g);
		dropped = latch_seal_tidy(l, g->pindir);
		if (dropped) {
			size_t used = strlen(err->text);

			snprintf(err->text + used, sizeof(err->text) - used,
				 "; and what the guard has of it, which denies nothing, cannot be taken away: %s",
				 strerror(-dropped));
		}
	}
	latch_census_close(g->census);
	return e;
}

int latch_seal(struct latch *l, const char *name, unsigned int flags, struct latch_error *err)
{
	struct latch_guarding g = { .pindir = name, .enter = -1, .life = -1, .tamper = -1, .alarm = -1 };
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, err);

	if (e)
		return e;
	g.module = st->module;
	g.mode = st->mode;
	g.record.seal.abi = LATCH_ABI;
	g.record.seal.flags = flags;
	g.record.seal.uid = getuid();
	g.record.seal.pid = (uint32_t)getpid();
	e = latch_kernel_ready(err);
	if (!e)
		e = latch_hidden_refuse(l, err);
	if (!e)
		e = latch_seal_refuse_state(st, err);
	if (!e)
		e = latch_hold_ready(name, flags, err);
	if (!e)
		e = demand(l, &g, err);
	if (!e)
		e = latch_seal_refuse_old(name, err);
	if (!e)
		e = seal(l, &g, st, err);
	latch_state_free(st);
	latch_audit("seal", name, e);
	return e;
}
