// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts, as /proc/self/mountinfo lists them. The device there is that of the super block, which is
 * what a program in the kernel sees; stat(2) shows another on btrfs and overlayfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"

struct mount_line {
	unsigned long long id, parent;
	unsigned int major, minor;
	char point[PATH_MAX]; /* with \\040 and its kin, as the kernel writes it */
	char type[64];
};

/* Calls fn with each line until it returns non-zero. */
static int lines_each(int (*fn)(const struct mount_line *m, void *arg), void *arg)
{
	struct latch_error unused;
	int fd = latch_kernel_open("/proc/self/mountinfo", O_RDONLY, &unused), e = 0;
	FILE *f = fd < 0 ? NULL : latch_stream(fd);
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	size_t room = 0;

	if (fd < 0)
		return fd;
	if (!f)
		return -ENOMEM;
	while (!e && (errno = 0, getline(&line, &room, f) > 0)) {
		/* of the options, none has a blank; a field of its own is the dash */
		const char *dash = strstr(line, " - ");

		if (!dash ||
		    sscanf(line, "%llu %llu %u:%u %*s %4095s", &m.id, &m.parent, &m.major, &m.minor, m.point) != 5 ||
		    sscanf(dash, " - %63s", m.type) != 1)
			e = -EBADMSG;
		else
			e = fn(&m, arg);
	}
	if (!e && ferror(f))
		e = errno ? -errno : -EIO;
	fclose(f);
	return e;
}

struct looked_for {
	unsigned long long id;
	struct mount_line *to;
};

static int take(const struct mount_line *m, void *arg)
{
	struct looked_for *l = arg;

	if (m->id != l->id)
		return 0;
	*l->to = *m;
	return 1;
}

static int find(unsigned long long id, struct mount_line *to)
{
	struct looked_for l = { id, to };
	int r = lines_each(take, &l);

	return r < 0 ? r : r ? 0 : -ENOENT;
}

int latch_mount_device(uint64_t mount, uint64_t *dev)
{
	struct mount_line m = { 0 };
	int e = find(mount, &m);

	if (!e)
		*dev = (uint64_t)m.major << 20 | m.minor;
	return e;
}

int latch_mount_points_each(uint64_t mount, int (*fn)(const char *point, const char *type, void *arg), void *arg)
{
	struct mount_line m = { 0 }, above = { 0 };
	int e = find(mount, &m);

	while (!e && m.parent != m.id) {
		e = find(m.parent, &above);
		if (e == -ENOENT && !strcmp(m.point, "/")) /* the root may hang on what is not shown */
			return 0;
		if (!e)
			e = fn(m.point, above.type, arg);
		m = above;
	}
	return e;
}
