// SPDX-License-Identifier: GPL-2.0-only
/* An object that says nothing of its licence. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

SEC("lsm/inode_symlink") int symlink_denied(void *ctx)
{
	return -EPERM;
}
