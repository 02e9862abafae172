// SPDX-License-Identifier: GPL-2.0-only
/* One hook, whose name fill puts in the place of this: denies all that latch does there. */
#include <latch/module.bpf.h>

LATCH_MODULE("shut_each", "1.0", "Deny latch whatever it does at one hook");

#define LATC 0x6374616c

LATCH_HOOK(h00_xxxxxxxxxxxxxxxxxxxxxxxxxxx)
{
	__u32 comm[4] = { 0 };

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0] == LATC ? -EPERM : 0;
}
