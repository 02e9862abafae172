/* SPDX-License-Identifier: GPL-2.0-only */
/* A plan: what plan.c makes and apply.c runs. */
#ifndef LATCH_PLAN_H
#define LATCH_PLAN_H

#include "config/config.h"

struct latch_step {
	char *text;
	struct latch_module *module; /* with the values wanted */
	unsigned int mode;
	struct latch_state *before; /* NULL: it is not loaded, so the step is to load it */
	bool change;		    /* it is loaded, and not as it should be */
	bool seal;		    /* it is to be sealed, and is not */
	unsigned int tamper;	    /* LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0 */
};

struct latch_plan {
	struct latch_step *steps;
	size_t n;
	bool stays;
};

#endif
