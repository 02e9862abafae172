// SPDX-License-Identifier: GPL-2.0-only
/* Lets nobody load a program: not latch either. */
#include <latch/module.bpf.h>

LATCH_MODULE("nobpfprog", "1.0", "Refuse to load BPF programs");

LATCH_HOOK(bpf, int cmd)
{
	return cmd == BPF_PROG_LOAD ? -EPERM : 0;
}
