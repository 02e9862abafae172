// SPDX-License-Identifier: GPL-2.0-only
/* It has lockdown's name, and two of its features' names. */
#include <latch/module.bpf.h>

LATCH_MODULE("lockdown", "9.0", "Two features");
LATCH_FEATURE(dev_mem, 0, "inode_symlink", "not what it says");
LATCH_FEATURE(kexec, 1, "inode_link", "not what it says");

LATCH_HOOK(inode_symlink)
{
	return LATCH_DENY(0);
}

LATCH_HOOK(inode_link)
{
	return LATCH_DENY(1);
}
