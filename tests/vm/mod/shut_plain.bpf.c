// SPDX-License-Identifier: GPL-2.0-only
/* Without the SDK: no file in bpffs is opened by anybody. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <latch/abi.h>
#include <latch/kernel.bpf.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/file_open") int no_open(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];

	return file->f_inode->i_sb->s_magic == 0xcafe4a11 ? -EPERM : 0;
}
