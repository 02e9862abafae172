// SPDX-License-Identifier: GPL-2.0-only
/* An object without the SDK that takes what user space has written into a mapped ring. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} commands SEC(".maps");

static long take(struct bpf_dynptr *command, void *ctx)
{
	return 1;
}

SEC("lsm/inode_symlink") int listens(void *ctx)
{
	bpf_user_ringbuf_drain(&commands, take, 0, 0);
	return 0;
}
