/* SPDX-License-Identifier: GPL-2.0-only */
/* Sealing until reboot: what is asked of it from outside, beside latch_seal(). */
#ifndef LATCH_ROOM_SEAL_H
#define LATCH_ROOM_SEAL_H

#include "control/control.h"
#include "lockdown/lockdown.h"

/* seal.c: -EOPNOTSUPP in a container. */
int latch_seal_namespace(struct latch_error *err);

/* mountpoints.c: 1 and a sentence: a mount on the way to the pins may go by itself; 0: none. Errors: it is not known. */
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
/* -EKEYREJECTED with the list and the remedy, unless f is empty. */
int latch_seal_refuse_demands(const char *name, const struct latch_findings *f, const struct latch_below *b,
			      struct latch_error *err);

/* foresee.c: what keeps each module from being sealed, as far as can be seen without trying: 0, or as latch_seal(). */
int latch_seal_foresee_here(struct latch *l, struct latch_error *err);
/* And whether a seal of that module would hold. */
int latch_seal_foresee(struct latch *l, const char *name, unsigned int flags, const struct latch_below *b,
		       struct latch_error *err);

#endif
