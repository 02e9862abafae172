// SPDX-License-Identifier: GPL-2.0-only
/* A program for an LSM hook, and one that is not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/inode_symlink")
int hook(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}

SEC("fentry/do_exit")
int tracer(__u64 *ctx)
{
	return ctx[0] ? 0 : 1;
}
