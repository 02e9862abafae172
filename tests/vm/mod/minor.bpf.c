// SPDX-License-Identifier: GPL-2.0-only
/* Denies what nothing else does, so that copies under other names are told from one another. */
#include <latch/module.bpf.h>

LATCH_MODULE("minor", "1.0", "Device nodes with one minor number are not made");
LATCH_PARAM(unsigned int, number, 0, 0, 255, "which one");

LATCH_HOOK(inode_mknod, struct inode *dir, struct dentry *dentry, unsigned short mode, unsigned int dev)
{
	return dev && (dev & 0xff) == number ? -EPERM : 0;
}
