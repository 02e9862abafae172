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
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

static void let_go(int *fd)
{
	latch_close_fd(fd);
	*fd = -1;
}

static int reopen_map(struct latch_guarding *g, uint32_t id, int *fd)
{
	*fd = bpf_map_get_fd_by_id(id);
	return *fd < 0 ? -errno : latch_expect(&g->expected, LATCH_KEPT_MAP, id, 1);
}

/*
 * Descriptors made before the hold may have been taken from this process: all are
 * closed, and what is needed further is opened anew, when no other can reach it.
 */
static int reopen(struct latch_guarding *g)
{
	uint32_t tamper = map_id(bpf_map__fd(g->skel->maps.guard_tamper));
	uint32_t alarm = map_id(bpf_map__fd(g->skel->maps.guard_alarm));
	int e = reopen_map(g, g->life_id, &g->life);

	if (!e && latch_hold_version() == LATCH_HOLD_ABI)
		e = reopen_map(g, tamper, &g->tamper);
	if (!e && g->tamper >= 0)
		e = reopen_map(g, alarm, &g->alarm);
	if (e)
		return e;
	mounts_bpf__destroy(g->mounts);
	g->mounts = NULL;
	guard_bpf__destroy(g->skel);
	g->skel = NULL;
	return 0;
}

/* The guard learns which mount shows the pins from an attempt to unmount it, which it denies. */
static int learn_mount(struct latch_guarding *g, struct latch_error *err)
{
	uint64_t denied, mount;
	int e;

	if (!g->mounts)
		return latch_guard_way_open(
			g, err, LATCH_WAY_UMOUNT,
			"neither that, nor moving it or mounting over it, is seen: the kernel refuses the program of "
			"the seal that reads which mounts bpffs lies on: %s%s",
			strerror(-g->mounts_refused),
			latch_builtin_lockdown() == LATCH_CONFIDENTIALITY ?
				": the kernel's own lockdown (confidentiality) denies reading kernel memory to it" :
				": the feature bpf_read_kernel, where it is enforced, denies that: set it to "
				"observe first");
	e = latch_guard_learn(g);
	/* MNT_EXPIRE: were the guard not asked, this would unmount nothing. */
	if (!e && umount2(LATCH_BPFFS, MNT_EXPIRE | UMOUNT_NOFOLLOW) && errno != EPERM)
		e = -errno;
	if (!e)
		e = latch_guard_look(g, &denied, &mount);
	if (e)
		return latch_fail(err, e, "%s: cannot tell the mount of " LATCH_BPFFS ": %s", g->pindir, strerror(-e));
	if (!mount)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s: the guard does not see " LATCH_BPFFS
				  " being unmounted, or more mounts lie below it than it looks at",
				  g->pindir);
	return 0;
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
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "", "sysctl");
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), last = 0;
	int e = 0;

	if (fd == -ENOENT) /* none can be attached */
		return 0;
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		e = fd < 0 ? fd : -errno;
	if (!e)
		e = latch_cgroup_last(BPF_CGROUP_SYSCTL, &last);
	if (e)
		return latch_fail(err, e, "%s: it is not known which program for sysctls is the last: %s", g->pindir,
				  strerror(-e));
	return last == info.id ?
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

/* What is the same for every seal, and the guard from its arming on takes care of. */
static int hold_first(struct latch_guarding *g, struct latch_error *err)
{
	int e = learn_mount(g, err);

	if (!e)
		e = look_at_points(g, err);
	if (!e)
		e = look_at_order(g, err);
	if (e)
		return e;
	e = reopen(g);
	if (e)
		return latch_fail(err, e, "%s: cannot take hold of the guard: %s", g->pindir, strerror(-e));
	return latch_keep_pins(g, LATCH_GUARD_ROOM, err);
}

int latch_guard_hold(struct latch_guarding *g, struct latch_error *err)
{
	/* Of all that arming enters, LATCH_SEAL_LAST counts from now on: nothing comes behind the census. */
	int e = latch_guard_advance(g, LATCH_GUARD_HOLD);

	if (e)
		return latch_fail(err, e, "%s: the guard does not hold: %s", g->pindir, strerror(-e));
	e = look_for_tracer(g, err);
	if (!e && g->first)
		e = hold_first(g, err);
	/* What was put in a place of theirs meanwhile stays as well. */
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

/* A later seal may want what this one does not. */
int latch_guard_connect(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error why;
	int e = g->tamper >= 0 ? latch_hold_tamper(g->tamper, g->alarm, &why) : 0;

	if (g->tamper >= 0 && !e)
		g->record.seal.flags |= LATCH_SEAL_TOLD;
	let_go(&g->tamper);
	let_go(&g->alarm);
	return e && g->record.seal.flags & LATCH_SEAL_TAMPER ?
		       latch_fail_lines(err, e, "%s is not sealed: %.1500s", g->pindir, why.text) :
		       0;
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
	mounts_bpf__destroy(g->mounts);
	g->mounts = NULL;
	guard_bpf__destroy(g->skel);
	g->skel = NULL;
	free(g->expected.list);
	g->expected.list = NULL;
}
