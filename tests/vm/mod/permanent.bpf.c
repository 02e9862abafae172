// SPDX-License-Identifier: GPL-2.0-only
/* Declares itself permanent. */
#include <latch/module.bpf.h>

LATCH_MODULE("permanent", "1.0", "Refuse symbolic links until reboot");
LATCH_PERMANENT;

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}
