// SPDX-License-Identifier: GPL-2.0-only
/* The least that a BPF LSM program on HOOK can be. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

#define LSM(hook) SEC("lsm/" #hook)
#define EMPTY(hook) LSM(hook)

EMPTY(HOOK) int empty(void *ctx)
{
	return VERDICT;
}
