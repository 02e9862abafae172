// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries each thing that the guard is to deny, for real, while the guard can still be
 * taken down. Each try is made on what may be lost: were it not denied, the module
 * would be as before.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "seal/sealing.h"

struct trying {
	const char *pindir;
	const struct latch_expected *expected;
	const struct latch_guard *state;
};

/* What kind of a denial it is. */
enum kind {
	OF_MODULE,  /* of this module's guard */
	OF_MACHINE, /* every guard's, whichever module it is of */
	OF_MOUNTS,  /* the same, as far as the guard sees mounts */
};

static uint64_t denied(const struct trying *t)
{
	return __atomic_load_n(&t->state->denied, __ATOMIC_SEQ_CST);
}

/* The guard says of an object that it is not there: whether it was the guard that said so. */
static int hidden(const struct trying *t, uint64_t denied_before, int e)
{
	return e == -ENOENT && denied(t) > denied_before ? -EPERM : e;
}

static const char *path(const struct trying *t, const char *below)
{
	static char buf[2][256];
	static int turn;

	turn = !turn;
	snprintf(buf[turn], sizeof(buf[turn]), LATCH_ROOT "/%s%s", t->pindir, below);
	return buf[turn];
}

static int closed(int fd)
{
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Each returns 0 if it got what it tried, or why not. */
static int by_id(const struct trying *t, uint32_t kind, int (*get)(uint32_t id))
{
	for (size_t i = 0; i < t->expected->n; i++) {
		uint64_t before = denied(t);
		int e;

		if (t->expected->list[i].kind != kind)
			continue;
		e = hidden(t, before, closed(get(t->expected->list[i].id)));
		if (e != -EPERM)
			return e;
	}
	return -EPERM;
}

static int map_by_id(const struct trying *t)
{
	return by_id(t, LATCH_KEPT_MAP, bpf_map_get_fd_by_id);
}

static int prog_by_id(const struct trying *t)
{
	return by_id(t, LATCH_KEPT_PROG, bpf_prog_get_fd_by_id);
}

static int link_by_id(const struct trying *t)
{
	return by_id(t, LATCH_KEPT_LINK, bpf_link_get_fd_by_id);
}

static int map_by_path(const struct trying *t)
{
	const char *gate = path(t, "/maps/gate");
	uint64_t before = denied(t);
	int there = latch_there(AT_FDCWD, gate);

	/* A module that was made without the SDK has no maps pinned: nothing to try. */
	return there <= 0 ? (there ? there : -EPERM) : hidden(t, before, closed(bpf_obj_get(gate)));
}

static int pin_removed(const struct trying *t)
{
	return unlink(path(t, "/guard/inode_symlink")) ? -errno : 0;
}

/* A name beside the modules that none of them can have. */
static const char *spare(void)
{
	static char name[64];

	snprintf(name, sizeof(name), LATCH_ROOT "/~%d", getpid());
	return name;
}

static int pin_renamed(const struct trying *t)
{
	return rename(path(t, "/guard/inode_symlink"), spare()) ? -errno : unlink(spare());
}

/* With a pin of nothing much; a directory would be refused before the guard is asked. */
static int pin_replaced(const struct trying *t)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_selftest", 4, 4, 1, NULL);
	int e;

	if (fd < 0 || bpf_obj_pin(fd, spare()))
		return -errno;
	e = rename(spare(), path(t, "/guard/inode_symlink")) ? -errno : 0;
	unlink(spare());
	return e;
}

static int pin_linked(const struct trying *t)
{
	return link(path(t, "/guard/inode_symlink"), spare()) ? -errno : unlink(spare());
}

/* Under the name of no module, but of one that could be: killed before it is back, it is shown and not cleared. */
static int pindir_renamed(const struct trying *t)
{
	char other[64];
	int n = 0;

	do
		snprintf(other, sizeof(other), LATCH_ROOT "/renamed%d", n++);
	while (latch_there(AT_FDCWD, other) == 1);
	if (rename(path(t, ""), other))
		return -errno;
	return rename(other, path(t, ""));
}

static int root_renamed(const struct trying *t)
{
	char other[64];

	(void)t;
	snprintf(other, sizeof(other), LATCH_BPFFS "/latch~%d", getpid());
	if (rename(LATCH_ROOT, other))
		return -errno;
	return rename(other, LATCH_ROOT);
}

/* Not empty, so it would not be done in any case; but the guard is asked first. */
static int pindir_removed(const struct trying *t)
{
	return rmdir(path(t, "")) ? -errno : 0;
}

static int directory_made(const struct trying *t)
{
	return mkdir(path(t, "/links/new"), 0700) ? -errno : rmdir(path(t, "/links/new"));
}

static int symlink_made(const struct trying *t)
{
	return symlink("x", path(t, "/links/new")) ? -errno : unlink(path(t, "/links/new"));
}

static int pin_made(const struct trying *t)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_selftest", 4, 4, 1, NULL);

	if (fd < 0)
		return -errno;
	return bpf_obj_pin(fd, path(t, "/links/new")) ? -errno : unlink(path(t, "/links/new"));
}

static int tried(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int security_hook_changed(const struct trying *t)
{
	(void)t;
	return tried(latch_kernel_try(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "security_bpf", 0));
}

/* A program of a cgroup could return what passes for "allowed", and the guard would not be asked. */
static int guard_overruled(const struct trying *t)
{
	(void)t;
	return tried(latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, "bpf_map", 1));
}

/* A value that is none: it would be refused in any case, but the guard is asked first. */
static int sysctls_overruled(const struct trying *t)
{
	(void)t;
	return latch_cgroup_try(BPF_CGROUP_SYSCTL, BPF_PROG_TYPE_CGROUP_SYSCTL);
}

static int ftrace_disabled(const struct trying *t)
{
	struct latch_error unused;
	_cleanup_close_ int fd = latch_kernel_open("/proc/sys/kernel/ftrace_enabled", O_WRONLY, &unused);

	(void)t;
	if (fd < 0)
		return fd == -ENOENT ? -EPERM : fd; /* a kernel without it */
	return write(fd, "x", 1) < 0 ? -errno : 0;
}

/* Were it not denied, MNT_EXPIRE would only mark the mount. */
static int unmounted(const char *where)
{
	return umount2(where, MNT_EXPIRE | UMOUNT_NOFOLLOW) ? -errno : 0;
}

static int bpffs_unmounted(const struct trying *t)
{
	(void)t;
	return unmounted(LATCH_BPFFS);
}

static int sysfs_unmounted(const struct trying *t)
{
	(void)t;
	return unmounted("/sys");
}

/* Were one of these not denied, it would be refused, as what moves is where it is to go. */
static int bpffs_moved(const struct trying *t)
{
	(void)t;
	return syscall(SYS_move_mount, AT_FDCWD, LATCH_BPFFS, AT_FDCWD, LATCH_BPFFS, 0) ? -errno : 0;
}

static int bpffs_moved_by_mount(const struct trying *t)
{
	(void)t;
	return mount(LATCH_BPFFS, LATCH_BPFFS, NULL, MS_MOVE, NULL) ? -errno : 0;
}

static int root_pivoted(const struct trying *t)
{
	(void)t;
	return syscall(SYS_pivot_root, "/", "/") ? -errno : 0;
}

static int mounted_over(const char *where)
{
	if (mount("latch", where, "tmpfs", 0, NULL))
		return -errno;
	return umount2(where, UMOUNT_NOFOLLOW) ? -errno : 0;
}

static int pindir_covered(const struct trying *t)
{
	return mounted_over(path(t, ""));
}

static int bpffs_covered(const struct trying *t)
{
	(void)t;
	return mounted_over(LATCH_BPFFS);
}

static int sysfs_covered(const struct trying *t)
{
	(void)t;
	return mounted_over("/sys/fs");
}

static const struct {
	const char *way;
	int (*try)(const struct trying *t);
	enum kind kind;
} rows[] = {
	{ "a map's descriptor by its id", map_by_id, OF_MODULE },
	{ "a program's descriptor by its id", prog_by_id, OF_MODULE },
	{ "a link's descriptor by its id", link_by_id, OF_MODULE },
	{ "a map's descriptor by its path", map_by_path, OF_MODULE },
	{ "removing a pin", pin_removed, OF_MODULE },
	{ "renaming a pin", pin_renamed, OF_MODULE },
	{ "renaming over a pin", pin_replaced, OF_MODULE },
	{ "linking a pin", pin_linked, OF_MODULE },
	{ "renaming the pin directory", pindir_renamed, OF_MODULE },
	{ "renaming the latch directory", root_renamed, OF_MACHINE },
	{ "removing the pin directory", pindir_removed, OF_MODULE },
	{ "making a directory in the pin directory", directory_made, OF_MODULE },
	{ "making a symbolic link in the pin directory", symlink_made, OF_MODULE },
	{ "making a pin in the pin directory", pin_made, OF_MODULE },
	{ LATCH_WAY_UMOUNT, bpffs_unmounted, OF_MOUNTS },
	{ "unmounting sysfs", sysfs_unmounted, OF_MOUNTS },
	{ "mounting over the pin directory", pindir_covered, OF_MOUNTS },
	{ "mounting over bpffs", bpffs_covered, OF_MOUNTS },
	{ "mounting over a directory above bpffs", sysfs_covered, OF_MOUNTS },
	{ "moving bpffs", bpffs_moved, OF_MOUNTS },
	{ "moving bpffs by mount(2)", bpffs_moved_by_mount, OF_MOUNTS },
	{ "exchanging the root", root_pivoted, OF_MOUNTS },
	{ LATCH_WAY_FTRACE, ftrace_disabled, OF_MACHINE },
	{ "attaching a program to sysctls", sysctls_overruled, OF_MACHINE },
	{ "overruling the guard by a program of a cgroup", guard_overruled, OF_MACHINE },
	{ "changing what a security hook returns", security_hook_changed, OF_MACHINE },
};

int latch_selftest(struct latch *l, struct latch_guarding *g, struct latch_error *err)
{
	struct trying t = { .pindir = g->pindir, .expected = &g->expected, .state = g->state };
	int e = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* A try of what another guard denies would be an attempt on that one's seal. */
		e = rows[i].kind == OF_MODULE ? 0 : latch_way_denied_for_another(l, g->pindir, rows[i].way, err);
		if (rows[i].kind == OF_MOUNTS && g->mounts_refused)
			continue; /* a way that is noted already */
		if (e < 0)
			return e;
		if (e)
			continue;
		e = rows[i].try(&t);
		/* The guard says EPERM; the others, another module that is asked before it. */
		if (e == -EPERM || e == -EACCES || e == -EROFS)
			continue;
		e = latch_guard_way_open(g, err, rows[i].way, "it was tried and not denied%s%s", e ? ": " : "",
					 e ? strerror(-e) : "");
		if (e)
			return e;
	}
	return 0;
}
