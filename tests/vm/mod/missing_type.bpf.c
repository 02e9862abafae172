// SPDX-License-Identifier: GPL-2.0-only
/* Reads a member that no kernel has. */
#include <latch/module.bpf.h>

LATCH_MODULE("missing_type", "1.0", "Reads what is not there");

struct cred___other {
	int latch_has_no_such_member;
} __attribute__((preserve_access_index));

LATCH_HOOK(inode_symlink)
{
	struct cred___other *cred = (void *)bpf_get_current_task_btf()->cred;

	return cred->latch_has_no_such_member ? -EPERM : 0;
}
