// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the programs of the guard that is there are those that this latch would put up, on the hooks and with
 * the maps that these would have. What is so is noted, see own.c.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "seal/sealing.h"
#include "seal/census.h"
#include "seal/code.h"
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

struct proving {
	struct latch_guarding *g;
	struct latch_error *err;
	struct latch_code code;	       /* of this latch */
	uint32_t its[LATCH_CODE_MAPS]; /* the guard's maps, by their ids, for those of the code; 0: not met yet */
	uint32_t view_kind;	       /* BTF id of what views are attached to */
};

/* One of its maps for each of this latch's. */
static int pair_up(struct proving *p, uint32_t place, uint32_t its)
{
	for (size_t i = 0; i < p->code.nmaps; i++)
		if (i != place && p->its[i] == its)
			return -EBADE;
	if (p->its[place] && p->its[place] != its)
		return -EBADE;
	p->its[place] = its;
	return 0;
}

static uint32_t its_map(const struct proving *p, const char *name)
{
	for (size_t i = 0; i < p->code.nmaps; i++)
		if (!strcmp(bpf_map__name(p->code.maps[i]), name))
			return p->its[i];
	return 0;
}

static bool is_code(const struct latch_code_prog *prog, const uint8_t tag[BPF_TAG_SIZE])
{
	return !memcmp(prog->tag[0], tag, BPF_TAG_SIZE) || !memcmp(prog->tag[1], tag, BPF_TAG_SIZE);
}

/* hook: what it is attached to, BTF id; 0: nothing of that kind */
static int compare(struct proving *p, const struct latch_code_prog *prog, int fd, uint32_t hook)
{
	struct bpf_prog_info info = { 0 };
	uint32_t maps[LATCH_CODE_MAPS], len = sizeof(info);
	int e = 0;

	info.nr_map_ids = LATCH_CODE_MAPS;
	info.map_ids = (uint64_t)(uintptr_t)maps;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (!is_code(prog, info.tag) || info.attach_btf_id != hook ||
	    info.nr_map_ids < prog->nmaps) /* somebody may have bound others to it */
		return -EBADE;
	for (uint32_t i = 0; !e && i < prog->nmaps; i++)
		e = pair_up(p, prog->maps[i], maps[i]);
	return e;
}

static int compare_prog(struct proving *p, const char *name, int fd, uint32_t hook)
{
	const struct latch_code_prog *prog = latch_code_find(&p->code, name);
	int e = !prog ? -EINVAL : fd < 0 ? fd : compare(p, prog, fd, hook);

	if (e == -EBADE || e == -ENOENT)
		return latch_guard_differs(p->g, p->err, name);
	return e ? latch_fail(p->err, e, "%s is not sealed: the guard's program %s cannot be looked at: %s",
			      p->g->pindir, name, strerror(-e)) :
		   0;
}

static int note(struct proving *p, enum latch_own_kind kind, const char *name, int fd, int prog)
{
	int e = latch_own_note(p->g, kind, name, fd, prog);

	return e ? latch_fail(p->err, e, "%s is not sealed: no note can be taken of the guard's %s: %s", p->g->pindir,
			      name, strerror(-e)) :
		   0;
}

/* The program of a link, as a descriptor. */
static int linked_prog(int link, struct bpf_link_info *info)
{
	uint32_t len = sizeof(*info);
	int fd;

	memset(info, 0, sizeof(*info));
	if (link < 0)
		return link;
	if (bpf_obj_get_info_by_fd(link, info, &len))
		return -errno;
	fd = bpf_prog_get_fd_by_id(info->prog_id);
	return fd < 0 ? -errno : fd;
}

static int compare_hook(struct proving *p, const struct latch_code_prog *prog)
{
	const char *hook = prog->section + strlen("lsm/");
	struct bpf_link_info info;
	_cleanup_close_ int link = latch_pin_get(LATCH_GUARD_ROOM, "links", hook);
	_cleanup_close_ int fd = linked_prog(link, &info);
	int id = latch_kernel_hook_id(hook), e;

	if (id < 0)
		return latch_fail(p->err, id, "the hook %s cannot be found: %s", hook, strerror(-id));
	if (fd >= 0 && (info.type != BPF_LINK_TYPE_TRACING || info.tracing.attach_type != BPF_LSM_MAC))
		return latch_guard_differs(p->g, p->err, hook);
	e = compare_prog(p, prog->name, fd, (uint32_t)id);
	return e ? e : note(p, LATCH_OWN_LINK, hook, link, fd);
}

static int compare_sysctl(struct proving *p)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "", "sysctl");
	int e;

	/* What is not there is a way that the first seal left open, too. */
	if (fd == -ENOENT)
		return latch_guard_way_open(p->g, p->err, LATCH_WAY_FTRACE,
					    "the guard was put up without a program for sysctls");
	e = compare_prog(p, "guard_sysctl", fd, 0);
	return e ? e : note(p, LATCH_OWN_PROG, "sysctl", fd, -1);
}

/* The very program that this process asks, and whose owner it says to be by the descriptor of that map. */
static int compare_enter(struct proving *p)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int e = compare_prog(p, "guard_enter", p->g->enter, 0);

	if (e)
		return e;
	if (bpf_obj_get_info_by_fd(p->g->life, &info, &len) || info.id != p->g->life_id ||
	    info.id != its_map(p, "guard_life"))
		return latch_guard_differs(p->g, p->err, "guard_life");
	return note(p, LATCH_OWN_PROG, "enter", p->g->enter, -1);
}

static int compare_view(struct proving *p, const char *name)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "views", name);
	int e = compare_prog(p, name, fd, p->view_kind);

	return e ? e : note(p, LATCH_OWN_VIEW, name, fd, -1);
}

static int compare_iter(struct proving *p, const char *name, const char *map)
{
	struct bpf_link_info info;
	_cleanup_close_ int link = latch_pin_get(LATCH_GUARD_ROOM, "iter", name);
	_cleanup_close_ int fd = linked_prog(link, &info);
	int e;

	if (fd >= 0 && (info.type != BPF_LINK_TYPE_ITER || info.iter.map.map_id != its_map(p, map)))
		return latch_guard_differs(p->g, p->err, name);
	e = compare_prog(p, name, fd, p->view_kind);
	return e ? e : note(p, LATCH_OWN_ITER, name, link, -1);
}

static int compare_events(struct proving *p)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "maps", "events");
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) || info.id != its_map(p, "latch_events"))
		return latch_guard_differs(p->g, p->err, "events");
	return note(p, LATCH_OWN_MAP, "events", fd, -1);
}

static int compare_programs(struct proving *p)
{
	int e = 0;

	for (size_t i = 0; !e && i < p->code.nprogs; i++) {
		const struct latch_code_prog *prog = &p->code.progs[i];

		if (!strncmp(prog->section, "lsm/", 4))
			e = compare_hook(p, prog);
		else if (!strncmp(prog->section, "iter/", 5))
			e = compare_view(p, prog->name);
	}
	if (!e)
		e = compare_enter(p);
	if (!e)
		e = compare_sysctl(p);
	if (!e)
		e = compare_iter(p, "guard", "guard_state");
	if (!e)
		e = compare_iter(p, "attempts", "latch_tally");
	return e ? e : compare_events(p);
}

/* Constants are in no tag. Nobody can write these any more. */
static bool same_constants(const struct bpf_map *map, uint32_t its_id)
{
	_cleanup_close_ int its = bpf_map_get_fd_by_id(its_id);
	_cleanup_free_ char *value = NULL;
	size_t size = 0;
	const void *data = bpf_map__initial_value((struct bpf_map *)map, &size);
	uint32_t zero = 0;

	value = malloc(size + 1);
	return its >= 0 && data && value && !bpf_map_lookup_elem(its, &zero, value) && !memcmp(value, data, size) &&
	       bpf_map_update_elem(its, &zero, value, BPF_ANY) && errno == EPERM;
}

static bool same_map(struct latch_guarding *g, const struct bpf_map *map, uint32_t its_id)
{
	struct latch_census its;

	if (latch_census_map(g->census, its_id, &its) || bpf_map__type(map) != its.type ||
	    bpf_map__key_size(map) != its.key_size || bpf_map__value_size(map) != its.value_size ||
	    bpf_map__max_entries(map) != its.max_entries || bpf_map__map_flags(map) != its.flags)
		return false;
	return !(its.flags & BPF_F_RDONLY_PROG) || same_constants(map, its_id);
}

static int compare_maps(struct proving *p)
{
	for (size_t i = 0; i < p->code.nmaps; i++)
		if (!same_map(p->g, p->code.maps[i], p->its[i]))
			return latch_guard_differs(p->g, p->err, bpf_map__name(p->code.maps[i]));
	return 0;
}

/* latch.ko has the queue and the ring, of which it gives nothing away. */
static int expect_told(struct proving *p)
{
	struct latch_guarding *g = p->g;
	int e = 0, told;

	g->tamper_id = its_map(p, "guard_tamper");
	g->alarm_id = its_map(p, "guard_alarm");
	told = latch_hold_tells(g->tamper_id, g->alarm_id);
	if (told < 0)
		return latch_fail(p->err, told, "%s is not sealed: it cannot be read what latch.ko tells of: %s",
				  g->pindir, strerror(-told));
	if (told && ((e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->tamper_id, 1)) ||
		     (e = latch_expect(&g->expected, LATCH_KEPT_MAP, g->alarm_id, 1))))
		return latch_fail(p->err, e, "out of memory");
	return told || !(g->record.seal.flags & LATCH_SEAL_TAMPER) ?
		       0 :
		       latch_fail(
			       p->err, -EOPNOTSUPP,
			       "%s is not sealed: on-tamper is done by latch.ko, which was not given the attempts when "
			       "the first module was sealed",
			       g->pindir);
}

/* The objects that this latch would put up: the guard's, the views' and, if they are there, those of mounts. */
struct objects {
	struct guard_bpf *guard;
	struct mounts_bpf *mounts;
	struct bpf_object *views;
};

static void close_objects(struct objects *o)
{
	guard_bpf__destroy(o->guard);
	mounts_bpf__destroy(o->mounts);
	bpf_object__close(o->views);
	latch_code_end();
}

static int read_objects(struct objects *o, struct latch_code *code, bool mounts)
{
	int e = latch_code_begin();

	if (e)
		return e;
	latch_kernel_btf_drop();
	latch_libbpf_capture();
	o->guard = guard_bpf__open();
	o->mounts = mounts ? mounts_bpf__open() : NULL;
	o->views = latch_views_open();
	if (!o->guard || !o->views || (mounts && !o->mounts))
		return -errno;
	e = latch_leave_unmapped(o->guard->obj, "");
	if (!e)
		e = latch_code_read(code, o->guard->obj);
	if (!e && mounts)
		e = latch_code_read(code, o->mounts->obj);
	return e ? e : latch_code_read(code, o->views);
}

int latch_compare_programs(struct latch_guarding *g, bool mounts, struct latch_error *err)
{
	struct proving p = { .g = g, .err = err };
	struct objects o = { 0 };
	int e = read_objects(&o, &p.code, mounts), kind = latch_kernel_function_id("bpf_iter_bpf_map_elem");

	if (!e && kind < 0)
		e = kind;
	p.view_kind = (uint32_t)kind;
	if (e)
		latch_fail(err, e, "%s is not sealed: what the guard is to be compared with cannot be read: %s",
			   g->pindir, strerror(-e));
	if (!e)
		e = compare_programs(&p);
	if (!e)
		e = compare_maps(&p);
	if (!e)
		e = expect_told(&p);
	close_objects(&o);
	return e;
}
