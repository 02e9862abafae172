// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the kernel itself names a file and a cgroup, so that an exception is made for what a
 * module will find there, whatever stat(2) shows of the file system. liblatch attaches
 * these for as long as it asks; nothing is denied.
 */
#include <latch/abi.h>
#include <latch/kernel.bpf.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <latch/identity.bpf.h>

char latch_license[] SEC("license") = "GPL";

#define HASH_SHA256 4 /* HASH_ALGO_SHA256 */

struct bpf_iter__cgroup {
	struct cgroup *cgroup;
} __attribute__((preserve_access_index));

__u32 asker; /* process that asks, in the initial pid namespace */
__u32 want_digest;
__u32 answered;	  /* 1: id is filled */
__u32 has_digest; /* 1: digest is filled: IMA is there, and with SHA-256 */
__u64 id[4];
__u64 digest[4];
__u32 place[LATCH_CGROUP_DEPTH];

/* The process asks by taking a lock off that it does not have. */
SEC("lsm.s/file_lock")
long identify(__u64 *ctx)
{
	struct file *file = (struct file *)ctx[0];
	__u64 sum[4] = { 0 };

	if (bpf_get_current_pid_tgid() >> 32 != asker)
		return 0;
	latch_file_id(id, file->f_inode);
	has_digest = want_digest && bpf_ima_file_hash(file, sum, sizeof(sum)) == HASH_SHA256;
	__builtin_memcpy(digest, sum, sizeof(digest));
	answered = 1;
	return 0;
}

SEC("iter/cgroup")
int find_cgroup(struct bpf_iter__cgroup *ctx)
{
	struct cgroup *cgroup = ctx->cgroup;

	if (cgroup) {
		__u32 of[LATCH_CGROUP_DEPTH] = { 0 };

		latch_cgroup_place(cgroup, of);
		__builtin_memcpy(place, of, sizeof(place));
		answered = 1;
	}
	return 0;
}
