// SPDX-License-Identifier: GPL-2.0-only
/* A BPF object without the SDK that denies nothing, on a hook that no other module here has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/inode_removexattr") int removexattr_allowed(void *ctx)
{
	return 0;
}
