// SPDX-License-Identifier: GPL-2.0-only
/* Another trio: EPERM throughout and one hook more, to see which of the two decides. */
#include <latch/module.bpf.h>

LATCH_MODULE("trio", "2.0", "Refuse symbolic links, hard links, device nodes and extended attributes");
LATCH_PARAM(bool, deny, 1, 0, 1, "whether to");

LATCH_HOOK(inode_symlink)
{
	return deny ? -EPERM : 0;
}

LATCH_HOOK(inode_link)
{
	return deny ? -EPERM : 0;
}

LATCH_HOOK(inode_mknod)
{
	return deny ? -EPERM : 0;
}

LATCH_HOOK(inode_setxattr)
{
	return deny ? -EPERM : 0;
}
