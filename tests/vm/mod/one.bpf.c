// SPDX-License-Identifier: GPL-2.0-only
/* An object without the SDK; under many names, to fill a hook. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#ifndef LICENSE
#define LICENSE "GPL"
#endif

char gpl[] SEC("license") = LICENSE;

SEC("lsm/inode_symlink") int symlink_denied(void *ctx)
{
	return -EPERM;
}
