// SPDX-License-Identifier: GPL-2.0-only
/* Parameters of each type, to be carried over to kept2. */
#include <latch/module.bpf.h>

LATCH_MODULE("kept", "1.0", "Before");
LATCH_PARAM(int, level, 1, 0, 9, "narrower in kept2");
LATCH_PARAM(bool, quiet, 0, 0, 1, "elsewhere in kept2");
LATCH_FLAGS(kinds, 0, "symlink,link", "other bits in kept2");
LATCH_FEATURE(nodes, 0, "inode_mknod", "another number in kept2");
LATCH_FEATURE(links, 1, "inode_link", "not in kept2");

LATCH_HOOK(inode_symlink)
{
	return kinds & 1 || level > 8 || quiet ? -EPERM : 0;
}

LATCH_HOOK(inode_mknod)
{
	return LATCH_DENY(0);
}

LATCH_HOOK(inode_link)
{
	return LATCH_DENY(1);
}
