/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guard share: its maps, and the questions to them. */
#ifndef LATCH_GUARD_BPF_H
#define LATCH_GUARD_BPF_H

#include "seal/guard.h"
#include "seal/types.bpf.h"

#define LATCH_EVENTS_SIZE (16 * 1024)
#define LATCH_TALLY_SIZE 128
#include <latch/record.bpf.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latch_guard);
} guard_state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LATCH_KEPT_MAX);
	__type(key, struct latch_kept);
	__type(value, __u32);
} guard_kept SEC(".maps");

/* Holds nothing. The kernel counts the descriptors of a map, and closes those of who dies. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} guard_life SEC(".maps");

/*
 * Attempts, for latch.ko to tell of: on-tamper = warn and panic. It takes them out, and
 * nobody else has a descriptor.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, LATCH_ATTEMPTS_MAX);
	__type(value, struct latch_attempt);
} guard_tamper SEC(".maps");

/* A record in here wakes latch.ko in the middle of an attempt: on-tamper = panic. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} guard_alarm SEC(".maps");

static __always_inline struct latch_guard *guard(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&guard_state, &zero);
}

/* Whether the process that seals lives: it has the only descriptor of guard_life. */
static __always_inline bool guard_owned(void)
{
	struct bpf_map *map = (struct bpf_map *)&guard_life;

	return map->usercnt.counter > 0;
}

static __always_inline bool guard_in_force(void)
{
	struct latch_guard *g = guard();

	if (!g || g->state == LATCH_GUARD_OPEN)
		return false;
	if (g->state == LATCH_GUARD_ARMED)
		return true;
	if (!guard_owned())
		return false;
	return g->state == LATCH_GUARD_REHEARSE || bpf_get_current_pid_tgid() >> 32 != g->owner;
}

static __always_inline __u32 kept(__u32 kind, __u32 dev, __u64 number)
{
	struct latch_kept key = { .kind = kind, .dev = dev, .number = number };
	__u32 *how = bpf_map_lookup_elem(&guard_kept, &key);

	return how ? *how : 0;
}

/* All of how it is kept, if it is so in that way. */
static __always_inline __u32 kept_inode(struct inode *inode, __u32 how)
{
	__u32 all = inode ? kept(LATCH_KEPT_INODE, inode->i_sb->s_dev, inode->i_ino) : 0;

	return all & how ? all : 0;
}

/* The same of an entry of a directory that is to stay. */
static __always_inline __u32 kept_entry(struct inode *dir, struct dentry *entry)
{
	__u32 how = kept_inode(dir, LATCH_KEPT_ENTRIES);

	return how ? how : kept_inode(entry->d_inode, LATCH_KEPT_ITSELF);
}

/* What finds the tally full is counted; of two at once the higher count stays, or comes with the next. */
static __always_inline void record(struct latch_guard *g, __u32 rule, bool how)
{
	__u64 lost;

	latch_record_how(LATCH_ID_SEAL | rule, LATCH_ENFORCE, EPERM, how);
	lost = latch_count.tally_lost;
	if (lost > g->unlisted)
		g->unlisted = lost;
}

/* on-tamper = warn, panic: has latch.ko do it. */
static __noinline void tell(struct latch_guard *g, __u32 rule, __u32 tamper)
{
	struct latch_attempt a = { .rule = rule, .lost = g->lost, .panics = !!(tamper & LATCH_SEAL_PANIC) };
	__u64 one = 1;

	__builtin_memcpy(a.module, g->module, sizeof(a.module));
	a.pid = bpf_get_current_pid_tgid() >> 32;
	a.uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(a.comm, sizeof(a.comm));
	if (bpf_map_push_elem(&guard_tamper, &a, 0))
		__sync_fetch_and_add(&g->lost, 1);
	/* Never full: the first record is the last thing that happens. */
	if (tamper & LATCH_SEAL_PANIC)
		bpf_ringbuf_output(&guard_alarm, &one, sizeof(one), BPF_RB_FORCE_WAKEUP);
}

/*
 * Whether the guard denies now, and the record of it: 1 or 0. Not static, so that it is verified once and not
 * for each call. What latch tries itself before is not
 * recorded. What on-tamper says is read, not concluded from `whose`: of a constant, 6.1's
 * verifier could take one side of a branch for dead, see latch_is_enforce().
 */
__noinline int denies(__u32 rule, __u32 whose)
{
	struct latch_guard *g = guard();
	__u32 tamper;

	if (!g || !guard_in_force())
		return 0;
	__sync_fetch_and_add(&g->denied, 1);
	if (g->state != LATCH_GUARD_ARMED)
		return 1;
	barrier_var(whose); /* or clang proves the mask away, which the verifier needs */
	tamper = g->tamper[whose & 3];
	record(g, rule, true);
	if (tamper)
		tell(g, rule, tamper);
	return 1;
}

/* The verdict for what a rule forbids. */
static __always_inline long deny(__u32 rule, enum latch_whose whose)
{
	long error = -EPERM;

	barrier_var(error); /* or clang negates what denies() returned, and the verifier loses the range */
	return denies(rule, whose) ? error : 0;
}

/* how: as kept_inode() and kept_entry() say. */
static __always_inline long deny_kept(__u32 rule, __u32 how)
{
	if (!how)
		return 0;
	return deny(rule, how & LATCH_KEPT_SHARED ? LATCH_SHARED : LATCH_OWN);
}

/*
 * For an object asked for by its id or path: it is not there. Who lists all objects goes on
 * with the next then, and would stop at EPERM; and listing them is no attempt.
 */
static __always_inline long hide(__u32 rule)
{
	long error = -ENOENT;

	barrier_var(error);
	return denies(rule, LATCH_NO_ATTEMPT) ? error : 0;
}

#endif
