// SPDX-License-Identifier: GPL-2.0-only
/* As shut_each, without the SDK. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

#define LATC 0x6374616c

SEC("lsm/h00_xxxxxxxxxxxxxxxxxxxxxxxxxxx") int shut_each(void *ctx)
{
	__u32 comm[4] = { 0 };

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0] == LATC ? -EPERM : 0;
}
