// SPDX-License-Identifier: GPL-2.0-only
/* Two programs for one hook, in sections of their own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/file_open")
int first(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}

SEC("lsm.s/file_open")
int second(__u64 *ctx)
{
	return ctx[1] ? 0 : -1;
}
