// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount points that may go by themselves: a file system that finds that a directory of its is gone
 * drops it, and the kernel unmounts what is mounted there (d_invalidate() in fs/dcache.c),
 * which no hook is asked about. Where that is the word of a server or of a process, it is root's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "seal/seal.h"

/* They drop no directory of their own accord; of sysfs the kernel alone removes those on the way. */
static bool keeps(const char *type)
{
	static const char *const types[] = { "rootfs", "ramfs", "tmpfs",    "sysfs", "ext2",	 "ext3",  "ext4",
					     "xfs",    "btrfs", "bcachefs", "f2fs",  "squashfs", "erofs", "overlay" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

static int look(const char *point, const char *type, void *arg)
{
	struct latch_error *why = arg;

	if (keeps(type))
		return 0;
	latch_fail(why, 0, "%s is in a file system of type %s, which may drop it, and what is mounted there with it",
		   point, type);
	return 1;
}

int latch_seal_mountpoint(struct latch_error *why)
{
	struct statx stx;
	int r;

	if (statx(AT_FDCWD, LATCH_BPFFS, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MNT_ID, &stx) ||
	    !(stx.stx_mask & STATX_MNT_ID))
		return latch_fail(why, errno ? -errno : -EOPNOTSUPP, "the mount of " LATCH_BPFFS " is not known");
	r = latch_mount_points_each(stx.stx_mnt_id, look, why);
	return r >= 0 ? r : latch_fail(why, r, "/proc/self/mountinfo: %s", strerror(-r));
}
