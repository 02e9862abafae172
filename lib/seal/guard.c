// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard, found or put up, and a module entered into it, of which nothing is guarded yet: see guard.bpf.c
 * for what it denies, seal.c for the order, arm.c for what follows. Its room holds
 *	enter, links/HOOK, views/NAME, iter/{guard,attempts}, maps/events, sysctl
 * and the pin directory of a sealed module, beside what it had,
 *	seal/record, iter/{seal,gate,count,tally,allow}
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "seal/sealing.h"
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

static int load_mounts(struct latch_guarding *g)
{
	struct bpf_map *map;
	int e;

	g->mounts = mounts_bpf__open();
	if (!g->mounts)
		return -errno;
	bpf_object__for_each_map(map, g->mounts->obj)
	{
		const struct bpf_map *same = bpf_object__find_map_by_name(g->skel->obj, bpf_map__name(map));

		e = same ? bpf_map__reuse_fd(map, bpf_map__fd(same)) : 0;
		if (e)
			return e;
	}
	return mounts_bpf__load(g->mounts);
}

static int load(struct latch_guarding *g)
{
	int e;

	latch_kernel_btf_drop();
	latch_libbpf_capture();
	if (!g->skel)
		g->skel = guard_bpf__open();
	if (!g->skel)
		return -errno;
	e = latch_leave_unmapped(g->skel->obj, "");
	if (!e)
		e = guard_bpf__load(g->skel);
	if (e)
		return e;
	g->mounts_refused = load_mounts(g);
	if (g->mounts_refused) {
		mounts_bpf__destroy(g->mounts);
		g->mounts = NULL;
	}
	return 0;
}

void latch_guard_unload_programs(struct latch_guarding *g)
{
	mounts_bpf__destroy(g->mounts);
	g->mounts = NULL;
	guard_bpf__destroy(g->skel);
	g->skel = NULL;
}

static int map_id(const struct bpf_map *map, uint32_t *id)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &len))
		return -errno;
	*id = info.id;
	return 0;
}

/* What is needed of the guard once its programs are attached: from then on it opens none of its maps. */
static int take_descriptors(struct latch_guarding *g)
{
	int e = map_id(g->skel->maps.guard_tamper, &g->tamper_id);

	if (!e)
		e = map_id(g->skel->maps.guard_alarm, &g->alarm_id);
	if (e)
		return e;
	g->enter = dup(bpf_program__fd(g->skel->progs.guard_enter));
	g->life = dup(bpf_map__fd(g->skel->maps.guard_life));
	if (g->enter < 0 || g->life < 0)
		return -errno;
	if (latch_hold_version() != LATCH_HOLD_ABI)
		return 0;
	g->tamper = dup(bpf_map__fd(g->skel->maps.guard_tamper));
	g->alarm = dup(bpf_map__fd(g->skel->maps.guard_alarm));
	return g->tamper < 0 || g->alarm < 0 ? -errno : 0;
}

static int make(struct latch_guarding *g, struct latch_error *err)
{
	int e = load(g);

	if (e)
		return latch_fail_lines(err, e == -EINVAL ? -EOPNOTSUPP : e, "cannot load the guard: %s%s%.1500s",
					strerror(-e), *latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
	e = take_descriptors(g);
	return e ? latch_fail(err, e, "cannot take hold of the guard: %s", strerror(-e)) : latch_guard_begin(g, err);
}

/* By its descriptor nobody else becomes the owner. */
static int find(struct latch_guarding *g, struct latch_error *err)
{
	int e;

	g->enter = latch_pin_get(LATCH_GUARD_ROOM, "", "enter");
	if (g->enter < 0)
		return latch_fail(err, g->enter, "%s is not sealed: the guard cannot be asked: %s", g->pindir,
				  latch_pin_error(g->enter));
	e = latch_guard_begin(g, err);
	if (e)
		return e;
	g->life = bpf_map_get_fd_by_id(g->life_id);
	if (g->life < 0)
		return latch_fail(err, -errno, "%s is not sealed: the guard does not let this process in: %m",
				  g->pindir);
	e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->life_id, 1);
	return e ? latch_fail(err, e, "out of memory") : latch_guard_inherit(g, err);
}

static int make_dir(const char *room, const char *kind)
{
	char path[256];

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/%s", room, kind);
	return mkdir(path, 0700) ? -errno : 0;
}

static int make_dirs(const char *room, const char *const *kinds, size_t n, struct latch_error *err)
{
	int e = 0;

	for (size_t i = 0; i < n && !e; i++)
		e = make_dir(room, kinds[i]);
	return e ? latch_fail(err, e, "%s: cannot make the directories of its seal: %s", room, strerror(-e)) : 0;
}

static int attach(struct latch_guarding *g, struct bpf_object *obj, struct latch_error *err)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		const char *section = bpf_program__section_name(prog);
		const char *hook = !strncmp(section, "lsm/", 4) ? section + 4 : NULL;
		_cleanup_close_ int link = -1;
		int e;

		if (!hook)
			continue;
		link = latch_attach(bpf_program__fd(prog));
		if (link < 0)
			return latch_fail_attach(err, link, "the guard", hook);
		e = latch_pin_put(link, LATCH_GUARD_ROOM, "links", hook);
		if (!e)
			e = latch_own_note(g, LATCH_OWN_LINK, hook, link, bpf_program__fd(prog));
		if (e)
			return latch_fail(err, e, "cannot pin the guard's %s: %s", hook, strerror(-e));
	}
	return 0;
}

/* Pinned first: who finds the pin of a guard that is not armed detaches the program. */
static int attach_sysctl(struct latch_guarding *g, struct latch_error *err)
{
	int prog = bpf_program__fd(g->skel->progs.guard_sysctl);
	int e = latch_pin_put(prog, LATCH_GUARD_ROOM, "", "sysctl");

	if (e)
		return latch_fail(err, e, "cannot pin the guard's sysctl program: %s", strerror(-e));
	e = latch_cgroup_attach(prog, BPF_CGROUP_SYSCTL);
	if (!e && (e = latch_own_note(g, LATCH_OWN_PROG, "sysctl", prog, -1)))
		return latch_fail(err, e, "cannot take note of the guard's sysctl program: %s", strerror(-e));
	if (!e)
		return 0;
	latch_pin_drop(LATCH_GUARD_ROOM, "", "sysctl");
	return latch_guard_way_open(g, err, LATCH_WAY_FTRACE, "no program can be attached to the root of cgroup2: %s",
				    strerror(-e));
}

static int pin_view(const char *name, int prog, void *g)
{
	int e = latch_pin_put(prog, LATCH_GUARD_ROOM, "views", name);

	return e ? e : latch_own_note(g, LATCH_OWN_VIEW, name, prog, -1);
}

static int make_view(struct latch_guarding *g, const char *name, const struct bpf_map *map)
{
	int e = latch_view_make(LATCH_GUARD_ROOM, name, bpf_map__fd(map));
	_cleanup_close_ int link = e ? -1 : latch_pin_get(LATCH_GUARD_ROOM, "iter", name);

	return e ? e : link < 0 ? link : latch_own_note(g, LATCH_OWN_ITER, name, link, -1);
}

static int pin_own(struct latch_guarding *g)
{
	int events = bpf_map__fd(g->skel->maps.latch_events);
	int e = latch_pin_put(g->enter, LATCH_GUARD_ROOM, "", "enter");

	if (!e)
		e = latch_own_note(g, LATCH_OWN_PROG, "enter", g->enter, -1);
	if (!e)
		e = latch_pin_put(events, LATCH_GUARD_ROOM, "maps", "events");
	if (!e)
		e = latch_own_note(g, LATCH_OWN_MAP, "events", events, -1);
	if (!e)
		e = latch_views_each(pin_view, g);
	if (!e)
		e = make_view(g, "guard", g->skel->maps.guard_state);
	return e ? e : make_view(g, "attempts", g->skel->maps.latch_tally);
}

/*
 * The program for sysctls before those that close the guard's maps: from then on nobody attaches another, nor turns
 * ftrace off, as long as this process lives.
 */
static int put_up(struct latch_guarding *g, struct latch_error *err)
{
	static const char *const dirs[] = { "", "links", "views", "iter", "maps" };
	int e = make_dirs(LATCH_GUARD_ROOM, dirs, sizeof(dirs) / sizeof(*dirs), err);

	if (e)
		return e;
	e = pin_own(g);
	if (e)
		return latch_fail_denied(err, e, LATCH_DENIED_BPF, "cannot load and pin the guard's views");
	e = attach_sysctl(g, err);
	if (!e)
		e = attach(g, g->skel->obj, err);
	if (!e && g->mounts)
		e = attach(g, g->mounts->obj, err);
	if (!e && (e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->life_id, 1)))
		latch_fail(err, e, "out of memory");
	return e ? e : latch_own_keep(g, err);
}

int latch_guard_load(struct latch_guarding *g, struct latch_error *err)
{
	int armed = latch_guard_armed(), unchecked = latch_returns_unchecked(), e;

	if (armed < 0)
		return latch_fail(err, armed, "%s is not sealed: it cannot be read whether there is a guard: %s",
				  g->pindir, latch_pin_error(armed));
	if (unchecked > 0)
		latch_lockdown_tags(g);
	if (unchecked < 0)
		return latch_fail(err, unchecked,
				  "%s is not sealed: it cannot be tried what a program may return on this kernel: %s",
				  g->pindir, strerror(-unchecked));
	g->unchecked = unchecked;
	g->first = !armed;
	e = g->first ? make(g, err) : find(g, err);
	if (e)
		return e;
	return g->first ? put_up(g, err) : latch_prove(g, err);
}

static int make_record(struct latch_guarding *g)
{
	_cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_record", 4, sizeof(g->record), 1, NULL);
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (map < 0 || bpf_obj_get_info_by_fd(map, &info, &len))
		return -errno;
	g->record_id = info.id;
	e = latch_pin_put(map, g->pindir, "seal", "record");
	return e ? e : latch_view_make(g->pindir, "seal", map);
}

/* By the names that its maps are pinned under. */
static int make_views(const char *pindir)
{
	static const char *const views[] = { "gate", "count", "tally", "allow" };
	int e = 0;

	for (size_t i = 0; i < sizeof(views) / sizeof(*views) && !e; i++) {
		/* What stands in the gate of a sealed module says nothing. */
		const char *name = !strcmp(views[i], "gate") ? "sealed" : views[i];
		_cleanup_close_ int map = latch_pin_get(pindir, "maps", name);

		if (map >= 0)
			e = latch_view_make(pindir, views[i], map);
		else if (map != -ENOENT) /* ungated */
			e = map;
	}
	return e;
}

/* What the module gets of a seal; nothing of it is guarded yet. */
static int put_on(struct latch_guarding *g, struct latch_error *err)
{
	static const char *const dirs[] = { "seal", "iter" };
	int e = make_dirs(g->pindir, dirs, sizeof(dirs) / sizeof(*dirs), err);

	if (e)
		return e;
	/* Before there is a view of it. */
	e = latch_sealed_mode_store(g->pindir, g->mode);
	if (e && e != -ENOENT)
		return latch_fail(err, e, "%s: its mode cannot be sealed: %s", g->pindir, strerror(-e));
	e = make_record(g);
	if (!e)
		e = make_views(g->pindir);
	return e ? latch_fail(err, e, "%s: cannot make iterators of its maps: %s", g->pindir, strerror(-e)) : 0;
}

int latch_guard_enter(struct latch_guarding *g, struct latch_error *err)
{
	int e = put_on(g, err);

	if (e || (e = latch_keep_objects(g, err)) || (e = latch_keep_pins(g, g->pindir, err)))
		return e;
	return latch_keep_hooks(g, err);
}
