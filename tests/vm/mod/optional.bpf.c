// SPDX-License-Identifier: GPL-2.0-only
/* Hooks that the module need not have: one that every kernel has, and one that none has. */
#include <latch/module.bpf.h>

LATCH_MODULE("optional", "0.1", "Denies symbolic links, links and, in part, device nodes");
LATCH_FEATURE(nodes, 1, "no_such_hook,inode_mknod", "making device nodes");

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}

LATCH_HOOK_OPTIONAL(no_such_hook, struct inode *dir, struct dentry *dentry)
{
	return LATCH_DENY(1);
}

LATCH_HOOK_OPTIONAL(inode_link)
{
	return -EACCES;
}

LATCH_HOOK(inode_mknod)
{
	return LATCH_DENY(1);
}
