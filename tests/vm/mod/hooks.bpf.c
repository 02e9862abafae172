// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hook for each of 64 names, which fill puts in the place of these: what kernels differ
 * in is tried without a compiler in the guest.
 */
#include <latch/module.bpf.h>

LATCH_MODULE("hooks", "1.0", "Any hooks");
LATCH_PARAM(bool, deny, 0, 0, 1, "whether each of them denies");

#define HOOK(n)                                         \
	LATCH_HOOK(h##n##_xxxxxxxxxxxxxxxxxxxxxxxxxxx)  \
	{                                               \
		return deny ? -EPERM : 0;               \
	}
#define EIGHT(n) HOOK(n##0) HOOK(n##1) HOOK(n##2) HOOK(n##3) HOOK(n##4) HOOK(n##5) HOOK(n##6) HOOK(n##7)

EIGHT(0)
EIGHT(1)
EIGHT(2)
EIGHT(3)
EIGHT(4)
EIGHT(5)
EIGHT(6)
EIGHT(7)
