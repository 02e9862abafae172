/* SPDX-License-Identifier: GPL-2.0-only */
/* A plan: what plan.c makes and apply.c runs. */
#ifndef LATCH_PLAN_H
#define LATCH_PLAN_H

#include "config/config.h"

/* A module of the configuration; *text is empty where there is nothing to do for it. */
struct latch_step {
	const struct latch_wanted *wanted;
	char *text;	   /* what is to be done: "x: load, enforce, seal until reboot" */
	char *done;	   /* what was: "x: loaded, enforce" */
	char *sealed;	   /* "x: sealed until reboot" */
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
	size_t *todo; /* indices of those where there is something to do */
	size_t ntodo;
	size_t unmet; /* exceptions for what is not there */
	char **trials;
	size_t ntrials;
	int refused; /* what latch_plan_run() would be refused for, but for seals */
	struct latch_error why;
	int unsealed; /* what a seal would be refused for */
	struct latch_error why_unsealed;
	bool no_tamper; /* why_unsealed is of on-tamper, where nothing is to be sealed now */
	bool stays;
};

/* describe.c: fills text, done, sealed and change. */
#define LATCH_STEP_CHANGE 1
#define LATCH_STEP_SEAL 2
int latch_step_describe(struct latch_step *s, struct latch_error *err);

/* foresee.c: fills refused and unsealed, with their sentences, and trials. */
int latch_plan_foresee(struct latch *l, struct latch_plan *plan, struct latch_error *err);

#endif
