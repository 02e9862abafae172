// SPDX-License-Identifier: GPL-2.0-only
/* Three hooks, each denying with an errno of its own, to see whether all of a module holds. */
#include <latch/module.bpf.h>

LATCH_MODULE("trio", "1.0", "Refuse symbolic links, hard links and device nodes");
LATCH_PARAM(bool, deny, 1, 0, 1, "whether to");

LATCH_HOOK(inode_symlink)
{
	return deny ? -EPERM : 0;
}

LATCH_HOOK(inode_link)
{
	return deny ? -EACCES : 0;
}

LATCH_HOOK(inode_mknod)
{
	return deny ? -EROFS : 0;
}
