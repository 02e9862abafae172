// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tells a cgroup by its place, whether or not it is there now. The kernel keeps a hash of
 * each cgroup's name; a module compares those of the cgroup and of all above it, as nobody
 * but root can make a cgroup in a slice of the system.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "allow/allow.h"

static const char *cgroup_mount(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++)
		if (!statfs(mounts[i], &fs) && (unsigned long)fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	return NULL;
}

/* kernfs_name_hash() in fs/kernfs/dir.c, and what it calls. */
static uint32_t name_hash(const char *name, size_t len)
{
	uint64_t hash = 0;

	while (len--) {
		uint64_t c = (unsigned char)*name++;

		hash = (hash + (c << 4) + (c >> 4)) * 11;
	}
	hash = (hash * 0x61c8864680b583ebull >> 32) & 0x7fffffff;
	if (hash < 2)
		hash += 2;
	return hash >= INT32_MAX ? INT32_MAX - 1 : (uint32_t)hash;
}

void latch_cgroup_place_of(const char *path, __u32 *place)
{
	memset(place, 0, LATCH_CGROUP_DEPTH * sizeof(*place));
	for (size_t level = 0; *path && level < LATCH_CGROUP_DEPTH; level++) {
		size_t len = strcspn(++path, "/");

		place[level] = name_hash(path, len);
		path += len;
	}
}

static bool path_ok(const char *path)
{
	int levels = 0;

	while (*path == '/') {
		size_t len = strcspn(++path, "/");

		if (!len || (len <= 2 && !strncmp(path, "..", len)) || ++levels > LATCH_CGROUP_DEPTH)
			return false;
		path += len;
	}
	return levels && !*path;
}

/* The first directory: its descriptor. */
static int open_directory(int dir, const char *entry, void *path)
{
	int fd = openat(dir, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOTDIR || errno == ENOENT ? 0 : -errno;
	snprintf(path, LATCH_ALLOW_NAME, "/%.*s", LATCH_ALLOW_NAME - 2, entry);
	return fd;
}

/* Opens the lowest cgroup on the path that is there, or any below the root; path is cut accordingly. */
static int open_nearest(const char *mount, char *path)
{
	char dir[2 * LATCH_ALLOW_NAME];
	int fd;

	while (*path) {
		snprintf(dir, sizeof(dir), "%s%s", mount, path);
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			return fd < 0 ? -errno : fd;
		*strrchr(path, '/') = '\0';
	}
	fd = latch_entries_each(AT_FDCWD, mount, open_directory, path);
	return fd ? fd : -ENOENT;
}

/* That kernfs hashes names in that way is no promise of the kernel: compares with one it has. */
static int check_hash(const char *mount, const char *of, struct latch_error *err)
{
	char path[LATCH_ALLOW_NAME];
	_cleanup_close_ int fd = -1;
	__u32 place[LATCH_CGROUP_DEPTH], computed[LATCH_CGROUP_DEPTH];
	int e;

	snprintf(path, sizeof(path), "%s", of);
	fd = open_nearest(mount, path);
	if (fd == -ENOENT)
		return latch_fail(err, -EOPNOTSUPP, "%s: no cgroup is there yet: where it would be cannot be checked",
				  of);
	if (fd < 0)
		return latch_fail(err, fd, "%s: its cgroup cannot be opened: %s%s: %s", of, mount, path, strerror(-fd));
	e = latch_identity_cgroup(fd, place, err);
	if (e)
		return e;
	latch_cgroup_place_of(path, computed);
	return !memcmp(place, computed, sizeof(place)) ?
		       0 :
		       latch_fail(
			       err, -EOPNOTSUPP,
			       "this kernel knows the cgroup %s by another hash of its name: no exceptions for units",
			       path);
}

int latch_unit_find(const char *name, char *path, __u32 *place, struct latch_error *err)
{
	const char *mount = cgroup_mount();
	char whole[LATCH_ALLOW_NAME];
	int e = 0;

	name = latch_unit_whole(name, whole, sizeof(whole));
	if (!mount)
		return latch_fail(err, -EOPNOTSUPP,
				  "unit %s: cgroup2 is not mounted on /sys/fs/cgroup: no exceptions for units", name);
	if (*name != '/')
		e = latch_unit_path(mount, name, path, LATCH_ALLOW_NAME, err);
	else if (!path_ok(name) || strlen(name) >= LATCH_ALLOW_NAME)
		e = latch_fail(
			err, -EINVAL,
			"`%s` is not the path of a cgroup: at most %d names, %d characters, none of them . or ..", name,
			LATCH_CGROUP_DEPTH, LATCH_ALLOW_NAME - 1);
	else
		strcpy(path, name);
	if (e || (e = check_hash(mount, path, err)))
		return e;
	latch_cgroup_place_of(path, place);
	return 0;
}

int latch_cgroup_there(const char *path)
{
	const char *mount = cgroup_mount();
	char dir[2 * LATCH_ALLOW_NAME];

	snprintf(dir, sizeof(dir), "%s%s", mount ? mount : "", path);
	return mount ? latch_there(AT_FDCWD, dir) : -EOPNOTSUPP;
}
