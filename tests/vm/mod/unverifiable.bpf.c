// SPDX-License-Identifier: GPL-2.0-only
/* The verifier refuses it: the hook has no such argument. */
#include <latch/module.bpf.h>

LATCH_MODULE("unverifiable", "1.0", "Reads beyond its arguments");

LATCH_HOOK(inode_link)
{
	return 0;
}

LATCH_HOOK(inode_symlink)
{
	return ctx[40] ? -EPERM : 0;
}
