/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guard (guard.bpf.c) keeps, and how liblatch says so (enter.bpf.h). */
#ifndef LATCH_GUARD_H
#define LATCH_GUARD_H

#include "loaded/guard_state.h"

/* What a denial is to on-tamper. */
enum latch_whose {
	LATCH_NO_ATTEMPT, /* a program may ask for that which knows nothing of a seal */
	LATCH_OWN,	  /* an attempt on one seal, which goes by its own */
	LATCH_SHARED,	  /* on all of them, which goes by the strictest */
};

/* What the map `guard_kept` holds: kind and number of what is protected. */
enum latch_kept_kind {
	LATCH_KEPT_PROG = 1, /* id */
	LATCH_KEPT_MAP,	     /* id */
	LATCH_KEPT_LINK,     /* id */
	LATCH_KEPT_INODE,    /* number, on device `dev` */
	LATCH_KEPT_HOOK,     /* BTF id of an LSM hook that other programs may not be attached to */
	/* These the first seal enters, and none after it. */
	LATCH_KEPT_FUNC, /* BTF id of a kernel function whose return value is not to be changed, or of the views' kind
			  */
	LATCH_KEPT_TAG,	 /* tag of a program of latch's own, which these rules do not mean */
};

#define LATCH_KEPT_ITSELF 1u  /* of an inode: not removed, not renamed */
#define LATCH_KEPT_ENTRIES 2u /* of a directory: nothing made in it, nothing taken out */
#define LATCH_KEPT_SHARED 4u  /* of either: it is on the way to the pins of every seal */

#define LATCH_KEPT_CGROUP 1u /* of a hook: no program of a cgroup, which can return what it likes */
#define LATCH_KEPT_ANY 2u    /* no program at all: this kernel does not check what they return */

#define LATCH_KEPT_OPENED 8u /* of a program: of latch's own, which anybody may open */

struct latch_kept {
	__u32 kind; /* enum latch_kept_kind */
	__u32 dev;  /* the kernel's dev_t */
	__u64 number;
};

/* The value: how it is kept, and the seal that it is of, by its place in struct latch_guard. */
#define LATCH_KEPT_HOW(value) ((value)&0xffff)
#define LATCH_KEPT_SEAL(value) ((value) >> 16)
#define LATCH_KEPT_VALUE(how, seal) ((how) | (__u32)(seal) << 16)

#define LATCH_KEPT_MAX 8192

/*
 * What is asked of the guard, by running its program guard_enter on one of these. BEGIN makes the process
 * its owner, while there is none; all else is the owner's, until he has armed. Nothing of that takes anything away
 * from what is armed, whoever the owner is.
 */
enum latch_guard_op {
	LATCH_GUARD_BEGIN,   /* a seal of `module`. -EBUSY: another process seals; -EEXIST; -ENOSPC: full */
	LATCH_GUARD_KEEP,    /* `key` in the way of `how`. -EEXIST: it is kept in another */
	LATCH_GUARD_ADVANCE, /* to `state`; with LATCH_SEAL_LAST of `flags` from then on */
	LATCH_GUARD_LEARN,   /* the mount, from the next umount(2); see enum latch_guard_learning */
	LATCH_GUARD_LOOK,    /* at what comes back */
	LATCH_GUARD_TAGS,    /* how many tags are kept */
	LATCH_GUARD_ARM,     /* with `flags` */
	LATCH_GUARD_HELD,    /* what was armed last: latch.ko holds its links */
};

struct latch_guard_call {
	__u32 op;
	__u32 how;
	struct latch_kept key;
	__u32 state;
	__u32 flags;
	char module[LATCH_NAME_MAX];
	/* What comes back. */
	__u32 had;    /* KEEP: 1: an armed seal keeps it already; TAGS: their number */
	__u32 life;   /* id of the map whose descriptor says that the owner lives */
	__u32 seals;  /* that are armed */
	__u32 learnt; /* 1: of LEARN */
	__u64 denied;
};

#endif
