// SPDX-License-Identifier: GPL-2.0-only
/* A module for one attack on the making of a seal: VICTIM is its number. */
#include <latch/module.bpf.h>

LATCH_MODULE("victim" LATCH_STR(VICTIM), "1.0", "Refuse directories of one mode");

LATCH_HOOK(inode_mkdir, struct inode *dir, struct dentry *dentry, unsigned long mode)
{
	return (mode & 0777) == 0100 + VICTIM ? -EPERM : 0;
}
