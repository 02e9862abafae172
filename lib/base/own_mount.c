// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file system of the kernel's by a mount of one's own, that no path leads to: it need not be mounted
 * anywhere, nor be mounted where one thinks, and nobody covers it. It goes with its descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include "base/base.h"

int latch_own_mount(const char *type)
{
	_cleanup_close_ int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

FILE *latch_own_stream(const char *type, const char *path)
{
	_cleanup_close_ int mount = latch_own_mount(type);
	int fd;

	if (mount < 0) {
		errno = -mount;
		return NULL;
	}
	fd = openat(mount, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? NULL : latch_stream(fd);
}
