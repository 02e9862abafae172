/* SPDX-License-Identifier: GPL-2.0-only */
/* By what exceptions know a file and a cgroup: see struct latch_allow_key. */
#ifndef LATCH_IDENTITY_BPF_H
#define LATCH_IDENTITY_BPF_H

#define LATCH_NSEC_PER_SEC 1000000000ull
#define LATCH_NSEC_MASK 0x7fffffff

static __always_inline __u64 latch_change_time(struct inode *inode)
{
	struct inode___renamed *renamed = (void *)inode;
	struct inode___split *split = (void *)inode;

	if (bpf_core_field_exists(split->i_ctime_sec))
		return split->i_ctime_sec * LATCH_NSEC_PER_SEC + (split->i_ctime_nsec & LATCH_NSEC_MASK);
	if (bpf_core_field_exists(renamed->__i_ctime))
		return renamed->__i_ctime.tv_sec * LATCH_NSEC_PER_SEC + renamed->__i_ctime.tv_nsec;
	return inode->i_ctime.tv_sec * LATCH_NSEC_PER_SEC + inode->i_ctime.tv_nsec;
}

static __always_inline void latch_file_id(__u64 *id, struct inode *inode)
{
	id[0] = inode->i_sb->s_dev;
	id[1] = inode->i_ino;
	id[2] = inode->i_size;
	id[3] = latch_change_time(inode);
}

/* The cgroup above; NULL above the root. */
static __always_inline struct cgroup *latch_cgroup_above(struct cgroup *cgroup)
{
	struct cgroup_subsys_state *above = cgroup->self.parent;

	return above ? above->cgroup : 0;
}

/*
 * Fills place, LATCH_CGROUP_DEPTH zeros, as in struct latch_allow_key. Returns the cgroup's level:
 * 0 if it is the root, or too deep to have a place.
 */
static __always_inline __u32 latch_cgroup_place(struct cgroup *cgroup, __u32 *place)
{
	__u32 depth = cgroup->level, i;

	if (depth > LATCH_CGROUP_DEPTH)
		return 0;
	for (i = 0; i < LATCH_CGROUP_DEPTH; i++) {
		__u32 level = cgroup ? cgroup->level : 0;

		if (!level)
			break;
		place[(level - 1) & (LATCH_CGROUP_DEPTH - 1)] = cgroup->kn->hash;
		cgroup = latch_cgroup_above(cgroup);
	}
	return depth;
}

#endif
