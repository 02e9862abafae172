// SPDX-License-Identifier: GPL-2.0-only
/* A module of five hooks, to be loaded and unloaded. */
#include <latch/module.bpf.h>

LATCH_MODULE("five", "1.0", "Refuse what makes names");
LATCH_PARAM(unsigned int, from, 1000, 0, 65535, "the first uid that is refused");

static __always_inline long refuse(void)
{
	return (__u32)bpf_get_current_uid_gid() >= from ? -EPERM : 0;
}

LATCH_HOOK(inode_symlink)
{
	return refuse();
}

LATCH_HOOK(inode_link)
{
	return refuse();
}

LATCH_HOOK(inode_mknod)
{
	return refuse();
}

LATCH_HOOK(inode_mkdir)
{
	return refuse();
}

LATCH_HOOK(inode_create)
{
	return refuse();
}
