// SPDX-License-Identifier: GPL-2.0-only
/* A BPF LSM object of somebody who knows nothing of latch. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "Dual BSD/GPL";

static __attribute__((noinline)) int decide(__u64 *ctx)
{
	return ctx[0] ? 0 : -1;
}

SEC("lsm/file_open")
int check_open(__u64 *ctx)
{
	return decide(ctx);
}

SEC("lsm.s/bprm_creds_for_exec")
int check_exec(__u64 *ctx)
{
	return decide(ctx);
}
