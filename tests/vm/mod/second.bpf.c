// SPDX-License-Identifier: GPL-2.0-only
/* Denies what trio denies, with another errno, to see which of two modules decides. */
#include <latch/module.bpf.h>

LATCH_MODULE("second", "1.0", "Refuse symbolic links");

LATCH_HOOK(inode_symlink)
{
	return -EROFS;
}
