// SPDX-License-Identifier: GPL-2.0-only
/* Refuses every exec. */
#include <latch/module.bpf.h>

LATCH_MODULE("noexec", "1.0", "Refuse every exec");

LATCH_HOOK(bprm_check_security, struct linux_binprm *bprm)
{
	return -EPERM;
}
