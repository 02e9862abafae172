// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts, as /proc/self/mountinfo lists them. The device there is that of the super block, which is
 * what a program in the kernel sees; stat(2) shows another on btrfs and overlayfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "base/base.h"

int latch_mount_device(uint64_t mount, uint64_t *dev)
{
	struct latch_error unused;
	int fd = latch_kernel_open("/proc/self/mountinfo", O_RDONLY, &unused), e = -ENOENT;
	FILE *f = fd < 0 ? NULL : latch_stream(fd);
	_cleanup_free_ char *line = NULL;
	unsigned int major, minor;
	unsigned long long id;
	size_t room = 0;

	if (fd < 0)
		return fd;
	if (!f)
		return -ENOMEM;
	while (e && getline(&line, &room, f) > 0)
		if (sscanf(line, "%llu %*u %u:%u ", &id, &major, &minor) == 3 && id == mount) {
			*dev = (uint64_t)major << 20 | minor;
			e = 0;
		}
	fclose(f);
	return e;
}
