// SPDX-License-Identifier: GPL-2.0-only
/* A BPF object, but not for an LSM hook. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("kprobe/vfs_fsync") int probe(void *ctx)
{
	return 0;
}
