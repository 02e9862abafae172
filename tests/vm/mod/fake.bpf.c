// SPDX-License-Identifier: GPL-2.0-only
/* It has lockdown's name, and denies nothing that lockdown does. */
#include <latch/module.bpf.h>

LATCH_MODULE("lockdown", "9.0", "No features");

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}
