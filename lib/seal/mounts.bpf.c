// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard's part for mounts. Pins live as long as their file system, and that as long as it is
 * mounted; they are found as long as nothing else is where they are looked for. The way is the
 * mount that shows the pins, the one that it lies on, and so on to the root.
 *
 *	sb_umount	no mount of the way is unmounted, nor one elsewhere whose unmounting
 *			would reach it by propagation
 *	sb_mount	nothing is mounted where the way passes, nor elsewhere, from where
 *			it would come there by propagation; mount(MS_MOVE), which gives its source as a
 *			string only, moves nothing in the namespace of the way
 *	move_mount	the same, and no mount of the way is moved
 *	sb_pivotroot	the root of that namespace stays
 *
 * It needs bpf_probe_read_kernel(), see way.bpf.h. That helper is refused
 * under lockdown=confidentiality, hence an object of its own.
 */
#include <linux/mount.h>
#include "seal/way.bpf.h"

/* The first level, or NULL: the first seal was weak, or what showed the pins is gone, as under latch.ko it may. */
static __always_inline struct mount *first_level(struct latch_guard *g)
{
	struct mount *pins = (struct mount *)g->mount;

	if (!guard_in_force(g, 0) || !pins || BPF_CORE_READ(pins, mnt_id) != g->mount_id ||
	    (__u64)BPF_CORE_READ(pins, mnt.mnt_sb) != g->mount_sb)
		return NULL;
	return pins;
}

static __always_inline long verdict(__u32 rule, enum answer answer)
{
	return answer == NO ? 0 : deny_for_all(rule, answer == YES ? LATCH_SHARED : LATCH_NO_ATTEMPT);
}

/*
 * Whether what is mounted there would lie on the way: enum answer. Not static, and of numbers, so that it is
 * verified once, for any.
 */
__noinline int passes(__u64 on, __u64 point)
{
	struct question q = { .asked = (void *)on, .asked_point = (void *)point };
	struct latch_guard *g = guard();

	q.level = g ? first_level(g) : NULL;
	if (!q.level)
		return NO;
	ask_mounts(&q);
	return q.answer;
}

/* The same of a path. A mount that is put beneath one is mounted where that is. */
static __always_inline enum answer passes_at(struct mount *on, struct dentry *point)
{
	enum answer answer = passes((__u64)on, (__u64)point);

	if (answer != NO || point != root_of(on))
		return answer;
	return passes((__u64)parent_of(on), (__u64)point_of(on));
}

/* Whether this process is in the mount namespace of the way. */
static __always_inline bool is_namespace_of(struct mount *pins)
{
	struct task_struct___ns *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, nsproxy, mnt_ns) == BPF_CORE_READ(pins, mnt_ns);
}

/* A directory that bears a mount of the way: removing it takes that away, in every namespace. */
static __always_inline bool keep_point(struct dentry *point, __u32 seals)
{
	__u32 value = LATCH_KEPT_VALUE(LATCH_KEPT_ITSELF | LATCH_KEPT_SHARED, 0), *old;
	struct latch_kept key = {
		.kind = LATCH_KEPT_INODE,
		.dev = BPF_CORE_READ(point, d_inode, i_sb, s_dev),
		.number = BPF_CORE_READ(point, d_inode, i_ino),
	};

	if (!seals)
		return !bpf_map_update_elem(&guard_kept, &key, &value, BPF_ANY);
	old = bpf_map_lookup_elem(&guard_kept, &key);
	return old && LATCH_KEPT_HOW(*old) == LATCH_KEPT_HOW(value) && LATCH_KEPT_SEAL(*old) < seals;
}

/* Whether it is the mount that is known already. */
static __always_inline bool is_known(struct latch_guard *g, struct mount *pins)
{
	return g->mount == (__u64)pins && g->mount_id == BPF_CORE_READ(pins, mnt_id) &&
	       g->mount_sb == (__u64)BPF_CORE_READ(pins, mnt.mnt_sb);
}

/* With the first seal, the mount that shows the pins; with a later one, whether it is that and guarded like that. */
static __always_inline void learn(struct latch_guard *g, struct mount *pins)
{
	__u32 seals = LATCH_GUARD_SEALS(guard_now(g));
	struct mount *child = pins, *parent;

	if (seals && !is_known(g, pins))
		return;
	for (int level = 0; level < LEVELS; level++) {
		parent = parent_of(child);
		if (!parent || parent == child) {
			g->mount_id = BPF_CORE_READ(pins, mnt_id);
			g->mount_sb = (__u64)BPF_CORE_READ(pins, mnt.mnt_sb);
			g->mount = (__u64)pins;
			g->learning = LATCH_LEARN_DONE;
			return;
		}
		if (!keep_point(point_of(child), seals))
			return;
		child = parent;
	}
}

SEC("lsm/sb_umount")
long guard_sb_umount(__u64 *ctx)
{
	struct latch_guard *g = guard();
	struct question q = { 0 };

	if (!g)
		return 0;
	q.asked = mount_of((void *)ctx);
	if (g->learning == LATCH_LEARN_MOUNT && LATCH_GUARD_STATE(guard_now(g)) == LATCH_GUARD_HOLD &&
	    guard_is_owner(g)) {
		g->learning = LATCH_LEARN_NOTHING;
		learn(g, q.asked);
		return -EPERM;
	}
	q.level = first_level(g);
	if (!q.level)
		return 0;
	q.asked_parent = parent_of(q.asked);
	q.asked_point = point_of(q.asked);
	bpf_loop(LEVELS, ask_unmount, &q, 0);
	return verdict(LATCH_RULE_UMOUNT, q.answer);
}

SEC("lsm/sb_mount")
long guard_sb_mount(__u64 *ctx)
{
	const __u64 other = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
	struct path *path = (void *)ctx[1];
	struct latch_guard *g = guard();
	struct mount *pins = g ? first_level(g) : NULL;
	__u64 flags = ctx[3];

	/* Neither a remount nor a change of propagation mounts anything: path_mount(), in this order. */
	if (!pins || flags & MS_REMOUNT || (!(flags & MS_BIND) && flags & other))
		return 0;
	/* Nor does a mount of no type, as a propagation that is none asks for: do_new_mount(). */
	if (!(flags & (MS_BIND | MS_MOVE)) && !ctx[2])
		return 0;
	if (!(flags & MS_BIND) && flags & MS_MOVE && is_namespace_of(pins))
		return deny_for_all(LATCH_RULE_MOUNT, LATCH_NO_ATTEMPT);
	return verdict(LATCH_RULE_MOUNT, passes_at(mount_of(&path->mnt), dentry_of(&path->dentry)));
}

SEC("lsm/move_mount")
long guard_move_mount(__u64 *ctx)
{
	struct path *from = (void *)ctx[0], *to = (void *)ctx[1];
	struct latch_guard *g = guard();
	struct question q = { 0 };

	q.level = g ? first_level(g) : NULL;
	if (!q.level)
		return 0;
	q.asked = mount_of(&from->mnt);
	bpf_loop(LEVELS, ask_move, &q, 0);
	if (q.answer == NO)
		q.answer = passes_at(mount_of(&to->mnt), dentry_of(&to->dentry));
	return verdict(LATCH_RULE_MOUNT, q.answer);
}

/* As systemd does when it goes back to an initramfs to shut down: no attempt. */
SEC("lsm/sb_pivotroot")
long guard_sb_pivotroot(__u64 *ctx)
{
	struct latch_guard *g = guard();
	struct mount *pins = g ? first_level(g) : NULL;

	return pins && is_namespace_of(pins) ? deny_for_all(LATCH_RULE_MOUNT, LATCH_NO_ATTEMPT) : 0;
}

char latch_license[] SEC("license") = "GPL";
