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

static bool has_hook(const struct latch_module *mod, const char *name)
{
	for (size_t i = 0; i < mod->nhooks; i++)
		if (!strcmp(mod->hooks[i].name, name))
			return true;
	return false;
}

/*
 * What may stand in a module's directories: a link for a hook of its own, on that hook, lest a program of somebody's
 * pass for the module's. A view is of latch's own program for it: any other could lie.
 */
static bool is_sound(const struct latch_guarding *g, const char *kind, const char *name,
		     const struct bpf_link_info *info)
{
	const struct latch_own *view;

	if (!strcmp(kind, "links"))
		return info->type == BPF_LINK_TYPE_TRACING && info->tracing.attach_type == BPF_LSM_MAC &&
		       has_hook(g->module, name) && (int)info->tracing.target_btf_id == latch_kernel_hook_id(name);
	view = latch_own_find(g, LATCH_OWN_VIEW, name);
	return info->type == BPF_LINK_TYPE_ITER && view && info->prog_id == view->id;
}

static int keep_link(struct latch_guarding *g, struct latch_expected *x, const char *kind, const char *name, int fd)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int e;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (!is_sound(g, kind, name, &info))
		return -EBADMSG;
	if (info.type == BPF_LINK_TYPE_ITER) {
		e = latch_expect(x, LATCH_KEPT_MAP, info.iter.map.map_id, 1);
	} else {
		e = latch_expect_prog(x, info.prog_id);
		if (!e)
			e = latch_expect(x, LATCH_KEPT_PROG, info.prog_id, 1);
	}
	if (!e) /* so that it is tried */
		e = latch_expect(x, LATCH_KEPT_LINK, info.id, 0);
	return e;
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
	struct latch_expected *x; /* of the room */
	const char *room, *kind;
	struct latch_error *err;
};

static int keep_pin(const char *name, void *arg)
{
	struct keeping *k = arg;
	struct latch_expected *x = k->x;
	_cleanup_close_ int fd = latch_pin_get(k->room, k->kind, name);
	int e;

	if (fd < 0)
		e = fd;
	else if (!strcmp(k->kind, "maps") || !strcmp(k->kind, "seal"))
		e = keep_map(x, fd);
	else if (!strcmp(k->kind, "progs"))
		e = keep_prog(x, fd);
	else
		e = keep_link(k->g, x, k->kind, name, fd);
	return e ? latch_fail(k->err, e, "%s is damaged: %s/%s is not what it should be: %s", k->room, k->kind, name,
			      strerror(-e)) :
		   0;
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

/* Maps last: by then it is known which are used. */
static int expect_all(struct latch_guarding *g, struct latch_expected *x, struct latch_error *err)
{
	static const char *const kinds[] = { "links", "progs", "iter", "maps", "seal" };
	struct keeping k = { .g = g, .x = x, .room = g->pindir, .err = err };
	int e = 0;

	latch_fail(err, 0, "%s: its pins cannot be listed", g->pindir);
	for (size_t i = 0; !e && i < sizeof(kinds) / sizeof(*kinds); i++) {
		k.kind = kinds[i];
		e = latch_pins_each(k.room, k.kind, keep_pin, &k);
	}
	return e ? e : leave_events(g->pindir, x);
}

static int keep_one(struct latch_guarding *g, const struct latch_expected_one *one)
{
	bool opened = one->references == LATCH_ANY_REFERENCES;
	int e = latch_keep(g, one->kind, 0, one->id, LATCH_KEPT_ITSELF | (opened ? LATCH_KEPT_OPENED : 0));

	/* What is proved was expected before. */
	return e || g->pass == LATCH_PASS_PROVE ? e : latch_expect(&g->expected, one->kind, one->id, one->references);
}

int latch_keep_list(struct latch_guarding *g, const struct latch_expected *x, const char *room, struct latch_error *err)
{
	int e = 0;

	for (size_t i = 0; !e && i < x->n; i++)
		e = keep_one(g, &x->list[i]);
	return e ? latch_fail(err, e, "%s: cannot enter what is to be kept: %s", room, latch_keep_error(e)) : 0;
}

int latch_keep_objects(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_expected x = { 0 };
	int e = expect_all(g, &x, err);

	if (!e)
		e = refuse_mapped(g->pindir, &x, err);
	if (!e)
		e = latch_keep_list(g, &x, g->pindir, err);
	free(x.list);
	return e;
}

static uint32_t kernel_dev(dev_t dev)
{
	return major(dev) << 20 | minor(dev);
}

static int keep_inode(struct latch_guarding *g, int at, const char *path, uint32_t how)
{
	struct stat st;

	if (fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return latch_keep(g, LATCH_KEPT_INODE, kernel_dev(st.st_dev), st.st_ino, how);
}

struct tree {
	struct latch_guarding *g;
	uint32_t shared; /* LATCH_KEPT_SHARED, if it is of every seal */
};

static int keep_tree(int at, const char *name, void *arg)
{
	struct tree *t = arg;
	struct stat st;
	int e;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return keep_inode(t->g, at, name, LATCH_KEPT_ITSELF | t->shared);
	e = keep_inode(t->g, at, name, LATCH_KEPT_ITSELF | LATCH_KEPT_ENTRIES | t->shared);
	return e ? e : latch_entries_each(at, name, keep_tree, arg);
}

int latch_keep_pins(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	_cleanup_close_ int root = open(LATCH_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct tree t = { .g = g, .shared = strcmp(room, LATCH_GUARD_ROOM) ? 0 : LATCH_KEPT_SHARED };
	int e = root < 0 ? -errno : keep_tree(root, room, &t);

	if (!e)
		e = keep_inode(g, root, ".", LATCH_KEPT_ITSELF | LATCH_KEPT_SHARED);
	return e ? latch_fail(err, e, "%s: cannot enter its pins into the guard: %s", room, latch_keep_error(e)) : 0;
}

static int keep_link_of(const char *name, void *arg)
{
	struct keeping *k = arg;
	_cleanup_close_ int fd = latch_pin_get(k->room, "links", name);
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int e = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : 0;

	if (!e)
		e = latch_keep(k->g, LATCH_KEPT_LINK, 0, info.id, LATCH_KEPT_ITSELF);
	if (!e)
		e = latch_keep(k->g, LATCH_KEPT_PROG, 0, info.prog_id, LATCH_KEPT_ITSELF);
	return e ? latch_fail(k->err, e, "%s: its link on %s: %s", k->room, name, latch_keep_error(e)) : 0;
}

int latch_keep_links(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	struct keeping k = { .g = g, .room = room, .err = err };

	latch_fail(err, 0, "%s: its pins cannot be listed", room);
	return latch_pins_each(room, "links", keep_link_of, &k);
}
