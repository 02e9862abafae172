/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guard says of itself: its map `guard_state`, which liblatch reads through an iterator. */
#ifndef LATCH_GUARD_STATE_H
#define LATCH_GUARD_STATE_H

#include <latch/abi.h>

/*
 * The states of a guard, in the order in which sealing goes through them. HOLD and
 * REHEARSE are in force as long as the process that seals lives, so that one that is
 * killed leaves a guard that guards nothing. ARMED is for good: once that process has
 * let go of the map that holds the state, nobody has a way to it.
 */
enum latch_guard_state {
	LATCH_GUARD_OPEN,     /* guards nothing */
	LATCH_GUARD_HOLD,     /* denies to all but the process that seals */
	LATCH_GUARD_REHEARSE, /* denies to all, so that each denial can be tried */
	LATCH_GUARD_ARMED,
};

#define LATCH_PARAM_BYTES 8192

/* The value of the map `guard_state`. */
struct latch_guard {
	__u32 state;
	__u32 owner;	/* thread group that seals, in the initial pid namespace */
	__u32 learn;	/* 1: the next mount that the owner asks to unmount is the pins' */
	__u32 lost;	/* attempts that latch.ko was not told of: guard_tamper was full */
	__u64 mount;	/* the struct mount through which the pins are reached; 0: not known */
	__u64 mount_sb; /* its struct super_block, and its id: another may get its memory */
	__u32 mount_id;
	__u32 pad;
	__u32 tamper[4]; /* on-tamper, by enum latch_whose: LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0 */
	__u64 unlisted;	 /* attempts that its tally has not: it was full */
	__u64 denied;	 /* what it denied: attempts on the seal, and what is none but must not be */
	char module[LATCH_NAME_MAX];
	struct latch_seal seal;
	__u32 param_size; /* of the module's map `param`, bytes */
	__u32 pad2;
	__u8 param[LATCH_PARAM_BYTES]; /* what it held when it was sealed, as it does from then on */
};

/*
 * What is read of a sealed module, a file each: an iterator of a map that writes, for each element, the
 * view's mark, the key (unless NO_KEY) and the value. Programs of one kind can be exchanged
 * (BPF_LINK_UPDATE): the mark says which of these wrote it.
 */
#define LATCH_VIEWS(VIEW)                                                                                              \
	VIEW(attempts, sizeof(struct latch_tally_key), sizeof(struct latch_tally))                                     \
	VIEW(seal, 0, sizeof(struct latch_guard))                                                                      \
	VIEW(gate, 0, sizeof(struct latch_gate))                                                                       \
	VIEW(count, 0, sizeof(struct latch_count))                                                                     \
	VIEW(tally, sizeof(struct latch_tally_key), sizeof(struct latch_tally))                                        \
	VIEW(allow, sizeof(struct latch_allow_key), sizeof(struct latch_allow))

#define LATCH_VIEW_NUMBER(name, key_size, value_size) LATCH_VIEW_##name,
enum latch_view { LATCH_VIEWS(LATCH_VIEW_NUMBER) LATCH_ITERS };

/* "latch" and the view's number */
#define LATCH_VIEW_MARK(number) (0x6c61746368000000ull | (number))

#endif
