// SPDX-License-Identifier: GPL-2.0-only
/* Says to latch, and to latch alone, that bpffs is empty and that there is no BPF link: once it is told to. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/magic.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct super_block {
	unsigned long s_magic;
} __attribute__((preserve_access_index));

struct inode {
	struct super_block *i_sb;
} __attribute__((preserve_access_index));

volatile int lies;

char gpl[] SEC("license") = "GPL";

static __always_inline int is_latch(void)
{
	char comm[16] = "";

	bpf_get_current_comm(comm, sizeof(comm));
	return lies && comm[0] == 'l' && comm[1] == 'a' && comm[2] == 't' && comm[3] == 'c' && comm[4] == 'h' && !comm[5];
}

SEC("lsm/bpf") int BPF_PROG(no_link, int cmd)
{
	return cmd == BPF_LINK_GET_NEXT_ID && is_latch() ? -ENOENT : 0;
}

SEC("lsm/inode_permission") int BPF_PROG(no_entry, struct inode *inode)
{
	return inode->i_sb->s_magic == BPF_FS_MAGIC && is_latch() ? -ENOENT : 0;
}
