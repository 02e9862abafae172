// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the hold to the arming: the guard that guard.c put up comes into force, first for
 * as long as this process lives, then for good. What fails or is killed before
 * latch_guard_arm() leaves the module as it was.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include "seal/sealing.h"
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

static void unmap_state(struct latch_guarding *g)
{
	if (g->state)
		munmap(g->state, sizeof(*g->state));
	g->state = NULL;
}

static void store(struct latch_guarding *g, uint32_t state)
{
	__atomic_store_n(&g->state->state, state, __ATOMIC_SEQ_CST);
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
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
static int reopen(struct latch_guarding *g, uint32_t state, uint32_t life, uint32_t tamper, uint32_t alarm)
{
	int e = reopen_map(g, life, &g->life), fd;

	if (!e && g->shared)
		e = reopen_map(g, tamper, &g->tamper);
	if (!e && g->shared)
		e = reopen_map(g, alarm, &g->alarm);
	if (e)
		return e;
	fd = bpf_map_get_fd_by_id(state);
	if (fd < 0)
		return -errno;
	unmap_state(g);
	e = latch_guard_state_map(g, fd);
	close(fd);
	mounts_bpf__destroy(g->mounts);
	g->mounts = NULL;
	guard_bpf__destroy(g->skel);
	g->skel = NULL;
	return e ? e : latch_expect(&g->expected, LATCH_KEPT_MAP, state, 1);
}

/* The guard learns which mount shows the pins from an attempt to unmount it, which it denies. */
static int learn_mount(struct latch_guarding *g, struct latch_error *err)
{
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
	g->state->learn = 1;
	/* MNT_EXPIRE: were the guard not asked, this would unmount nothing. */
	if (umount2(LATCH_BPFFS, MNT_EXPIRE | UMOUNT_NOFOLLOW) && errno != EPERM)
		return latch_fail(err, -errno, "%s: cannot tell the mount of " LATCH_BPFFS ": %m", g->pindir);
	if (!g->state->mount)
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
	_cleanup_close_ int fd = latch_pin_get(g->pindir, "", "sysctl");
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), last = 0;
	int e = 0;

	if (fd == -ENOENT) /* another guard's is there, or none can be */
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

int latch_guard_hold(struct latch_guarding *g, struct latch_error *err)
{
	uint32_t state = map_id(bpf_map__fd(g->skel->maps.guard_state));
	uint32_t life = map_id(bpf_map__fd(g->skel->maps.guard_life));
	uint32_t tamper = map_id(bpf_map__fd(g->skel->maps.guard_tamper));
	uint32_t alarm = map_id(bpf_map__fd(g->skel->maps.guard_alarm));
	uint32_t kept_id = map_id(bpf_map__fd(g->skel->maps.guard_kept));
	_cleanup_close_ int kept = -1;
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct latch_error why;
	int e = 0, tracer;

	if (bpf_prog_test_run_opts(bpf_program__fd(g->skel->progs.guard_owner), &opts))
		e = -errno;
	else if (opts.retval)
		e = (int)opts.retval;
	if (e)
		return latch_fail(err, e, "%s: the guard does not take this process for its owner: %s", g->pindir,
				  strerror(-e));
	/* Of all that arming enters, this counts from now on: nothing comes behind the census. */
	g->state->seal.flags = g->seal.flags & LATCH_SEAL_LAST;
	store(g, LATCH_GUARD_HOLD);
	e = latch_kernel_status("TracerPid", &tracer, &why);
	if (e)
		return latch_fail(err, e, "%s: it is not known whether latch is being traced: %.1900s", g->pindir,
				  why.text);
	if (tracer)
		return latch_fail(err, -EBUSY, "%s: latch is being traced: it does not seal under a debugger",
				  g->pindir);
	if (!e)
		e = learn_mount(g, err);
	if (!e)
		e = look_at_points(g, err);
	if (!e)
		e = look_at_order(g, err);
	if (e)
		return e;
	e = reopen(g, state, life, tamper, alarm);
	/* What was put in a place of theirs meanwhile stays as well. */
	kept = bpf_map_get_fd_by_id(kept_id);
	if (!e)
		e = kept < 0 ? -errno : 0;
	if (!e)
		return latch_keep_pins(g->pindir, kept, err);
	return e ? latch_fail(err, e, "%s: cannot take hold of its guard: %s", g->pindir, strerror(-e)) : 0;
}

int latch_guard_note_param(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_map param;
	int e = latch_map_open(&param, g->pindir, "param", 0, false);

	if (e == -ENOENT) /* ungated */
		return 0;
	if (e)
		return latch_fail(err, e, "%s: its parameters cannot be read: %s", g->pindir, strerror(-e));
	if (param.size > sizeof(g->state->param)) {
		e = latch_fail(err, -E2BIG, "%s is not sealed: a seal has room for %zu bytes of parameters, it has %zu",
			       g->pindir, sizeof(g->state->param), param.size);
	} else {
		g->state->param_size = (uint32_t)param.size;
		memcpy(g->state->param, param.data, param.size);
	}
	latch_map_close(&param);
	return e;
}

static void let_go(int *fd)
{
	latch_close_fd(fd);
	*fd = -1;
}

int latch_guard_connect(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error why;
	int e = g->shared ? latch_hold_tamper(g->tamper, g->alarm, &why) : 0;

	let_go(&g->tamper);
	let_go(&g->alarm);
	return e ? latch_fail_lines(err, e, "%s is not sealed: %.1500s", g->pindir, why.text) : 0;
}

int latch_guard_arm(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_error held;
	struct latch_seal seal;
	int e;

	/* From the first moment on the record is whole. */
	g->seal.since = latch_now();
	g->state->seal = g->seal;
	g->state->tamper[LATCH_OWN] = g->seal.flags & LATCH_SEAL_TAMPER;
	g->state->tamper[LATCH_SHARED] = g->shared;
	snprintf(g->state->module, sizeof(g->state->module), "%s", g->pindir);
	g->state->denied = 0;
	store(g, LATCH_GUARD_ARMED);
	e = latch_seal_read(g->pindir, &seal);
	if (e) {
		store(g, LATCH_GUARD_OPEN);
		return latch_fail(err, e, "%s: its seal cannot be read back: %s", g->pindir, strerror(-e));
	}
	/* It is sealed now, and holds by the guard alone; with latch.ko, unmounting is no way either. */
	err->text[0] = '\0';
	e = latch_hand_over(g->pindir, &held);
	if (!e)
		__atomic_fetch_or(&g->state->seal.flags, LATCH_SEAL_HOLD, __ATOMIC_SEQ_CST);
	else if (e != -ENOENT)
		latch_fail_lines(err, 0, "%s is sealed, but latch.ko does not hold its links: %.1000s", g->pindir,
				 held.text);
	unmap_state(g);
	let_go(&g->life);
	free(g->expected.list);
	g->expected.list = NULL;
	return 0;
}

void latch_guard_drop(struct latch_guarding *g)
{
	if (g->state)
		store(g, LATCH_GUARD_OPEN);
	unmap_state(g);
	let_go(&g->life);
	let_go(&g->tamper);
	let_go(&g->alarm);
	mounts_bpf__destroy(g->mounts);
	g->mounts = NULL;
	guard_bpf__destroy(g->skel);
	g->skel = NULL;
	free(g->expected.list);
	g->expected.list = NULL;
}
