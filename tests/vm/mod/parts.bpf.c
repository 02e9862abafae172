// SPDX-License-Identifier: GPL-2.0-only
/* Three features with a hook each: `latch set` attaches and detaches. */
#include <latch/module.bpf.h>

LATCH_MODULE("parts", "1.0", "Symbolic links, hard links and device nodes, each by itself");
LATCH_FEATURE(symlinks, 0, "inode_symlink", "symbolic links");
LATCH_FEATURE(links, 1, "inode_link", "hard links");
LATCH_FEATURE(nodes, 2, "inode_mknod", "device nodes");

LATCH_HOOK(inode_symlink)
{
	return LATCH_DENY(0);
}

LATCH_HOOK(inode_link)
{
	return LATCH_DENY(1);
}

LATCH_HOOK(inode_mknod)
{
	return LATCH_DENY(2);
}
