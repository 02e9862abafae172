// SPDX-License-Identifier: GPL-2.0-only
/* One hook, whose name fill puts in the place of this. */
#include <latch/module.bpf.h>

LATCH_MODULE("hook1", "1.0", "Any hook");
LATCH_PARAM(bool, deny, 0, 0, 1, "whether it denies");

LATCH_HOOK(h00_xxxxxxxxxxxxxxxxxxxxxxxxxxx)
{
	return deny ? -EPERM : 0;
}
