// SPDX-License-Identifier: GPL-2.0-only
/* A program for the processes of one cgroup. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm_cgroup/socket_create")
int of_a_cgroup(__u64 *ctx)
{
	return ctx[0] ? 1 : 0;
}
