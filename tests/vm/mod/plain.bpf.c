// SPDX-License-Identifier: GPL-2.0-only
/* What trio does, without the SDK: a BPF object as others write them. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/inode_symlink") int symlink_denied(void *ctx)
{
	return -EPERM;
}

SEC("lsm/inode_link") int link_denied(void *ctx)
{
	return -EACCES;
}

SEC("lsm/inode_mknod") int mknod_denied(void *ctx)
{
	return -EROFS;
}
