// SPDX-License-Identifier: GPL-2.0-only
/* Hooks of every shape: many arguments, none, no return value, one that differs by kernel. */
#include <latch/module.bpf.h>

LATCH_MODULE("shapes", "1.0", "Hooks of every shape");
LATCH_PARAM(bool, report, 0, 0, 1, "whether the hooks without a return value have something to report");

/* The kernel's struct user_namespace or mnt_idmap. */
struct idmap;

LATCH_HOOK(inode_setxattr, struct idmap *idmap, struct dentry *dentry, const char *name,
	   const void *value, unsigned long size, int flags)
{
	return size == 4 && flags == 0 ? -EXDEV : 0;
}

LATCH_HOOK(tun_dev_create)
{
	return -EPERM;
}

LATCH_HOOK(task_free, struct task_struct *task)
{
	return report && task->tgid ? -EPERM : 0;
}

LATCH_HOOK(bprm_committed_creds)
{
	return report ? -EPERM : 0;
}

LATCH_HOOK(bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	return cmd == BPF_BTF_GET_FD_BY_ID && size ? -EXDEV : 0;
}

/* A helper that only a program that may sleep is given; 8 is no address. */
LATCH_HOOK_SLEEPABLE(inode_symlink)
{
	char byte;

	return bpf_copy_from_user(&byte, 1, (void *)8) == -EFAULT ? -EXDEV : 0;
}
