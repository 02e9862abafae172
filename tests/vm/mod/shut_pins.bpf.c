// SPDX-License-Identifier: GPL-2.0-only
/* Without the SDK: nobody calls bpf(2). */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

SEC("lsm/bpf") int no_bpf(void *ctx)
{
	return -EPERM;
}
