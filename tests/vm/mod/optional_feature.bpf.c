// SPDX-License-Identifier: GPL-2.0-only
/* A feature with hooks that no kernel has. */
#include <latch/module.bpf.h>

LATCH_MODULE("optional_feature", "0.1", "Has a feature that cannot be");
LATCH_FEATURE(nothing, 1, "no_such_hook,nor_this_one", "what is asked nowhere");

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}

LATCH_HOOK_OPTIONAL(no_such_hook)
{
	return LATCH_DENY(1);
}

LATCH_HOOK_OPTIONAL(nor_this_one)
{
	return LATCH_DENY(1);
}
