// SPDX-License-Identifier: GPL-2.0-only
/* Reports who makes tasks: kernel threads too. */
#include <latch/module.bpf.h>

LATCH_MODULE("threads", "1.0", "Refuse new tasks; to be observed only");

LATCH_HOOK(task_alloc)
{
	return -EPERM;
}
