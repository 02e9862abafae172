// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the hold to the arming: what guard.c entered comes into force, first for
 * as long as this process lives, then for good. What fails or is killed before
 * latch_guard_arm() leaves the module as it was.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include "seal/sealing.h"

static void let_go(int *fd)
{
	latch_close_fd(fd);
	*fd = -1;
}

/* The guard learns which mount shows the pins, or says whether it is that, from an attempt to unmount it, which it
 * denies. */
int latch_guard_learn_mount(struct latch_guarding *g, bool *learnt, struct latch_error *err)
{
	struct latch_guard_call call;
	int e = latch_guard_learn(g);

	/* MNT_EXPIRE: were the guard not asked, this would unmount nothing. */
	if (!e && umount2(LATCH_BPFFS, MNT_EXPIRE | UMOUNT_NOFOLLOW) && errno != EPERM)
		e = -errno;
	if (!e)
		e = latch_guard_look(g, &call);
	if (e)
		return latch_fail(err, e, "%s: cannot tell the mount of " LATCH_BPFFS ": %s", g->pindir, strerror(-e));
	*learnt = call.learnt;
	return 0;
}

static int note_unseen(struct latch_guarding *g, struct latch_error *err)
{
	return latch_guard_way_open(
		g, err, LATCH_WAY_UMOUNT,
		"neither that, nor moving it or mounting over it, is seen: the kernel refuses the program of "
		"the seal that reads which mounts bpffs lies on: %s%s",
		strerror(-g->mounts_refused),
		latch_builtin_lockdown() == LATCH_CONFIDENTIALITY ?
			": the kernel's own lockdown (confidentiality) denies reading kernel memory to it" :
			": the feature bpf_read_kernel, where it is enforced, denies that: set it to "
			"observe first");
}

static int learn_mount(struct latch_guarding *g, struct latch_error *err)
{
	bool learnt;
	int e = g->mounts ? latch_guard_learn_mount(g, &learnt, err) : note_unseen(g, err);

	if (e || !g->mounts || learnt)
		return e;
	return latch_fail(err, -EOPNOTSUPP,
			  "%s: the guard does not see " LATCH_BPFFS
			  " being unmounted, or more mounts lie below it than it looks at",
			  g->pindir);
}

/* While nobody changes how the mounts lie. */
static int look_at_points(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error why;
	int r = latch_seal_mountpoint(&why);

	if (r < 0)
		return latch_fail_lines(err, r, "%s is not sealed: %.1500s", g->pindir, why.text);
	return r ? latch_guard_way_open(g, err, "a mount point", "%s", why.text) : 0;
}

/* While nobody attaches another behind it. */
static int look_at_order(struct latch_guarding *g, struct latch_error *err)
{
	const struct latch_own *own = latch_own_find(g, LATCH_OWN_PROG, "sysctl");
	uint32_t last = 0;
	int e = own ? latch_cgroup_last(BPF_CGROUP_SYSCTL, &last) : 0;

	if (!own) /* none can be attached */
		return 0;
	if (e)
		return latch_fail(err, e, "%s: it is not known which program for sysctls is the last: %s", g->pindir,
				  strerror(-e));
	return last == own->id ?
		       0 :
		       latch_fail(err, -EBUSY,
				  "%s is not sealed: program %u was attached to sysctls behind the guard's, and "
				  "could overrule it",
				  g->pindir, last);
}

static int look_for_tracer(const struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error why;
	int tracer, e = latch_kernel_status("TracerPid", &tracer, &why);

	if (e)
		return latch_fail(err, e, "%s: it is not known whether latch is being traced: %.1900s", g->pindir,
				  why.text);
	return tracer ? latch_fail(err, -EBUSY, "%s: latch is being traced: it does not seal under a debugger",
				   g->pindir) :
			0;
}

int latch_guard_hold(struct latch_guarding *g, struct latch_error *err)
{
	/* Of all that arming enters, LATCH_SEAL_LAST counts from now on: nothing comes behind the census. */
	int e = latch_guard_advance(g, LATCH_GUARD_HOLD);

	if (e)
		return latch_fail(err, e, "%s: the guard does not hold: %s", g->pindir, strerror(-e));
	e = look_for_tracer(g, err);
	if (!e && g->first)
		e = learn_mount(g, err);
	if (!e)
		e = look_at_points(g, err);
	if (!e)
		e = look_at_order(g, err);
	if (e)
		return e;
	latch_guard_unload_programs(g);
	if (g->tamper >= 0 && ((e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->tamper_id, 1)) ||
			       (e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->alarm_id, 1))))
		return latch_fail(err, e, "out of memory");
	/* What was put in a place of theirs meanwhile stays as well. */
	e = g->first ? latch_keep_pins(g, LATCH_GUARD_ROOM, err) : 0;
	return e ? e : latch_keep_pins(g, g->pindir, err);
}

int latch_guard_note_param(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_sealed *r = &g->record;
	struct latch_map param;
	int e = latch_map_open(&param, g->pindir, "param", 0, false);

	if (e == -ENOENT) /* ungated */
		return 0;
	if (e)
		return latch_fail(err, e, "%s: its parameters cannot be read: %s", g->pindir, strerror(-e));
	if (param.size > sizeof(r->param)) {
		e = latch_fail(err, -E2BIG, "%s is not sealed: a seal has room for %zu bytes of parameters, it has %zu",
			       g->pindir, sizeof(r->param), param.size);
	} else {
		r->param_size = (uint32_t)param.size;
		memcpy(r->param, param.data, param.size);
	}
	latch_map_close(&param);
	return e;
}

/* A later seal may want what this one does not, and finds it in the guard or never. */
int latch_guard_connect(struct latch_guarding *g, struct latch_error *err)
{
	bool wanted = g->record.seal.flags & LATCH_SEAL_TAMPER;
	struct latch_error why;
	int e;

	if (!g->first)
		return 0;
	e = g->tamper >= 0 ? latch_hold_tamper(g->tamper, g->alarm, &why) :
			     latch_fail(&why, -EOPNOTSUPP, "latch.ko was not there when the guard was put up");
	if (!e)
		g->record.seal.flags |= LATCH_SEAL_TOLD;
	let_go(&g->tamper);
	let_go(&g->alarm);
	return e && wanted ? latch_fail_lines(err, e, "%s is not sealed: %.1500s", g->pindir, why.text) : 0;
}

/* Before it is for good, and read as others will read it. This process is let at it again. */
static int write_record(struct latch_guarding *g)
{
	_cleanup_close_ int map = -1;
	_cleanup_free_ void *data = NULL;
	uint32_t zero = 0;
	size_t size;
	int e = latch_guard_advance(g, LATCH_GUARD_HOLD);

	if (e)
		return e;
	g->record.seal.since = latch_now();
	map = bpf_map_get_fd_by_id(g->record_id);
	if (map < 0 || bpf_map_update_elem(map, &zero, &g->record, BPF_ANY))
		return -errno;
	e = latch_iter_read(g->pindir, "seal", &data, &size);
	if (e)
		return e;
	return size != sizeof(g->record) || memcmp(data, &g->record, size) ? -EBADMSG : 0;
}

int latch_guard_arm(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error held;
	int e = write_record(g);

	if (e)
		return latch_fail(err, e, "%s: its record cannot be written and read back: %s", g->pindir,
				  strerror(-e));
	e = latch_guard_seal(g, g->record.seal.flags);
	if (e)
		return latch_fail(err, e, "%s: the guard is not armed: %s", g->pindir, strerror(-e));
	/* It is sealed now, and holds by the guard alone; with latch.ko, unmounting is no way either. */
	err->text[0] = '\0';
	e = latch_hand_over(g->pindir, &held);
	if (!e && (e = latch_guard_held(g)))
		latch_fail(&held, e, "it does, and the guard does not take note of it: %s", strerror(-e));
	if (e && e != -ENOENT)
		latch_fail_lines(err, 0, "%s is sealed, but latch.ko does not hold its links: %.1000s", g->pindir,
				 held.text);
	latch_guard_drop(g);
	return 0;
}

void latch_guard_drop(struct latch_guarding *g)
{
	let_go(&g->life);
	let_go(&g->enter);
	let_go(&g->tamper);
	let_go(&g->alarm);
	latch_guard_unload_programs(g);
	free(g->expected.list);
	g->expected.list = NULL;
}
