// SPDX-License-Identifier: GPL-2.0-only
/* All its hooks are such that no kernel has. */
#include <latch/module.bpf.h>

LATCH_MODULE("optional_only", "0.1", "Is asked nowhere");

LATCH_HOOK_OPTIONAL(no_such_hook)
{
	return -EPERM;
}
