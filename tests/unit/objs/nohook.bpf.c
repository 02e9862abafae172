// SPDX-License-Identifier: GPL-2.0-only
/* A program for an LSM hook that its loader names. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm")
int anywhere(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}
