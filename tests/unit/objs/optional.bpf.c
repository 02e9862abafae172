// SPDX-License-Identifier: GPL-2.0-only
/* A program that libbpf does not load unless its loader asks for it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/inode_symlink")
int always(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}

SEC("?lsm/inode_link")
int sometimes(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}
