// SPDX-License-Identifier: GPL-2.0-only
/* What a guard keeps of a sealed module: its programs, maps and links, pins and directories. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "seal/sealing.h"

int latch_keep(int kept, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how)
{
	struct latch_kept key = { .kind = kind, .dev = dev, .number = number };

	return bpf_map_update_elem(kept, &key, &how, BPF_ANY) ? -errno : 0;
}

static int keep_link(int kept, struct latch_expected *x, int fd)
{
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
	return e ? e : latch_keep(kept, LATCH_KEPT_LINK, 0, info.id, LATCH_KEPT_ITSELF);
}

static int keep_prog(struct latch_expected *x, int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = latch_expect_prog(x, info.id);
	return e ? e : latch_expect(x, LATCH_KEPT_PROG, info.id, 1);
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
 * pinned, as io_uring's registered buffers are, are in no count. The gate says nothing once it is sealed;
 * nobody was let at the guard's state (fresh.c).
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
		    (info.map_flags & BPF_F_MMAPABLE && strcmp(info.name, ".data.gate") != 0 &&
		     strcmp(info.name, "guard_state") != 0))
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
	const char *pindir, *kind;
	int kept;
	struct latch_expected *x;
	struct latch_error *err;
};

static int keep_pin(const char *name, void *arg)
{
	struct keeping *k = arg;
	_cleanup_close_ int fd = latch_pin_get(k->pindir, k->kind, name);
	int e;

	if (fd < 0)
		e = fd;
	else if (!strcmp(k->kind, "maps"))
		e = keep_map(k->x, fd);
	else if (!strcmp(k->kind, "progs"))
		e = keep_prog(k->x, fd);
	else
		e = keep_link(k->kept, k->x, fd);
	return e ? latch_fail(k->err, e, "%s is damaged: %s/%s is not what it should be: %s", k->pindir, k->kind, name,
			      strerror(-e)) :
		   0;
}

/* The program attached to the root cgroup: that is one reference, its pin another. */
static int keep_sysctl(const char *pindir, struct latch_expected *x)
{
	_cleanup_close_ int fd = latch_pin_get(pindir, "", "sysctl");
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = latch_expect_prog(x, info.id);
	return e ? e : latch_expect(x, LATCH_KEPT_PROG, info.id, 2);
}

/* Events are not kept: they are a channel, and whoever reads it needs a descriptor. */
static int leave_events(const char *pindir, const char *kind, struct latch_expected *x)
{
	_cleanup_close_ int fd = latch_pin_get(pindir, kind, "events");
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

int latch_keep_objects(const char *pindir, int kept, struct latch_expected *x, struct latch_error *err)
{
	static const char *const kinds[] = { "links", "progs", "guard", "iter", "maps" };
	struct keeping k = { .pindir = pindir, .kept = kept, .x = x, .err = err };
	int e = 0;

	/* Maps last: by then it is known which are used. */
	latch_fail(err, 0, "%s: its pins cannot be listed", pindir);
	for (size_t i = 0; !e && i < sizeof(kinds) / sizeof(*kinds); i++) {
		k.kind = kinds[i];
		e = latch_pins_each(pindir, k.kind, keep_pin, &k);
	}
	if (e)
		return e;
	e = keep_sysctl(pindir, x);
	if (!e)
		e = leave_events(pindir, "maps", x);
	if (!e)
		e = leave_events(pindir, "guard", x);
	if (!e && refuse_mapped(pindir, x, err))
		return -EOPNOTSUPP;
	for (size_t i = 0; !e && i < x->n; i++)
		e = latch_keep(kept, x->list[i].kind, 0, x->list[i].id, LATCH_KEPT_ITSELF);
	return e ? latch_fail(err, e, "%s: cannot enter what is to be kept: %s", pindir, strerror(-e)) : 0;
}

static uint32_t kernel_dev(dev_t dev)
{
	return major(dev) << 20 | minor(dev);
}

static int keep_inode(int kept, int at, const char *path, uint32_t how)
{
	struct stat st;

	if (fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (S_ISDIR(st.st_mode) && how & LATCH_KEPT_ENTRIES)
		how |= LATCH_KEPT_ITSELF;
	return latch_keep(kept, LATCH_KEPT_INODE, kernel_dev(st.st_dev), st.st_ino, how);
}

static int keep_tree(int at, const char *name, void *arg)
{
	const int *kept = arg;
	struct stat st;
	int e;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return keep_inode(*kept, at, name, LATCH_KEPT_ITSELF);
	e = keep_inode(*kept, at, name, LATCH_KEPT_ITSELF | LATCH_KEPT_ENTRIES);
	return e ? e : latch_entries_each(at, name, keep_tree, arg);
}

int latch_keep_pins(const char *pindir, int kept, struct latch_error *err)
{
	_cleanup_close_ int root = open(LATCH_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int e = root < 0 ? -errno : keep_tree(root, pindir, &kept);

	if (!e)
		e = keep_inode(kept, root, ".", LATCH_KEPT_ITSELF | LATCH_KEPT_SHARED);
	return e ? latch_fail(err, e, "%s: cannot enter its pins into the guard: %s", pindir, strerror(-e)) : 0;
}
