/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guard (guard.bpf.c) keeps, and how liblatch (keep.c) says so. */
#ifndef LATCH_GUARD_H
#define LATCH_GUARD_H

#include "loaded/guard_state.h"

/*
 * What a denial is to on-tamper. The guard that was attached last is asked first, and if it
 * denies, the others are not asked: so for what every guard denies, each goes by the
 * strictest of the modules that were sealed up to its own.
 */
enum latch_whose {
	LATCH_NO_ATTEMPT, /* a program may ask for that which knows nothing of a seal */
	LATCH_OWN,	  /* an attempt on this seal */
	LATCH_SHARED,	  /* on this one and those before it */
};

/* What the map `guard_kept` holds: kind and number of what is protected. */
enum latch_kept_kind {
	LATCH_KEPT_PROG = 1, /* id */
	LATCH_KEPT_MAP,	     /* id */
	LATCH_KEPT_LINK,     /* id */
	LATCH_KEPT_INODE,    /* number, on device `dev` */
	LATCH_KEPT_FUNC, /* BTF id of a kernel function whose return value is not to be changed, or of the views' kind
			  */
	LATCH_KEPT_HOOK, /* BTF id of an LSM hook that other programs may not be attached to */
	LATCH_KEPT_TAG,	 /* tag of a program of latch's own, which these rules do not mean */
};

#define LATCH_KEPT_ITSELF 1u  /* of an inode: not removed, not renamed */
#define LATCH_KEPT_ENTRIES 2u /* of a directory: nothing made in it, nothing taken out */

#define LATCH_KEPT_SHARED 4u /* of either: the guard of every module keeps it */

#define LATCH_KEPT_CGROUP 1u /* of a hook: no program of a cgroup, which can return what it likes */
#define LATCH_KEPT_ANY 2u    /* no program at all: this kernel does not check what they return */

struct latch_kept {
	__u32 kind; /* enum latch_kept_kind */
	__u32 dev;  /* the kernel's dev_t */
	__u64 number;
};

#define LATCH_KEPT_MAX 4096

#endif
