// SPDX-License-Identifier: GPL-2.0-only
/* A module that calls functions of the kernel: they stand in the section .ksyms of its BTF. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

SEC("lsm/inode_symlink")
int hook(__u64 *ctx)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return -EPERM;
}
