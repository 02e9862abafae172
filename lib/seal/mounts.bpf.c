// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard's part for mounts: pins live as long as their file system, and that as
 * long as it is mounted.
 *
 *	sb_umount	no unmounting of the mount that shows the pins, of one that it lies
 *			below, or of one elsewhere whose unmounting would reach it by propagation
 *
 * struct mount surrounds the struct vfsmount that the hook is given, and there is no
 * way from the one to the other but bpf_probe_read_kernel(). That helper is refused
 * under lockdown=confidentiality, hence an object of its own.
 */
#include "seal/guard.bpf.h"

#define LEVELS 8   /* mounts on the way from the pins to the root */
#define MASTERS 4  /* groups that a mount receives propagation from */
#define PEERS 1024 /* mounts of one group */
#define DEPTH 24   /* of mounts within mounts, elsewhere */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_share; /* its group */
	struct mount *mnt_master;
	int mnt_group_id;
};

#pragma clang attribute pop

#define above(address, type, member) ((type *)((char *)(address)-bpf_core_field_offset(type, member)))

struct question {
	struct mount *asked; /* to be unmounted */
	struct mount *asked_parent;
	struct dentry *asked_point;
	struct mount *child, *peer, *first;
	struct dentry *point; /* where the peers bear what is to stay */
	bool yes;
};

/* Whether unmounting `asked` takes along what peer `q->peer` bears at `q->point`. */
static long ask_peer(__u64 i, void *arg)
{
	struct question *q = arg;
	struct mount *peer = q->peer, *at = peer, *up;
	struct list_head *next;
	int depth;

	if (q->asked_parent == at && q->asked_point == q->point)
		goto yes;
	for (depth = 0; depth < DEPTH; depth++) {
		if (at == q->asked)
			goto yes;
		up = BPF_CORE_READ(at, mnt_parent);
		if (!up || up == at)
			break;
		at = up;
	}
	if (depth == DEPTH || i == PEERS - 1)
		goto yes; /* not known */
	next = BPF_CORE_READ(peer, mnt_share.next);
	q->peer = above(next, struct mount, mnt_share);
	return q->peer == q->first;
yes:
	q->yes = true;
	return 1;
}

/* Whether it takes along `q->child`, itself on the way to the pins. */
static long ask_level(__u64 i, void *arg)
{
	struct question *q = arg;
	struct mount *child = q->child, *parent, *from;

	if (child == q->asked)
		goto yes;
	parent = BPF_CORE_READ(child, mnt_parent);
	if (!parent || parent == child)
		return 1;
	if (i == LEVELS - 1)
		goto yes; /* not known */
	q->point = BPF_CORE_READ(child, mnt_mountpoint);
	from = parent;
	for (int master = 0; master < MASTERS && from; master++) {
		if (BPF_CORE_READ(from, mnt_group_id)) {
			q->peer = q->first = from;
			bpf_loop(PEERS, ask_peer, q, 0);
			if (q->yes)
				return 1;
		}
		from = BPF_CORE_READ(from, mnt_master);
	}
	q->child = parent;
	return 0;
yes:
	q->yes = true;
	return 1;
}

/* Directories that bear the mounts: removing one takes them away, in every namespace. */
static __always_inline void learn(struct latch_guard *g, struct mount *pins)
{
	struct mount *child = pins, *parent;
	struct dentry *point;
	__u32 how = LATCH_KEPT_ITSELF | LATCH_KEPT_SHARED;

	for (int level = 0; level < LEVELS; level++) {
		struct latch_kept key = { .kind = LATCH_KEPT_INODE };

		parent = BPF_CORE_READ(child, mnt_parent);
		if (!parent || parent == child)
			break;
		point = BPF_CORE_READ(child, mnt_mountpoint);
		key.dev = BPF_CORE_READ(point, d_inode, i_sb, s_dev);
		key.number = BPF_CORE_READ(point, d_inode, i_ino);
		if (bpf_map_update_elem(&guard_kept, &key, &how, BPF_ANY))
			return;
		child = parent;
	}
	g->mount = (__u64)pins;
}

SEC("lsm/sb_umount")
long guard_sb_umount(__u64 *ctx)
{
	struct latch_guard *g = guard();
	struct question q = { 0 };
	struct vfsmount *mnt = NULL;
	struct mount *asked;

	if (!g || g->state == LATCH_GUARD_OPEN)
		return 0;
	bpf_probe_read_kernel(&mnt, sizeof(mnt), ctx); /* a number: see above() */
	asked = above(mnt, struct mount, mnt);
	if (g->learn && g->state == LATCH_GUARD_HOLD && bpf_get_current_pid_tgid() >> 32 == g->owner) {
		g->learn = 0;
		learn(g, asked);
		return -EPERM;
	}
	q.asked = asked;
	q.asked_parent = BPF_CORE_READ(asked, mnt_parent);
	q.asked_point = BPF_CORE_READ(asked, mnt_mountpoint);
	if (!g->mount)
		return 0; /* a weak seal */
	q.child = (struct mount *)g->mount;
	bpf_loop(LEVELS, ask_level, &q, 0);
	return q.yes ? deny(LATCH_RULE_UMOUNT, LATCH_SHARED) : 0;
}

char latch_license[] SEC("license") = "GPL";
