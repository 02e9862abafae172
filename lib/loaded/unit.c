// SPDX-License-Identifier: GPL-2.0-only
/* The systemd unit that a cgroup belongs to. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h: a handle that is the node's id */

/* Where systemd mounts cgroup2: alone, or beside the old hierarchies. */
static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

/* The path of a cgroup below its mount, "/system.slice/ssh.service". */
static bool path_of(const char *mount, uint64_t cgroup, char *buf, size_t size)
{
	_cleanup_close_ int dir = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(cgroup)];
	} h = { .handle = { .handle_bytes = sizeof(cgroup), .handle_type = FILEID_KERNFS } };
	char link[32], path[1024];
	ssize_t n;

	memcpy(h.handle.f_handle, &cgroup, sizeof(cgroup));
	fd = dir < 0 ? -1 : open_by_handle_at(dir, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	if (strncmp(path, mount, strlen(mount)))
		return false;
	snprintf(buf, size, "%s", path[strlen(mount)] ? path + strlen(mount) : "/");
	return true;
}

/* The innermost part of the path that is a unit which runs processes. */
static const char *unit_in(char *path)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount", ".swap" };
	const char *unit = NULL;

	for (char *part = strtok(path, "/"); part; part = strtok(NULL, "/"))
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
			size_t len = strlen(part), suffix = strlen(suffixes[i]);

			if (len > suffix && !strcmp(part + len - suffix, suffixes[i]))
				unit = part;
		}
	return unit;
}

const char *latch_unit_of_cgroup(uint64_t cgroup, char *buf, size_t size)
{
	char path[1024], parts[1024];
	const char *unit;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		if (!path_of(mounts[i], cgroup, path, sizeof(path)))
			continue;
		snprintf(parts, sizeof(parts), "%s", path);
		unit = unit_in(parts);
		snprintf(buf, size, "%s", unit ? unit : path);
		break;
	}
	return buf;
}
