/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guard share: its maps, and the questions to them. */
#ifndef LATCH_GUARD_BPF_H
#define LATCH_GUARD_BPF_H

#include "seal/guard.h"
#include "seal/types.bpf.h"

#define LATCH_EVENTS_SIZE (16 * 1024)
#define LATCH_TALLY_SIZE 256
#include <latch/record.bpf.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
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

static __always_inline bool guard_is_owner(struct latch_guard *g)
{
	return bpf_get_current_pid_tgid() >> 32 == g->owner;
}

static __always_inline __u64 guard_now(struct latch_guard *g)
{
	return *(volatile __u64 *)&g->now;
}

/* Whether what is being put on is in force for this process. */
static __always_inline bool guard_tries(struct latch_guard *g, __u64 now)
{
	__u32 state = LATCH_GUARD_STATE(now);

	if (state < LATCH_GUARD_HOLD || !guard_owned())
		return false;
	return state == LATCH_GUARD_REHEARSE || !guard_is_owner(g);
}

/* Whether a seal is, by its place. 0: for what is denied for all of them. */
static __always_inline bool guard_in_force(struct latch_guard *g, __u32 seal)
{
	__u64 now = guard_now(g);

	return seal < LATCH_GUARD_SEALS(now) || guard_tries(g, now);
}

/*
 * How that is kept, and by which seal: a value of guard_kept. 0 where nothing keeps it that is in force: what
 * somebody enters who is putting on a seal must not come before what is armed.
 */
static __always_inline __u32 kept(__u32 kind, __u32 dev, __u64 number)
{
	struct latch_kept key = { .kind = kind, .dev = dev, .number = number };
	__u32 *value = bpf_map_lookup_elem(&guard_kept, &key);
	struct latch_guard *g;

	if (!value)
		return 0;
	g = guard();
	return g && guard_in_force(g, LATCH_KEPT_SEAL(*value)) ? *value : 0;
}

/* The value, if it is kept in that way. */
static __always_inline __u32 kept_inode(struct inode *inode, __u32 how)
{
	__u32 value = inode ? kept(LATCH_KEPT_INODE, inode->i_sb->s_dev, inode->i_ino) : 0;

	return value & how ? value : 0;
}

static __always_inline __u32 tamper_of(struct latch_guard *g, __u32 value)
{
	return g->seal[LATCH_KEPT_SEAL(value) & (LATCH_SEALS_MAX - 1)].flags & LATCH_SEAL_TAMPER;
}

/* Of two values, or 0, that of an armed seal, as what is only being put on is no attempt; and of the stricter. */
static __always_inline __u32 first_of(__u32 a, __u32 b)
{
	struct latch_guard *g = guard();
	__u32 seals = g ? LATCH_GUARD_SEALS(guard_now(g)) : 0;

	if (!a || !b || !g)
		return a ? a : b;
	if (LATCH_KEPT_SEAL(a) >= seals || LATCH_KEPT_SEAL(b) >= seals)
		return LATCH_KEPT_SEAL(a) <= LATCH_KEPT_SEAL(b) ? a : b;
	return tamper_of(g, a) >= tamper_of(g, b) ? a : b;
}

/* The same of an entry of a directory that is to stay. */
static __always_inline __u32 kept_entry(struct inode *dir, struct dentry *entry)
{
	return first_of(kept_inode(dir, LATCH_KEPT_ENTRIES), kept_inode(entry->d_inode, LATCH_KEPT_ITSELF));
}

/* on-tamper = warn, panic: has latch.ko do it. */
static __noinline void tell(struct latch_guard *g, struct latch_guard_seal *s, __u32 rule, __u32 tamper)
{
	struct latch_attempt a = { .rule = rule, .panics = !!(tamper & LATCH_SEAL_PANIC) };
	__u64 one = 1;

	if (!g || !s)
		return;
	a.lost = g->lost;
	__builtin_memcpy(a.module, s->module, sizeof(a.module));
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
 * What was denied is counted, recorded, and told where on-tamper says so. What latch tries itself before it arms
 * is only counted. seal: whose it is, by its place, or LATCH_SEALS_ALL. What on-tamper says is read, not
 * concluded from `whose`: of a constant, 6.1's verifier could take one side of a branch for dead, see
 * latch_is_enforce().
 */
static __noinline void attempted(__u32 seal, __u32 rule, __u32 whose, bool how)
{
	struct latch_guard *g = guard();
	struct latch_guard_seal *s;
	__u32 tamper[4] = { 0 };

	if (!g)
		return;
	__sync_fetch_and_add(&g->denied, 1);
	if ((seal == LATCH_SEALS_ALL ? 0 : seal) >= LATCH_GUARD_SEALS(guard_now(g)))
		return;
	if (!latch_record_how(LATCH_ID_SEAL | seal << LATCH_ID_SEAL_SHIFT | rule, LATCH_ENFORCE, EPERM, how))
		__sync_fetch_and_add(&g->unlisted, 1);
	s = &g->seal[seal == LATCH_SEALS_ALL ? 0 : seal & (LATCH_SEALS_MAX - 1)];
	tamper[LATCH_OWN] = s->flags & LATCH_SEAL_TAMPER;
	tamper[LATCH_SHARED] = g->flags & LATCH_SEAL_TAMPER;
	barrier_var(whose); /* or clang proves the mask away, which the verifier needs */
	if (tamper[whose & 3])
		tell(g, s, rule, tamper[whose & 3]);
}

/* Not static, so that it is verified once and not for each call. */
__noinline int denied(__u32 seal, __u32 rule, __u32 whose)
{
	attempted(seal, rule, whose, true);
	return 0;
}

/* The verdict for what keeps that seal, which is in force. */
static __always_inline long deny(__u32 seal, __u32 rule, enum latch_whose whose)
{
	denied(seal, rule, whose);
	return -EPERM;
}

/* The same of what is denied for all of them, from the first on. */
static __always_inline long deny_for_all(__u32 rule, enum latch_whose whose)
{
	struct latch_guard *g = guard();

	return g && guard_in_force(g, 0) ? deny(LATCH_SEALS_ALL, rule, whose) : 0;
}

/* value: as kept_inode() and kept_entry() say. */
static __always_inline long deny_kept(__u32 rule, __u32 value)
{
	struct latch_guard *g = guard();
	__u32 seal = LATCH_KEPT_SEAL(value);

	if (!value || !g)
		return 0;
	if (!(value & LATCH_KEPT_SHARED))
		return deny(seal, rule, LATCH_OWN);
	return deny(seal < LATCH_GUARD_SEALS(guard_now(g)) ? LATCH_SEALS_ALL : seal, rule, LATCH_SHARED);
}

/*
 * For an object asked for by its id or path: it is not there. Who lists all objects goes on
 * with the next then, and would stop at EPERM; and listing them is no attempt.
 */
static __always_inline long hide(__u32 seal, __u32 rule)
{
	denied(seal, rule, LATCH_NO_ATTEMPT);
	return -ENOENT;
}

#endif
