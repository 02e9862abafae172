// SPDX-License-Identifier: GPL-2.0-only
/* What the guard keeps of a sealed module, and of itself: programs, maps and links, pins and directories. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "seal/sealing.h"

static int keep_link(struct latch_guarding *g, int fd)
{
	struct latch_expected *x = &g->expected;
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = latch_expect_prog(x, info.prog_id);
	if (!e)
		e = latch_expect(x, LATCH_KEPT_PROG, info.prog_id, 1);
	if (!e && info.type == BPF_LINK_TYPE_ITER)
		e = latch_expect(x, LATCH_KEPT_MAP, info.iter.map.map_id, 1);
	if (!e)
		e = latch_keep(g, LATCH_KEPT_LINK, 0, info.id, LATCH_KEPT_ITSELF);
	return e < 0 ? e : 0;
}

/* references: of the pin, or LATCH_ANY_REFERENCES */
static int keep_prog(struct latch_expected *x, int fd, int references)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = latch_expect_prog(x, info.id);
	return e ? e : latch_expect(x, LATCH_KEPT_PROG, info.id, references);
}

static int keep_map(struct latch_expected *x, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	/* One that its programs do not use is not its own. */
	if (!latch_expected_find(x, LATCH_KEPT_MAP, info.id))
		return -EBADMSG;
	return latch_expect(x, LATCH_KEPT_MAP, info.id, 1);
}

/*
 * Whether a map can be mapped into memory, which is then written past any descriptor: pages that are
 * pinned, as io_uring's registered buffers are, are in no count. The gate says nothing once it is sealed.
 */
static int refuse_mapped(const char *pindir, const struct latch_expected *x, struct latch_error *err)
{
	for (size_t i = 0; i < x->n; i++) {
		struct bpf_map_info info = { 0 };
		uint32_t len = sizeof(info);
		_cleanup_close_ int fd = -1;

		if (x->list[i].kind != LATCH_KEPT_MAP)
			continue;
		fd = bpf_map_get_fd_by_id(x->list[i].id);
		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
			return latch_fail(err, -errno, "%s: its map %u cannot be looked at: %m", pindir, x->list[i].id);
		if (info.type == BPF_MAP_TYPE_USER_RINGBUF ||
		    (info.map_flags & BPF_F_MMAPABLE && strcmp(info.name, ".data.gate") != 0))
			return latch_fail(
				err, -EOPNOTSUPP,
				"%s is not sealed: its map %u (%s) can be mapped into memory, and who had it "
				"mapped may have a page of it yet: if an older latch loaded it, load it again",
				pindir, info.id, info.name);
	}
	return 0;
}

/* One kind of pins, while they are gone through. */
struct keeping {
	struct latch_guarding *g;
	const char *room, *kind;
	struct latch_error *err;
};

static int keep_pin(const char *name, void *arg)
{
	struct keeping *k = arg;
	struct latch_expected *x = &k->g->expected;
	_cleanup_close_ int fd = latch_pin_get(k->room, k->kind, name);
	int e;

	if (fd < 0)
		e = fd;
	else if (!strcmp(k->kind, "maps") || !strcmp(k->kind, "seal"))
		e = keep_map(x, fd);
	else if (!strcmp(k->kind, "progs"))
		e = keep_prog(x, fd, 1);
	else if (!strcmp(k->kind, "views"))
		e = keep_prog(x, fd, LATCH_ANY_REFERENCES);
	else
		e = keep_link(k->g, fd);
	return e ? latch_fail(k->err, e, "%s is damaged: %s/%s is not what it should be: %s", k->room, k->kind, name,
			      strerror(-e)) :
		   0;
}

/* The program attached to the root cgroup: that is one reference, its pin another. */
static int keep_sysctl(struct latch_expected *x)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "", "sysctl");

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return keep_prog(x, fd, 2);
}

/* Events are not kept: they are a channel, and whoever reads it needs a descriptor. */
static int leave_events(const char *room, struct latch_expected *x)
{
	_cleanup_close_ int fd = latch_pin_get(room, "maps", "events");
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	for (size_t i = 0; i < x->n; i++)
		if (x->list[i].kind == LATCH_KEPT_MAP && x->list[i].id == info.id) {
			x->list[i] = x->list[--x->n];
			break;
		}
	return 0;
}

/* Views' programs first: what else is pinned uses them. Maps last: by then it is known which are used. */
static int expect_all(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	static const char *const kinds[] = { "views", "links", "progs", "iter", "maps", "seal" };
	struct keeping k = { .g = g, .room = room, .err = err };
	bool own = !strcmp(room, LATCH_GUARD_ROOM);
	int e = 0;

	latch_fail(err, 0, "%s: its pins cannot be listed", room);
	k.room = LATCH_GUARD_ROOM;
	for (size_t i = 0; !e && i < sizeof(kinds) / sizeof(*kinds); i++) {
		k.kind = kinds[i];
		e = latch_pins_each(k.room, k.kind, keep_pin, &k);
		k.room = room;
	}
	if (!e && own)
		e = keep_prog(&g->expected, g->enter, LATCH_ANY_REFERENCES);
	if (!e && own)
		e = keep_sysctl(&g->expected);
	return e ? e : leave_events(room, &g->expected);
}

bool latch_kept_opened(const struct latch_guarding *g, const struct latch_expected_one *one)
{
	return one->references == LATCH_ANY_REFERENCES || (one->kind == LATCH_KEPT_MAP && one->id == g->life_id);
}

static int keep_expected(struct latch_guarding *g, const struct latch_expected_one *one)
{
	uint32_t how = LATCH_KEPT_ITSELF;
	int e;

	if (one->kind != LATCH_KEPT_MAP && one->kind != LATCH_KEPT_PROG)
		return 0;
	if (one->references == LATCH_ANY_REFERENCES && !g->first)
		return 0; /* the guard's own */
	if (latch_kept_opened(g, one))
		how |= LATCH_KEPT_OPENED;
	e = latch_keep(g, one->kind, 0, one->id, how);
	return e < 0 ? e : 0;
}

int latch_keep_objects(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	int e = expect_all(g, room, err);

	if (e)
		return e;
	if (refuse_mapped(room, &g->expected, err))
		return -EOPNOTSUPP;
	for (size_t i = 0; !e && i < g->expected.n; i++)
		e = keep_expected(g, &g->expected.list[i]);
	return e ? latch_fail(err, e, "%s: cannot enter what is to be kept: %s", room, strerror(-e)) : 0;
}

static uint32_t kernel_dev(dev_t dev)
{
	return major(dev) << 20 | minor(dev);
}

static int keep_inode(struct latch_guarding *g, int at, const char *path, uint32_t how)
{
	struct stat st;
	int e;

	if (fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	e = latch_keep(g, LATCH_KEPT_INODE, kernel_dev(st.st_dev), st.st_ino, how);
	return e < 0 ? e : 0;
}

static int keep_tree(int at, const char *name, void *arg)
{
	struct latch_guarding *g = arg;
	struct stat st;
	int e;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return keep_inode(g, at, name, LATCH_KEPT_ITSELF);
	e = keep_inode(g, at, name, LATCH_KEPT_ITSELF | LATCH_KEPT_ENTRIES);
	return e ? e : latch_entries_each(at, name, keep_tree, arg);
}

int latch_keep_pins(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	_cleanup_close_ int root = open(LATCH_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int e = root < 0 ? -errno : keep_tree(root, room, g);

	if (!e)
		e = keep_inode(g, root, ".", LATCH_KEPT_ITSELF | LATCH_KEPT_SHARED);
	return e ? latch_fail(err, e, "%s: cannot enter its pins into the guard: %s", room, strerror(-e)) : 0;
}
