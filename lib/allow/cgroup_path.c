// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a unit's cgroup stands, whether or not it is there now. The kernel keeps a hash of
 * each cgroup's name; a module compares those of the cgroup and of all above it, as nobody
 * but root can make a cgroup in a slice of the system.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "allow/allow.h"

#define SLICES_MAX 16 /* one in another */

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

__u64 latch_cgroup_path_hash_of(const char *path)
{
	__u64 hash = 0;

	for (uint32_t level = 1; *path; level++) {
		size_t len = strcspn(++path, "/");

		hash += latch_cgroup_path_part(name_hash(path, len), level);
		path += len;
	}
	return hash;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && !strcmp(name + len - n, suffix);
}

static bool unit_name_ok(const char *name)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount", ".swap", ".slice" };

	if (!strcmp(name, "-.slice") || strlen(name) >= LATCH_ALLOW_NAME)
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(":-_.\\@", *c))
			return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return false;
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

/* Looks for a cgroup that stands in slices alone: others are for users to make. */
static bool find_running(const char *mount, const char *name, char *path, size_t size, int depth)
{
	size_t used = strlen(path);
	char dir[2 * LATCH_ALLOW_NAME];
	struct dirent *d;
	bool hit = false;
	DIR *list;

	snprintf(dir, sizeof(dir), "%s%s", mount, path);
	list = depth < SLICES_MAX ? opendir(dir) : NULL;
	while (list && !hit && (d = readdir(list))) {
		if (d->d_type != DT_DIR || used + strlen(d->d_name) + 2 > size)
			continue;
		snprintf(path + used, size - used, "/%s", d->d_name);
		hit = !strcmp(d->d_name, name) ||
		      (has_suffix(d->d_name, ".slice") && find_running(mount, name, path, size, depth + 1));
		if (!hit)
			path[used] = '\0';
	}
	if (list)
		closedir(list);
	return hit;
}

static bool has_unit_file(const char *name)
{
	static const char *const dirs[] = {
		"/etc/systemd/system",	  "/run/systemd/system",	   "/run/systemd/transient",
		"/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
		"/lib/systemd/system"
	};
	char path[2 * LATCH_ALLOW_NAME], template[LATCH_ALLOW_NAME];
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	snprintf(template, sizeof(template), "%.*s%s", at ? (int)(at + 1 - name) : 0, name, at ? dot : "");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		if (latch_there(AT_FDCWD, path) == 1)
			return true;
		snprintf(path, sizeof(path), "%s/%s", dirs[i], template);
		if (at && latch_there(AT_FDCWD, path) == 1)
			return true;
	}
	return false;
}

/* Where systemd puts a unit that does not say Slice=. Returns what snprintf() does. */
static int default_path(const char *name, char *path, size_t size)
{
	const char *at = strchr(name, '@');
	char prefix[4 * LATCH_ALLOW_NAME] = "";
	size_t used = 0;

	if (!at)
		return snprintf(path, size, "/system.slice/%s", name);
	for (const char *c = name; c < at; c++)
		used += (size_t)snprintf(prefix + used, sizeof(prefix) - used,
					 *c == '-' || *c == '\\' ? "\\x%02x" : "%c", *c);
	return snprintf(path, size, "/system.slice/system-%s.slice/%s", prefix, name);
}

/* "a-b.slice" is in "a.slice". */
static int slice_path(const char *name, char *path, size_t size)
{
	size_t used = 0;

	for (const char *dash = strchr(name, '-'); dash && used < size; dash = strchr(dash + 1, '-'))
		used += (size_t)snprintf(path + used, size - used, "/%.*s.slice", (int)(dash - name), name);
	return (int)used + (used < size ? snprintf(path + used, size - used, "/%s", name) : 0);
}

static int find_unit(const char *mount, const char *name, char *path, size_t size, struct latch_error *err)
{
	int n = 0;

	if (!unit_name_ok(name))
		return latch_fail(
			err, -EINVAL,
			"`%s` is not a unit: a .service, .scope, .socket, .mount, .swap or .slice of systemd, "
			"or the path of a cgroup: /system.slice/...",
			name);
	path[0] = '\0';
	if (find_running(mount, name, path, size, 0))
		return 0;
	if (has_suffix(name, ".slice"))
		n = slice_path(name, path, size);
	else if (has_unit_file(name))
		n = default_path(name, path, size);
	else
		return latch_fail(err, -ENOENT, "unit %s: it is not running, and there is no file for it", name);
	return n < 0 || (size_t)n >= size ?
		       latch_fail(err, -ENAMETOOLONG, "unit %s: its cgroup's path is too long", name) :
		       0;
}

/* Opens the lowest cgroup on the path that is there, or any below the root; path is cut accordingly. */
static int open_nearest(const char *mount, char *path)
{
	char dir[2 * LATCH_ALLOW_NAME];
	struct dirent *d;
	int fd = -1;
	DIR *list;

	while (*path && fd < 0) {
		snprintf(dir, sizeof(dir), "%s%s", mount, path);
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			*strrchr(path, '/') = '\0';
	}
	list = fd < 0 ? opendir(mount) : NULL;
	while (list && fd < 0 && (d = readdir(list)))
		if (d->d_type == DT_DIR && d->d_name[0] != '.') {
			snprintf(path, LATCH_ALLOW_NAME, "/%.*s", LATCH_ALLOW_NAME - 2, d->d_name);
			fd = openat(dirfd(list), d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		}
	if (list)
		closedir(list);
	return fd;
}

/* That kernfs hashes names in that way is no promise of the kernel: compares with one it has. */
static int check_hash(const char *mount, const char *of, struct latch_error *err)
{
	char path[LATCH_ALLOW_NAME];
	_cleanup_close_ int fd = -1;
	__u64 hash = 0;
	int e;

	snprintf(path, sizeof(path), "%s", of);
	fd = open_nearest(mount, path);
	if (fd < 0)
		return latch_fail(err, -EOPNOTSUPP, "%s: no cgroup is there yet: where it would be cannot be checked",
				  of);
	e = latch_identity_cgroup(fd, &hash, err);
	if (e)
		return e;
	return hash == latch_cgroup_path_hash_of(path) ?
		       0 :
		       latch_fail(
			       err, -EOPNOTSUPP,
			       "this kernel knows the cgroup %s by another hash of its name: no exceptions for units",
			       path);
}

const char *latch_unit_whole(const char *name, char *buf, size_t size)
{
	bool whole = strpbrk(name, "./");

	return whole || (size_t)snprintf(buf, size, "%s.service", name) >= size ? name : buf;
}

int latch_unit_find(const char *name, char *path, __u64 *hash, struct latch_error *err)
{
	const char *mount = cgroup_mount();
	char whole[LATCH_ALLOW_NAME];
	int e = 0;

	name = latch_unit_whole(name, whole, sizeof(whole));
	if (!mount)
		return latch_fail(err, -EOPNOTSUPP,
				  "unit %s: cgroup2 is not mounted on /sys/fs/cgroup: no exceptions for units", name);
	if (*name != '/')
		e = find_unit(mount, name, path, LATCH_ALLOW_NAME, err);
	else if (!path_ok(name) || strlen(name) >= LATCH_ALLOW_NAME)
		e = latch_fail(
			err, -EINVAL,
			"`%s` is not the path of a cgroup: at most %d names, %d characters, none of them . or ..", name,
			LATCH_CGROUP_DEPTH, LATCH_ALLOW_NAME - 1);
	else
		strcpy(path, name);
	if (e || (e = check_hash(mount, path, err)))
		return e;
	*hash = latch_cgroup_path_hash_of(path);
	return 0;
}

bool latch_cgroup_there(const char *path)
{
	const char *mount = cgroup_mount();
	char dir[2 * LATCH_ALLOW_NAME];

	snprintf(dir, sizeof(dir), "%s%s", mount ? mount : "", path);
	return mount && latch_there(AT_FDCWD, dir);
}
