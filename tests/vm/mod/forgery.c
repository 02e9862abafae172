// SPDX-License-Identifier: GPL-2.0-only
/*
 * forgery			names the forgeries
 * forgery check NAME [SEED]	puts up a guard with that fault, armed, asks whether a later seal would take it for
 *				latch's, and takes it away: prints "refused: WHY" or "taken"
 * forgery hold NAME		the same, but stays until its standard input ends, for `latch seal` to be tried
 *
 * A guard that somebody made who is root, before the first seal, and who keeps descriptors of its maps. It is made by
 * latch's own code, with a fault in one place; the sequence is that of latch_seal().
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seal/sealing.h"
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

#define ROOM LATCH_ROOT "/" LATCH_GUARD_ROOM

static struct latch_guarding g; /* the forged one */
static struct guard_bpf *other; /* its programs once more, with other maps */
static struct latch_error err;
static int state = -1, kept = -1, tally = -1, enter = -1;
static unsigned int seed;

static int failed(const char *what, int e)
{
	fprintf(stderr, "forgery: %s: %s %s\n", what, strerror(-e), err.text);
	return e;
}

/* The descriptors of this process are no reason to refuse it here; `hold` has that tried. */
int __wrap_latch_census_take(struct latch_census_taker *t, const struct latch_expected *x, int unlinked,
			     struct latch_error *e);
int __wrap_latch_census_take(struct latch_census_taker *t, const struct latch_expected *x, int unlinked,
			     struct latch_error *e)
{
	(void)t;
	(void)x;
	(void)unlinked;
	(void)e;
	return 0;
}

int __real_latch_prove(struct latch_guarding *later, struct latch_error *e);
int __wrap_latch_prove(struct latch_guarding *later, struct latch_error *e);
static int (*when_found)(void);
int __wrap_latch_prove(struct latch_guarding *later, struct latch_error *e)
{
	int failure = when_found ? when_found() : 0;

	return failure ? failed("it is not changed", failure) : __real_latch_prove(later, e);
}

/* Before it is loaded. */
static int lru(void)
{
	return bpf_map__set_type(g.skel->maps.guard_kept, BPF_MAP_TYPE_LRU_HASH);
}

static int small(void)
{
	return bpf_map__set_max_entries(g.skel->maps.guard_kept, LATCH_KEPT_MAX / 2);
}

static int flags(void)
{
	return bpf_map__set_map_flags(g.skel->maps.guard_kept, BPF_F_NO_PREALLOC);
}

static int constants(void)
{
	struct bpf_map *map = bpf_object__find_map_by_name(g.skel->obj, ".rodata.self");
	uint64_t id[4] = { 1, 2, 3, 4 };

	return map ? bpf_map__set_initial_value(map, id, sizeof(id)) : -ENOENT;
}

static int other_target(void)
{
	return bpf_program__set_attach_target(g.skel->progs.guard_inode_rmdir, 0, "inode_unlink");
}

/* When it is put up, and not armed. */
static int unpinned(const char *kind, const char *name)
{
	return latch_pin_drop(LATCH_GUARD_ROOM, kind, name);
}

static int pinned(const char *kind, const char *name, int fd)
{
	return fd < 0 ? fd : latch_pin_put(fd, LATCH_GUARD_ROOM, kind, name);
}

static int repinned(const char *kind, const char *name, int fd)
{
	int e = unpinned(kind, name);

	return e ? e : pinned(kind, name, fd);
}

static struct guard_bpf *another(void)
{
	struct guard_bpf *it = guard_bpf__open();

	return it && !latch_leave_unmapped(it->obj, "") && !guard_bpf__load(it) ? it : NULL;
}

static int no_hook(void)
{
	return unpinned("links", "inode_rename");
}

static int no_mounts(void)
{
	return unpinned("links", "move_mount");
}

static int more_hooks(void)
{
	return pinned("links", "inode_setattr", latch_attach(bpf_program__fd(other->progs.guard_inode_link)));
}

/* Programs that are the same, with maps that nothing is entered into. */
static int other_maps(void)
{
	return repinned("links", "bpf_map", latch_attach(bpf_program__fd(other->progs.guard_bpf_map)));
}

static int other_enter(void)
{
	return repinned("", "enter", bpf_program__fd(other->progs.guard_enter));
}

static int other_sysctl(void)
{
	return repinned("", "sysctl", bpf_program__fd(other->progs.guard_sysctl));
}

static int other_hook(void)
{
	return repinned("links", "inode_mkdir", latch_attach(bpf_program__fd(other->progs.guard_inode_symlink)));
}

static int other_view(void)
{
	int e = unpinned("iter", "attempts");

	return e ? e : latch_view_make(LATCH_GUARD_ROOM, "attempts", bpf_map__fd(other->maps.latch_tally));
}

static int more_views(void)
{
	return latch_view_make(LATCH_GUARD_ROOM, "tally", bpf_map__fd(other->maps.latch_tally));
}

static int more_programs(void)
{
	return mkdir(ROOM "/progs", 0700) ? -errno :
					    pinned("progs", "more", bpf_program__fd(other->progs.guard_inode_link));
}

/* When it is armed. */
static int value_of(struct latch_kept *key, uint32_t *value, unsigned int n)
{
	struct latch_kept *last = NULL;
	int e = 0;

	while (!(e = bpf_map_get_next_key(kept, last, key)) && n--)
		last = key;
	return e ? -errno : bpf_map_lookup_elem(kept, key, value) ? -errno : 0;
}

static unsigned int count_kept(void)
{
	struct latch_kept key, *last = NULL;
	unsigned int n = 0;

	for (; !bpf_map_get_next_key(kept, last, &key); last = &key)
		n++;
	return n;
}

static bool is_map(uint64_t id, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.id == id;
}

static bool is_own_object(const struct latch_kept *key)
{
	if (key->kind == LATCH_KEPT_MAP)
		return is_map(key->number, state) || is_map(key->number, kept) || is_map(key->number, tally);
	for (size_t i = 0; i < g.nown; i++)
		if (key->kind == LATCH_KEPT_LINK && g.own[i].link == key->number)
			return true;
	return false;
}

/* Those that the guard keeps of itself. The rest is trio's. */
static int one_of_its_own(struct latch_kept *key, uint32_t *value)
{
	unsigned int n = count_kept();
	int e = 0;

	for (int tries = 0; !e && tries < 100; tries++) {
		seed = seed * 1664525u + 1013904223u;
		e = value_of(key, value, (seed >> 8) % n);
		if (!e && (key->kind >= LATCH_KEPT_FUNC || is_own_object(key) ||
			   LATCH_KEPT_HOW(*value) & LATCH_KEPT_SHARED || LATCH_KEPT_HOW(*value) & LATCH_KEPT_OPENED))
			return 0;
	}
	return e ? e : -ENOENT;
}

static int left_out(void)
{
	struct latch_kept key;
	uint32_t value;
	int e = one_of_its_own(&key, &value);

	printf("# kind %u, number %llu left out\n", key.kind, (unsigned long long)key.number);
	return e ? e : bpf_map_delete_elem(kept, &key) ? -errno : 0;
}

static int in_another_way(void)
{
	struct latch_kept key;
	uint32_t value;
	int e = one_of_its_own(&key, &value);

	value ^= 1u << (seed >> 16) % 4;
	printf("# kind %u, number %llu as %#x\n", key.kind, (unsigned long long)key.number, value);
	return e ? e : bpf_map_update_elem(kept, &key, &value, BPF_ANY) ? -errno : 0;
}

static int not_armed(void)
{
	struct latch_kept key;
	uint32_t value;
	int e = one_of_its_own(&key, &value);

	value |= (LATCH_SEALS_MAX - 1) << 16;
	return e ? e : bpf_map_update_elem(kept, &key, &value, BPF_ANY) ? -errno : 0;
}

static int more_tags(void)
{
	struct latch_kept key = { .kind = LATCH_KEPT_TAG, .number = 12345 };
	uint32_t value = LATCH_KEPT_VALUE(LATCH_KEPT_ITSELF, 0);

	return bpf_map_update_elem(kept, &key, &value, BPF_ANY) ? -errno : 0;
}

static int change_state(void (*change)(struct latch_guard *s))
{
	static struct latch_guard s;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(state, &zero, &s))
		return -errno;
	change(&s);
	return bpf_map_update_elem(state, &zero, &s, BPF_ANY) ? -errno : 0;
}

static void change_mount(struct latch_guard *s)
{
	s->mount += 8;
}

static void change_mount_id(struct latch_guard *s)
{
	s->mount_id++;
}

static void change_sb(struct latch_guard *s)
{
	s->mount_sb = 0;
}

static void no_seal(struct latch_guard *s)
{
	s->now = LATCH_GUARD_NOW(0, LATCH_GUARD_DONE);
}

static void one_seal(struct latch_guard *s)
{
	s->now = LATCH_GUARD_NOW(1, LATCH_GUARD_DONE);
}

/* Who was asked until then is exchanged for the guard's own. */
static int enter_back(void)
{
	int e = change_state(no_seal);

	if (!e)
		e = repinned("", "enter", enter);
	return e ? e : change_state(one_seal);
}

static int enter_later(void)
{
	int e;

	when_found = enter_back;
	e = change_state(no_seal);
	if (!e)
		e = repinned("", "enter", bpf_program__fd(other->progs.guard_enter));
	return e ? e : change_state(one_seal);
}

static int other_mount(void)
{
	return change_state(change_mount);
}

static int other_mount_id(void)
{
	return change_state(change_mount_id);
}

static int other_sb(void)
{
	return change_state(change_sb);
}

static int none(void)
{
	return 0;
}

static const struct forgery {
	const char *name;
	int (*loading)(void), (*put_up)(void), (*armed)(void);
} forgeries[] = {
	{ "none", none, none, none },
	{ "lru", lru, none, none },
	{ "small", small, none, none },
	{ "flags", flags, none, none },
	{ "constants", constants, none, none },
	{ "other-target", other_target, none, none },
	{ "no-hook", none, no_hook, none },
	{ "no-mounts", none, no_mounts, none },
	{ "more-hooks", none, more_hooks, none },
	{ "other-maps", none, other_maps, none },
	{ "other-enter", none, other_enter, none },
	{ "other-sysctl", none, other_sysctl, none },
	{ "other-hook", none, other_hook, none },
	{ "other-view", none, other_view, none },
	{ "more-views", none, more_views, none },
	{ "more-programs", none, more_programs, none },
	{ "left-out", none, none, left_out },
	{ "other-way", none, none, in_another_way },
	{ "not-armed", none, none, not_armed },
	{ "more-tags", none, none, more_tags },
	{ "other-mount", none, none, other_mount },
	{ "other-mount-id", none, none, other_mount_id },
	{ "other-sb", none, none, other_sb },
	{ "enter-later", none, none, enter_later },
};

static int put_up(const struct forgery *f)
{
	int e = latch_census_open(&g.census, &err);

	g.skel = e ? NULL : guard_bpf__open();
	if (!g.skel || (e = f->loading()))
		return failed("it is not opened", e ? e : -errno);
	if ((e = latch_guard_load(&g, &err)))
		return failed("it is not put up", e);
	if (!g.first)
		return failed("there is a guard", -EEXIST);
	state = dup(bpf_map__fd(g.skel->maps.guard_state));
	kept = dup(bpf_map__fd(g.skel->maps.guard_kept));
	tally = dup(bpf_map__fd(g.skel->maps.latch_tally));
	enter = dup(g.enter);
	if ((e = latch_guard_enter(&g, &err)) || (e = f->put_up()))
		return failed("the module is not entered", e);
	if ((e = latch_guard_hold(&g, &err)) || (e = latch_guard_arm(&g, &err)) || (e = f->armed()))
		return failed("it is not armed", e);
	return 0;
}

int main(int argc, char **argv)
{
	struct latch_guarding later = { .pindir = "parts", .enter = -1, .life = -1, .tamper = -1, .alarm = -1 };
	const struct forgery *f = forgeries, *end = f + sizeof(forgeries) / sizeof(*forgeries);
	struct latch_state *st;
	struct latch *l;
	char byte;
	int e;

	if (argc < 3) {
		for (; f < end; f++)
			puts(f->name);
		return 0;
	}
	while (f < end && strcmp(f->name, argv[2]))
		f++;
	if (f == end)
		return 2;
	seed = argc > 3 ? (unsigned int)atoi(argv[3]) : 0;
	later.record.seal.flags = LATCH_SEAL_WEAK;
	g = later;
	g.pindir = "trio";
	g.mode = LATCH_ENFORCE;
	if ((e = latch_open_to_read(&l, &err)) || (e = latch_state_read(l, "trio", &st, &err)))
		return failed("trio is not loaded", e);
	latch_close(l);
	g.module = st->module;
	g.record.seal.abi = LATCH_ABI;
	other = another();
	e = other ? put_up(f) : failed("its programs", -errno);
	if (!e && !strcmp(argv[1], "hold")) {
		puts("there");
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
	} else if (!e) {
		e = latch_census_open(&later.census, &err);
		if (!e)
			e = latch_guard_load(&later, &err);
		printf("%s%s%s\n", e ? "refused: " : later.record.seal.open_ways, e ? err.text : "taken", "");
	}
	/* Nothing keeps it any more: the next latch takes it away. */
	change_state(no_seal);
	return 0;
}
