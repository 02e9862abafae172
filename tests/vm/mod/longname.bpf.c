// SPDX-License-Identifier: GPL-2.0-only
/* A name of 32 letters, which is one too many. */
#include <latch/module.bpf.h>

LATCH_MODULE("abcdefghijklmnopqrstuvwxyzabcdef", "1.0", "Refuse symbolic links");

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}
