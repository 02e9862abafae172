/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guard share: its two maps, and the questions to them. */
#ifndef LATCH_GUARD_BPF_H
#define LATCH_GUARD_BPF_H

#include "guard.h"
#include "types.bpf.h"

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

static __always_inline bool kept_inode(struct inode *inode, __u32 how)
{
	return inode && kept(LATCH_KEPT_INODE, inode->i_sb->s_dev, inode->i_ino) & how;
}

/* Whether an entry of a directory is to stay. */
static __always_inline bool kept_entry(struct inode *dir, struct dentry *entry)
{
	return kept_inode(dir, LATCH_KEPT_ENTRIES) || kept_inode(entry->d_inode, LATCH_KEPT_ITSELF);
}

/* Whether the guard denies now, and the record of it. What latch tries itself before is not recorded. */
static __noinline bool denies(__u32 rule)
{
	struct latch_guard *g = guard();

	if (!g || !guard_in_force())
		return false;
	__sync_fetch_and_add(&g->denied, 1);
	if (g->state == LATCH_GUARD_ARMED)
		latch_record(LATCH_ID_SEAL | rule, LATCH_ENFORCE, EPERM);
	return true;
}

/* The verdict for what a rule forbids. */
static __always_inline long deny(__u32 rule)
{
	long error = -EPERM;

	barrier_var(error); /* or clang negates what denies() returned, and the verifier loses the range */
	return denies(rule) ? error : 0;
}

/*
 * For an object asked for by its id: it is not there. Who lists all objects goes on with
 * the next then, and would stop at EPERM.
 */
static __always_inline long hide(__u32 rule)
{
	long error = -ENOENT;

	barrier_var(error);
	return denies(rule) ? error : 0;
}

#endif
