// SPDX-License-Identifier: GPL-2.0-only
/* What kept becomes: see there. */
#include <latch/module.bpf.h>

LATCH_MODULE("kept", "2.0", "After");
LATCH_PARAM(unsigned int, fresh, 7, 0, 9, "not in kept");
LATCH_FLAGS(kinds, 0, "mkdir,link,symlink", "other bits in kept");
LATCH_PARAM(bool, quiet, 1, 0, 1, "another default in kept");
LATCH_PARAM(int, level, 2, 0, 5, "wider in kept");
LATCH_FEATURE(nodes, 5, "inode_mknod", "another number in kept");

LATCH_HOOK(inode_symlink)
{
	return kinds & 4 || quiet || level > (int)fresh ? -EACCES : 0;
}

LATCH_HOOK(inode_mknod)
{
	return LATCH_DENY(5);
}
