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

/* What kind of a denial it is. */
enum kind {
	OF_MODULE,  /* what is entered with it */
	OF_MACHINE, /* the same for every module: tried with the first */
	OF_MOUNTS,  /* the same, as far as the guard sees mounts */
};

static uint64_t denied(const struct latch_guarding *g)
{
	struct latch_guard_call call;

	return latch_guard_look(g, &call) ? 0 : call.denied;
}

/* The guard says of an object that it is not there: whether it was the guard that said so. */
static int hidden(const struct latch_guarding *g, uint64_t denied_before, int e)
{
	return e == -ENOENT && denied(g) > denied_before ? -EPERM : e;
}

static const char *path(const struct latch_guarding *g, const char *below)
{
	static char buf[2][256];
	static int turn;

	turn = !turn;
	snprintf(buf[turn], sizeof(buf[turn]), LATCH_ROOT "/%s%s", g->pindir, below);
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
static int by_id(const struct latch_guarding *g, uint32_t kind, int (*get)(uint32_t id))
{
	for (size_t i = g->earlier; i < g->expected.n; i++) {
		const struct latch_expected_one *one = &g->expected.list[i];
		uint64_t before = denied(g);
		int e;

		if (one->kind != kind || one->references == LATCH_ANY_REFERENCES)
			continue;
		e = hidden(g, before, closed(get(one->id)));
		if (e != -EPERM)
			return e;
	}
	return -EPERM;
}

static int map_by_id(const struct latch_guarding *g)
{
	return by_id(g, LATCH_KEPT_MAP, bpf_map_get_fd_by_id);
}

static int prog_by_id(const struct latch_guarding *g)
{
	return by_id(g, LATCH_KEPT_PROG, bpf_prog_get_fd_by_id);
}

static int link_by_id(const struct latch_guarding *g)
{
	return by_id(g, LATCH_KEPT_LINK, bpf_link_get_fd_by_id);
}

static int map_by_path(const struct latch_guarding *g)
{
	const char *gate = path(g, "/maps/gate");
	uint64_t before = denied(g);
	int there = latch_there(AT_FDCWD, gate);

	/* A module that was made without the SDK has no maps pinned: nothing to try. */
	return there <= 0 ? (there ? there : -EPERM) : hidden(g, before, closed(bpf_obj_get(gate)));
}

static int pin_removed(const struct latch_guarding *g)
{
	return unlink(path(g, "/seal/record")) ? -errno : 0;
}

/* A name beside the modules that none of them can have. */
static const char *spare(void)
{
	static char name[64];

	snprintf(name, sizeof(name), LATCH_ROOT "/~%d", getpid());
	return name;
}

static int pin_renamed(const struct latch_guarding *g)
{
	return rename(path(g, "/seal/record"), spare()) ? -errno : unlink(spare());
}

/* With a pin of nothing much; a directory would be refused before the guard is asked. */
static int pin_replaced(const struct latch_guarding *g)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_selftest", 4, 4, 1, NULL);
	int e;

	if (fd < 0 || bpf_obj_pin(fd, spare()))
		return -errno;
	e = rename(spare(), path(g, "/seal/record")) ? -errno : 0;
	unlink(spare());
	return e;
}

static int pin_linked(const struct latch_guarding *g)
{
	return link(path(g, "/seal/record"), spare()) ? -errno : unlink(spare());
}

/* Under the name of no module, but of one that could be: killed before it is back, it is shown and not cleared. */
static int pindir_renamed(const struct latch_guarding *g)
{
	char other[64];
	int n = 0;

	do
		snprintf(other, sizeof(other), LATCH_ROOT "/renamed%d", n++);
	while (latch_there(AT_FDCWD, other) == 1);
	if (rename(path(g, ""), other))
		return -errno;
	return rename(other, path(g, ""));
}

static int root_renamed(const struct latch_guarding *g)
{
	char other[64];

	(void)g;
	snprintf(other, sizeof(other), LATCH_BPFFS "/latch~%d", getpid());
	if (rename(LATCH_ROOT, other))
		return -errno;
	return rename(other, LATCH_ROOT);
}

/* Not empty, so it would not be done in any case; but the guard is asked first. */
static int pindir_removed(const struct latch_guarding *g)
{
	return rmdir(path(g, "")) ? -errno : 0;
}

static int directory_made(const struct latch_guarding *g)
{
	return mkdir(path(g, "/links/new"), 0700) ? -errno : rmdir(path(g, "/links/new"));
}

static int symlink_made(const struct latch_guarding *g)
{
	return symlink("x", path(g, "/links/new")) ? -errno : unlink(path(g, "/links/new"));
}

static int pin_made(const struct latch_guarding *g)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_selftest", 4, 4, 1, NULL);

	if (fd < 0)
		return -errno;
	return bpf_obj_pin(fd, path(g, "/links/new")) ? -errno : unlink(path(g, "/links/new"));
}

static int tried(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int security_hook_changed(const struct latch_guarding *g)
{
	(void)g;
	return tried(latch_kernel_try(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "security_bpf", 0));
}

/* A program of a cgroup could return what passes for "allowed", and the guard would not be asked. */
static int guard_overruled(const struct latch_guarding *g)
{
	(void)g;
	return tried(latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, "bpf_map", 1));
}

/* A value that is none: it would be refused in any case, but the guard is asked first. */
static int sysctls_overruled(const struct latch_guarding *g)
{
	(void)g;
	return latch_cgroup_try(BPF_CGROUP_SYSCTL, BPF_PROG_TYPE_CGROUP_SYSCTL);
}

static int ftrace_disabled(const struct latch_guarding *g)
{
	struct latch_error unused;
	_cleanup_close_ int fd = latch_kernel_open("/proc/sys/kernel/ftrace_enabled", O_WRONLY, &unused);

	(void)g;
	if (fd < 0)
		return fd == -ENOENT ? -EPERM : fd; /* a kernel without it */
	return write(fd, "x", 1) < 0 ? -errno : 0;
}

/* Were it not denied, MNT_EXPIRE would only mark the mount. */
static int unmounted(const char *where)
{
	return umount2(where, MNT_EXPIRE | UMOUNT_NOFOLLOW) ? -errno : 0;
}

static int bpffs_unmounted(const struct latch_guarding *g)
{
	(void)g;
	return unmounted(LATCH_BPFFS);
}

static int sysfs_unmounted(const struct latch_guarding *g)
{
	(void)g;
	return unmounted("/sys");
}

/* Were one of these not denied, it would be refused, as what moves is where it is to go. */
static int bpffs_moved(const struct latch_guarding *g)
{
	(void)g;
	return syscall(SYS_move_mount, AT_FDCWD, LATCH_BPFFS, AT_FDCWD, LATCH_BPFFS, 0) ? -errno : 0;
}

static int bpffs_moved_by_mount(const struct latch_guarding *g)
{
	(void)g;
	return mount(LATCH_BPFFS, LATCH_BPFFS, NULL, MS_MOVE, NULL) ? -errno : 0;
}

static int root_pivoted(const struct latch_guarding *g)
{
	(void)g;
	return syscall(SYS_pivot_root, "/", "/") ? -errno : 0;
}

static int mounted_over(const char *where)
{
	if (mount("latch", where, "tmpfs", 0, NULL))
		return -errno;
	return umount2(where, UMOUNT_NOFOLLOW) ? -errno : 0;
}

static int pindir_covered(const struct latch_guarding *g)
{
	return mounted_over(path(g, ""));
}

static int bpffs_covered(const struct latch_guarding *g)
{
	(void)g;
	return mounted_over(LATCH_BPFFS);
}

static int sysfs_covered(const struct latch_guarding *g)
{
	(void)g;
	return mounted_over("/sys/fs");
}

static const struct {
	const char *way;
	int (*try)(const struct latch_guarding *g);
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

int latch_selftest(struct latch_guarding *g, struct latch_error *err)
{
	int e = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* Tried when the first was sealed; it would be an attempt on that seal. */
		if (rows[i].kind != OF_MODULE && !g->first)
			continue;
		if (rows[i].kind == OF_MOUNTS && g->mounts_refused)
			continue; /* a way that is noted already */
		e = rows[i].try(g);
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
