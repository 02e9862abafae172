/* SPDX-License-Identifier: GPL-2.0-only */
/* Sealing until reboot: what is asked of it from outside, beside latch_seal(). */
#ifndef LATCH_ROOM_SEAL_H
#define LATCH_ROOM_SEAL_H

#include "control/control.h"
#include "lockdown/lockdown.h"

/* seal.c: -EOPNOTSUPP in a container. */
int latch_seal_namespace(struct latch_error *err);

/* mountpoints.c: 1 and a sentence: a mount on the way to the pins may go by itself; 0: none. Errors: it is not known.
 */
int latch_seal_mountpoint(struct latch_error *why);

/* demand.c: the module lockdown below a seal, as it is or as it would be */
struct latch_below {
	const struct latch_module *module; /* NULL: not loaded */
	const struct latch_state *st;	   /* of the loaded one; NULL: what a plan makes of it */
	unsigned int mode;
	bool is_sealed;	 /* so that it does not change any more */
	bool sealed;	 /* it is, or would be by then */
	bool weak;	 /* and weakly */
	bool configured; /* asked by a configuration, so that remedies are lines of it */
};

void latch_below_of(const struct latch_state *st, struct latch_below *b);
/* What a seal of any module would lack: f is as of latch_seal_demands(). */
int latch_below_demands(const struct latch_below *b, struct latch_findings *f, struct latch_error *err);
/* The module lockdown as it is loaded, below a seal of module name; *st, which b points into, is the caller's. */
int latch_below_read(struct latch *l, const char *name, struct latch_below *b, struct latch_state **st,
		     struct latch_error *err);
/*
 * Unless f is empty: -EKEYREJECTED with the list and the remedy; -EOPNOTSUPP where none of it is a
 * demand. The first `demands` of f are as of latch_below_demands(), the others of latch_seal_foresee_ways().
 */
int latch_seal_refuse_open(const char *name, const struct latch_findings *f, size_t demands,
			   const struct latch_below *b, struct latch_error *err);

/* foresee.c: what keeps each module from being sealed, as far as can be seen without trying: 0, or as latch_seal(). */
int latch_seal_foresee_here(struct latch *l, struct latch_error *err);
/* Adds to f the ways that would stay open whatever lockdown enforces, as far as can be seen. */
int latch_seal_foresee_ways(const char *name, const struct latch_below *b, struct latch_findings *f,
			    struct latch_error *err);
/* And whether a seal of that module would hold. */
int latch_seal_foresee(struct latch *l, const char *name, unsigned int flags, const struct latch_below *b,
		       struct latch_error *err);

#endif
