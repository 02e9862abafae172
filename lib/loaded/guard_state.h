/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guard says of itself and of each seal, which liblatch reads through iterators. */
#ifndef LATCH_GUARD_STATE_H
#define LATCH_GUARD_STATE_H

#include <latch/abi.h>

#define LATCH_GUARD_ROOM "guard~" /* its directory, beside the modules' pin directories */
#define LATCH_SEALS_MAX 64	  /* a power of two */

/*
 * The states of the seal that is being put on. It is armed from HOLD, after the rehearsal. HOLD and
 * REHEARSE are in force as long as the process that seals lives, so that one that is killed leaves
 * nothing that is guarded. What is armed then is for good.
 */
enum latch_guard_state {
	LATCH_GUARD_DONE,     /* there is none, or it is armed */
	LATCH_GUARD_OPEN,     /* guards nothing of it */
	LATCH_GUARD_HOLD,     /* denies to all but the process that seals */
	LATCH_GUARD_REHEARSE, /* denies to all, so that each denial can be tried */
};

/*
 * How many seals are armed, and the state of the one behind them, in one word: whoever reads it while a seal
 * is armed finds that one in force before or after, and at no moment in neither way.
 */
#define LATCH_GUARD_NOW(seals, state) ((__u64)(state) << 32 | (seals))
#define LATCH_GUARD_SEALS(now) ((__u32)(now))
#define LATCH_GUARD_STATE(now) ((__u32)((now) >> 32))

/* What comes of the next mount that the owner asks to unmount, which is denied. */
enum latch_guard_learning {
	LATCH_LEARN_NOTHING,
	LATCH_LEARN_MOUNT, /* the first seal: that is the one that shows the pins; later ones: whether it is */
	LATCH_LEARN_DONE,
};

/* What the guard knows of one seal. */
struct latch_guard_seal {
	char module[LATCH_NAME_MAX]; /* zeros behind its end */
	__u32 flags;		     /* LATCH_SEAL_ */
	__u32 pad;
};

/* The value of the map `guard_state`. */
struct latch_guard {
	__u64 now;	/* LATCH_GUARD_NOW() */
	__u32 busy;	/* 1: something is being entered */
	__u32 owner;	/* thread group that seals, in the initial pid namespace */
	__u32 learning; /* enum latch_guard_learning */
	__u32 flags;	/* of the armed seals: LATCH_SEAL_LAST, LATCH_SEAL_TOLD, and the strictest on-tamper */
	__u32 lost;	/* attempts that latch.ko was not told of: guard_tamper was full */
	__u32 mount_id; /* of the mount through which the pins are reached */
	__u64 mount;	/* its struct mount; 0: not known */
	__u64 mount_sb; /* its struct super_block: another mount may get its memory */
	__u64 denied;	/* what it denied: attempts on a seal, and what is none but must not be */
	__u64 unlisted; /* attempts that the guard's tally has not: it was full */
	struct latch_guard_seal seal[LATCH_SEALS_MAX];
};

#define LATCH_PARAM_BYTES 8192

/* The record of a seal, in a map of its own that nobody writes any more. */
struct latch_sealed {
	struct latch_seal seal; /* its flags are in struct latch_guard_seal */
	__u32 param_size;	/* of the module's map `param`, bytes */
	__u32 pad;
	__u8 param[LATCH_PARAM_BYTES]; /* what it held when it was sealed, as it does from then on */
};

/*
 * What is read of the guard and of a sealed module, a file each: an iterator of a map that writes, for each
 * element, the view's mark, the key (unless its size is 0) and the value. Programs of one kind can be exchanged
 * (BPF_LINK_UPDATE): the mark says which of these wrote it.
 */
#define LATCH_VIEWS(VIEW)                                                                                              \
	VIEW(guard, 0, sizeof(struct latch_guard))                                                                     \
	VIEW(attempts, sizeof(struct latch_tally_key), sizeof(struct latch_tally))                                     \
	VIEW(seal, 0, sizeof(struct latch_sealed))                                                                     \
	VIEW(gate, 0, sizeof(struct latch_gate))                                                                       \
	VIEW(count, 0, sizeof(struct latch_count))                                                                     \
	VIEW(tally, sizeof(struct latch_tally_key), sizeof(struct latch_tally))                                        \
	VIEW(allow, sizeof(struct latch_allow_key), sizeof(struct latch_allow))

#define LATCH_VIEW_NUMBER(name, key_size, value_size) LATCH_VIEW_##name,
enum latch_view { LATCH_VIEWS(LATCH_VIEW_NUMBER) LATCH_ITERS };

/* "latch" and the view's number */
#define LATCH_VIEW_MARK(number) (0x6c61746368000000ull | (number))

#endif
