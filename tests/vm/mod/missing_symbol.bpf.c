// SPDX-License-Identifier: GPL-2.0-only
/* Wants a variable that no kernel has: libbpf does not come to ask the kernel. */
#include <latch/module.bpf.h>

LATCH_MODULE("missing_symbol", "1.0", "Reads what is not there");

extern const int latch_no_such_variable __ksym;

LATCH_HOOK(inode_symlink)
{
	return *(const int *)bpf_this_cpu_ptr(&latch_no_such_variable) ? -EPERM : 0;
}
