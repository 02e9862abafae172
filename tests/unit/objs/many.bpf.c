// SPDX-License-Identifier: GPL-2.0-only
/* One hook more than a module may have. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

#define ONE(n)                     \
	SEC("lsm/hook_" #n)        \
	int hook_##n(__u64 *ctx)   \
	{                          \
		(void)ctx;         \
		return 0;          \
	}
#define FOUR(n) ONE(n##0) ONE(n##1) ONE(n##2) ONE(n##3)
#define SIXTEEN(n) FOUR(n##0) FOUR(n##1) FOUR(n##2) FOUR(n##3)

SIXTEEN(0)
SIXTEEN(1)
SIXTEEN(2)
SIXTEEN(3)
ONE(last)
