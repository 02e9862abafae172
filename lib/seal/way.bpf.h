/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mounts on the way from the pins to the root, as a program can walk them: whether one of them
 * would go with a mount that is unmounted, and whether something would come to lie on the way.
 *
 * Each walk has a bound, as the verifier wants one. What lies behind it is not known, and
 * is denied; but it is no attempt, as who asked need not know of a seal.
 *
 * struct mount surrounds the struct vfsmount that a hook is given, and there is no
 * way from the one to the other but bpf_probe_read_kernel().
 */
#ifndef LATCH_WAY_BPF_H
#define LATCH_WAY_BPF_H

#include "seal/guard.bpf.h"

#define LEVELS 32  /* mounts on the way */
#define MASTERS 64 /* groups that a mount receives propagation from, one from the other */
#define PEERS 1024 /* mounts of one group */
#define DEPTH 256  /* of mounts within mounts, elsewhere */
#define NAMES 256  /* from one mount of the way to the next */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct mnt_namespace;

struct vfsmount___root {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
	struct list_head mnt_share; /* its group */
	struct mount *mnt_master;
	__u32 mnt_id;
	int mnt_group_id;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct task_struct___ns {
	struct nsproxy *nsproxy;
};

#pragma clang attribute pop

#define above(address, type, member) ((type *)((char *)(address)-bpf_core_field_offset(type, member)))

/*
 * The same number, which the verifier does not know to be the same: what it knows to be equal in one state of a
 * walk and not in another it verifies again, for each step.
 */
#define another(number)                                                                                                \
	({                                                                                                             \
		__u64 n_ = (__u64)(number);                                                                            \
		asm volatile("%0 |= 0" : "+r"(n_));                                                                    \
		(typeof(number))n_;                                                                                    \
	})

enum answer { NO, YES, NOT_KNOWN };

struct question {
	struct mount *asked; /* to be unmounted, to be moved, or to be mounted on */
	struct mount *asked_parent;
	struct dentry *asked_point; /* where the one to be unmounted is; or where something is to be */
	int asked_group;
	struct mount *level;   /* of the way */
	struct dentry *passed; /* where in it the level below lies */
	struct mount *peer, *first, *at, *from;
	struct dentry *name, *root;
	enum answer answer;
};

static __always_inline struct mount *mount_of(struct vfsmount **at)
{
	struct vfsmount *mnt = NULL;

	bpf_probe_read_kernel(&mnt, sizeof(mnt), at); /* a number: see above() */
	return above(mnt, struct mount, mnt);
}

/* Each takes a pointer that is a number: what it is read from is a field of the kernel's alone, and not of a question.
 */
static __always_inline struct mount *parent_of(struct mount *mount)
{
	return BPF_CORE_READ(mount, mnt_parent);
}

static __always_inline struct dentry *point_of(struct mount *mount)
{
	return BPF_CORE_READ(mount, mnt_mountpoint);
}

static __always_inline struct mount *master_of(struct mount *mount)
{
	return BPF_CORE_READ(mount, mnt_master);
}

static __always_inline int group_of(struct mount *mount)
{
	return BPF_CORE_READ(mount, mnt_group_id);
}

static __always_inline struct mount *next_in_group(struct mount *mount)
{
	struct list_head *next = BPF_CORE_READ(mount, mnt_share.next);

	return above(next, struct mount, mnt_share);
}

static __always_inline struct dentry *up_of(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_parent);
}

static __always_inline struct inode *inode_of(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_inode);
}

static __always_inline struct dentry *dentry_of(struct dentry **at)
{
	struct dentry *dentry = NULL;

	bpf_probe_read_kernel(&dentry, sizeof(dentry), at);
	return dentry;
}

static __always_inline struct dentry *root_of(struct mount *mount)
{
	struct vfsmount___root *mnt = (void *)&mount->mnt;

	return BPF_CORE_READ(mnt, mnt_root);
}

/* Goes up to the next level. Returns whether there is one. */
static __always_inline bool next_level(struct question *q)
{
	struct mount *parent = parent_of(q->level);

	if (!parent || parent == q->level)
		return false;
	q->passed = point_of(q->level);
	q->level = parent;
	return true;
}

/*
 * Of a walk that has more before it: 0, or, if that was the last step of its bound, 1 and the answer is not known. So
 * no step is taken with an answer, and the verifier looks at each for one case only.
 */
static __always_inline long go_on(struct question *q, __u64 i, __u32 bound)
{
	if (i < bound - 1)
		return 0;
	q->answer = NOT_KNOWN;
	return 1;
}

/* --- unmounting --- */

static long ask_depth(__u64 i, void *arg)
{
	struct question *q = arg;
	struct mount *up;

	if (q->at == q->asked) {
		q->answer = YES;
		return 1;
	}
	up = parent_of(q->at);
	if (!up || up == q->at)
		return 1;
	q->at = up;
	return go_on(q, i, DEPTH);
}

/* Whether unmounting `asked` takes along what q->peer bears at q->name. */
static long ask_peer(__u64 i, void *arg)
{
	struct question *q = arg;

	if (q->asked_parent == q->peer && q->asked_point == q->name) {
		q->answer = YES;
		return 1;
	}
	q->at = another(q->peer);
	bpf_loop(DEPTH, ask_depth, q, 0);
	if (q->answer != NO)
		return 1;
	q->peer = next_in_group(q->peer);
	if (q->peer == q->first)
		return 1;
	return go_on(q, i, PEERS);
}

/* From q->from to the group that it receives from, where the walk of groups ends otherwise. */
static __always_inline long to_master(struct question *q, __u64 i)
{
	q->from = master_of(q->from);
	return q->from ? go_on(q, i, MASTERS) : 1;
}

/* The same of each mount of the groups from which q->from receives, its own first. */
static long ask_group(__u64 i, void *arg)
{
	struct question *q = arg;

	if (group_of(q->from)) {
		q->first = another(q->from);
		q->peer = another(q->from);
		bpf_loop(PEERS, ask_peer, q, 0);
		if (q->answer != NO)
			return 1;
	}
	return to_master(q, i);
}

/* Whether it takes along q->level. */
static long ask_unmount(__u64 i, void *arg)
{
	struct question *q = arg;

	if (q->level == q->asked) {
		q->answer = YES;
		return 1;
	}
	if (!next_level(q))
		return 1;
	q->name = another(q->passed);
	q->from = another(q->level);
	bpf_loop(MASTERS, ask_group, q, 0);
	if (q->answer != NO)
		return 1;
	return go_on(q, i, LEVELS);
}

/* --- mounting --- */

/* Whether q->asked_point is on the way from q->name up to q->root. */
static long ask_name(__u64 i, void *arg)
{
	struct question *q = arg;
	struct dentry *up;

	if (q->name == q->asked_point) {
		q->answer = YES;
		return 1;
	}
	up = up_of(q->name);
	if (q->name == q->root || up == q->name)
		return 1;
	q->name = up;
	return go_on(q, i, NAMES);
}

/* Whether what is mounted on q->asked comes to q->from, too. */
static long ask_sender(__u64 i, void *arg)
{
	struct question *q = arg;
	int group = another(q->asked_group);

	if (q->from == q->asked || (group && group_of(q->from) == group)) {
		q->answer = YES;
		return 1;
	}
	return to_master(q, i);
}

/* Whether what is mounted there would come to lie in q->level, where the way passes, or may: passes. */
static __always_inline bool comes_to_level(struct question *q, enum answer passes)
{
	q->answer = NO;
	if (passes == NO)
		return false;
	q->from = another(q->level);
	bpf_loop(MASTERS, ask_sender, q, 0);
	if (q->answer != NO && passes == NOT_KNOWN)
		q->answer = NOT_KNOWN;
	return q->answer != NO;
}

/* The same of the levels above the first. */
static long ask_mount(__u64 i, void *arg)
{
	struct question *q = arg;

	q->root = root_of(q->level);
	q->name = another(q->passed);
	bpf_loop(NAMES, ask_name, q, 0);
	if (comes_to_level(q, q->answer) || !next_level(q))
		return 1;
	return go_on(q, i, LEVELS);
}

/*
 * From the first level on. That has no other below, and is asked apart: 6.1 verifies a callback for its
 * first call alone, and would remove what is for the others.
 */
static __always_inline void ask_mounts(struct question *q)
{
	struct inode *inode = inode_of(q->asked_point);
	bool passes = q->asked_point == root_of(q->level) ||
		      kept(LATCH_KEPT_INODE, BPF_CORE_READ(inode, i_sb, s_dev), BPF_CORE_READ(inode, i_ino));

	q->asked_group = group_of(q->asked);
	if (!comes_to_level(q, passes ? YES : NO) && next_level(q))
		bpf_loop(LEVELS, ask_mount, q, 0);
}

/* Whether q->asked is of the way itself. */
static long ask_move(__u64 i, void *arg)
{
	struct question *q = arg;

	if (q->level == q->asked) {
		q->answer = YES;
		return 1;
	}
	if (!next_level(q))
		return 1;
	return go_on(q, i, LEVELS);
}

#endif
