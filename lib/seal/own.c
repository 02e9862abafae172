// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guard itself consists of: its links, programs and pins. Noted when it is put up, or when it is compared
 * with what this latch would put up (prove.c); what the pins show later has to be that, and no more.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"
#include "seal/census.h"

/* Of enum latch_own_kind, below the guard's directory. */
static const char *const dirs[] = { "links", "iter", "views", "maps", "" };

static int read_link(int fd, struct latch_own *own)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	own->link = info.id;
	own->id = info.prog_id;
	own->map = info.type == BPF_LINK_TYPE_ITER ? info.iter.map.map_id : 0;
	return 0;
}

static int read_prog(int fd, struct latch_own *own)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	own->id = info.id;
	own->nmaps = info.nr_map_ids;
	memcpy(&own->tag, info.tag, sizeof(own->tag));
	return 0;
}

static int read_map(int fd, struct latch_own *own)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	own->id = info.id;
	return 0;
}

static int read_fd(enum latch_own_kind kind, int fd, struct latch_own *own)
{
	switch (kind) {
	case LATCH_OWN_LINK:
	case LATCH_OWN_ITER:
		return read_link(fd, own);
	case LATCH_OWN_MAP:
		return read_map(fd, own);
	default:
		return read_prog(fd, own);
	}
}

int latch_own_note(struct latch_guarding *g, enum latch_own_kind kind, const char *name, int fd, int prog)
{
	struct latch_own *own = &g->own[g->nown];
	int e = 0;

	if (g->nown == LATCH_OWN_MAX)
		return -E2BIG;
	memset(own, 0, sizeof(*own));
	own->kind = kind;
	snprintf(own->name, sizeof(own->name), "%s", name);
	if (prog >= 0)
		e = read_prog(prog, own);
	if (!e)
		e = read_fd(kind, fd, own);
	g->nown += !e;
	return e;
}

const struct latch_own *latch_own_find(const struct latch_guarding *g, enum latch_own_kind kind, const char *name)
{
	for (size_t i = 0; i < g->nown; i++)
		if (g->own[i].kind == kind && !strcmp(g->own[i].name, name))
			return &g->own[i];
	return NULL;
}

static bool is_same(const struct latch_guarding *g, const struct latch_own *own)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, dirs[own->kind], own->name);
	const struct latch_own *view =
		own->kind == LATCH_OWN_ITER ? latch_own_find(g, LATCH_OWN_VIEW, own->name) : NULL;
	struct latch_own now = { 0 };

	if (fd < 0 || read_fd(own->kind, fd, &now))
		return false;
	return now.link == own->link && now.id == own->id && now.map == own->map && (!view || view->id == own->id);
}

static int count_one(int dir, const char *name, void *arg)
{
	(void)dir;
	(void)name;
	++*(size_t *)arg;
	return 0;
}

/* Whether there are as many pins in a directory as were noted; in the guard's, the other directories too. */
static int compare_count(const struct latch_guarding *g, enum latch_own_kind kind)
{
	_cleanup_close_ int dir = latch_pin_open(LATCH_GUARD_ROOM, dirs[kind], "", O_PATH | O_DIRECTORY);
	size_t there = 0, noted = kind == LATCH_OWN_PROG ? sizeof(dirs) / sizeof(*dirs) - 1 : 0;
	int e = dir < 0 ? dir : latch_entries_each(dir, ".", count_one, &there);

	for (size_t i = 0; i < g->nown; i++)
		noted += g->own[i].kind == kind;
	return e ? e : there == noted ? 0 : -EBADE;
}

int latch_own_compare(const struct latch_guarding *g, const char **what)
{
	int e = 0;

	for (size_t i = 0; i < g->nown; i++) {
		*what = g->own[i].name;
		if (!is_same(g, &g->own[i]))
			return -EBADE;
	}
	for (unsigned int kind = 0; !e && kind < sizeof(dirs) / sizeof(*dirs); kind++) {
		*what = kind == LATCH_OWN_PROG ? "its directory" : dirs[kind];
		e = compare_count(g, kind);
	}
	return e;
}

/* Whoever binds a map to one of its programs changes nothing, and that map is none of the guard's. */
static int expect_prog(struct latch_expected *x, const struct latch_own *own)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(own->id);
	struct bpf_prog_info info = { 0 };
	uint32_t maps[64], len = sizeof(info);
	int e;

	if (fd < 0)
		return -errno;
	if (latch_expected_find(x, LATCH_KEPT_PROG, own->id))
		return 0;
	info.nr_map_ids = own->nmaps;
	info.map_ids = (uint64_t)(uintptr_t)maps;
	if (own->nmaps > sizeof(maps) / sizeof(*maps))
		return -E2BIG;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = latch_expect(x, LATCH_KEPT_PROG, own->id, LATCH_ANY_REFERENCES);
	for (uint32_t i = 0; !e && i < own->nmaps; i++)
		e = latch_expect(x, LATCH_KEPT_MAP, maps[i], 1);
	return e;
}

static int expect_one(struct latch_guarding *g, struct latch_expected *x, const struct latch_own *own)
{
	int e = own->kind == LATCH_OWN_MAP || own->kind == LATCH_OWN_ITER ? 0 : expect_prog(x, own);

	if (!e && own->map)
		e = latch_expect(x, LATCH_KEPT_MAP, own->map, 1);
	return e || !own->link ? e : latch_keep(g, LATCH_KEPT_LINK, 0, own->link, LATCH_KEPT_ITSELF);
}

/*
 * What anybody may open: the ring of events, a channel, whose reader needs a descriptor; and the guard's
 * constants, which nobody can write any more and who adds a seal compares with his own.
 */
static bool is_open(const struct latch_guarding *g, const struct latch_expected_one *one)
{
	struct latch_census map;

	if (one->kind != LATCH_KEPT_MAP)
		return false;
	for (size_t i = 0; i < g->nown; i++)
		if (g->own[i].kind == LATCH_OWN_MAP && g->own[i].id == one->id)
			return true;
	/* Not by a descriptor: of most of them that would be an attempt. */
	return !latch_census_map(g->census, one->id, &map) && map.flags & BPF_F_RDONLY_PROG;
}

static int keep_objects(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_expected x = { 0 };
	size_t n = 0;
	int e = 0;

	for (size_t i = 0; !e && i < g->nown; i++)
		e = expect_one(g, &x, &g->own[i]);
	for (size_t i = 0; i < x.n; i++)
		if (!is_open(g, &x.list[i]))
			x.list[n++] = x.list[i];
	x.n = n;
	e = e ? latch_fail(err, e, "the guard's own programs cannot be entered into it: %s", latch_keep_error(e)) :
		latch_keep_list(g, &x, LATCH_GUARD_ROOM, err);
	free(x.list);
	return e;
}

/*
 * Of the guard's programs, which have maps: another of that tag may have others, but returns
 * what this one may return, and that overrules nobody; so it is with those of the module lockdown. Of the views',
 * which have none.
 */
static int keep_tags(struct latch_guarding *g)
{
	int e = 0;

	for (size_t i = 0; !e && i < g->nown; i++)
		if (g->own[i].kind == LATCH_OWN_LINK || g->own[i].kind == LATCH_OWN_VIEW)
			e = latch_keep_tag(g, g->own[i].tag);
	for (size_t i = 0; !e && i < g->nlockdown; i++)
		e = latch_keep_tag(g, g->lockdown[i]);
	return e;
}

int latch_own_keep(struct latch_guarding *g, struct latch_error *err)
{
	uint64_t fresh;
	int e = latch_keep_functions(g, err);

	if (!e)
		e = keep_objects(g, err);
	if (!e)
		e = latch_keep_pins(g, LATCH_GUARD_ROOM, err);
	if (e)
		return e;
	e = keep_tags(g);
	if (!e && !latch_fresh_tag(&fresh))
		e = latch_keep_tag(g, fresh);
	for (size_t i = 0; !e && i < g->nown; i++)
		if (g->own[i].kind == LATCH_OWN_LINK)
			e = latch_keep_hook(g, g->own[i].name);
	return e ? latch_fail(err, e, "the guard's own hooks cannot be entered into it: %s", latch_keep_error(e)) : 0;
}
