// SPDX-License-Identifier: GPL-2.0-only
/* One of each: what the SDK can put into a module. */
#include <latch/module.bpf.h>

LATCH_MODULE("every", "2.3-rc1", "One of each: a colon is text here");
LATCH_PARAM(int, depth, -5, -10, 10, "a number of either sign");
LATCH_PARAM(unsigned int, size, 4000000000, 0, 0xffffffff, "a number beyond int: large");
LATCH_PARAM(bool, strict, true, 0, 1, "yes or no");
LATCH_FLAGS(kinds, 5, "read,write,append", "some words");
LATCH_FEATURE(alpha, 0, "file_open,inode_unlink", "the first feature");
LATCH_FEATURE(omega, 127, "inode_unlink", "the last feature");

LATCH_HOOK(file_open, struct file *file)
{
	return depth < 0 && strict ? LATCH_DENY(0) : 0;
}

LATCH_HOOK(inode_unlink, struct inode *dir, struct dentry *dentry)
{
	return size && kinds ? LATCH_DENY(127) : 0;
}

LATCH_HOOK_SLEEPABLE(bprm_committed_creds)
{
	return 0;
}

LATCH_HOOK(inode_symlink)
{
	return -EPERM;
}
