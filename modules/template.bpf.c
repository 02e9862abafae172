// SPDX-License-Identifier: GPL-2.0-only
/* The start of a module: copy, rename, and say what it is for. */
#include <latch/module.bpf.h>

LATCH_MODULE("template", "0.1", "Refuse symbolic links, to users from uid `from` on");
LATCH_PARAM(unsigned int, from, 1000, 0, 65535, "the first uid that is refused");

LATCH_HOOK(inode_symlink, struct inode *dir, struct dentry *dentry, const char *old_name)
{
	return (__u32)bpf_get_current_uid_gid() >= from ? -EPERM : 0;
}
