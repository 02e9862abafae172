// SPDX-License-Identifier: GPL-2.0-only
/* The same made with the SDK: a module whose one hook allows. */
#include <latch/module.bpf.h>

LATCH_MODULE("allow", "1.0", "Allow");

#define ALLOW(hook) LATCH_HOOK(hook)

ALLOW(HOOK)
{
	return 0;
}
