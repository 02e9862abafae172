// SPDX-License-Identifier: GPL-2.0-only
/* What a body may return by mistake, and the two ends of what it may return. */
#include <latch/module.bpf.h>

LATCH_MODULE("verdict", "1.0", "Symbolic links get a verdict of some kind");
LATCH_PARAM(unsigned int, kind, 0, 0, 13, "which one");

/* Verified on its own: its caller knows nothing of what it returns. */
__noinline long verdict_of_a_function(__u32 flags)
{
	return flags & 1 ? 0 : -EROFS;
}

LATCH_HOOK(inode_symlink)
{
	switch (kind) {
	case 1:
		return 5;
	case 2:
		return -5000;
	case 3:
		return -0x7fffffffffffffff - 1;
	case 4:
		return 1l << 40;
	case 5:
		return -4096;
	case 6:
		return -(1l << 40);
	case 7:
		return -0x80000000l;
	case 8:
		return -8192 - ENOSPC;
	case 9:
		return -1;
	case 10:
		return -4095;
	case 11:
		return -ENOSPC;
	case 12:
		return verdict_of_a_function(kind);
	case 13:
		return LATCH_DENY(7);
	}
	return 0;
}
