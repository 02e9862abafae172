/* SPDX-License-Identifier: GPL-2.0-only */
/* What latch lockdown advise knows, for the files that print it and write it down. */
#ifndef LATCH_CLI_ADVISE_H
#define LATCH_CLI_ADVISE_H

#include "cli.h"

struct advice {
	const struct latch_state *st;
	const struct latch_record *records;
	size_t n;
	enum latch_called called;
	struct latch_findings before; /* what was used before it was watched */
};

#define REASON_MAX 768
#define SEAL_NEEDS "bpf_read_kernel" /* not enforced */

/* What can be said of a feature by now, a word for machines, too: "unused", "used", "unknown" or "absent". */
const char *advice_verdict(const struct advice *a, const struct latch_param *p);
/* Why its record does not say all, as a sentence in buf; NULL: it does. */
const char *advice_unknown(const struct advice *a, const struct latch_param *p, char *buf, size_t size);
/* Whether all who used it have an exception, so that enforce breaks nothing of what is on record. */
bool advice_only_excepted(const struct advice *a, const struct latch_param *p);
bool advice_used(const struct advice *a, const struct latch_param *p);
/* What shows that there are uses that are not on record, or could not be looked at; "": nothing. Returns buf. */
const char *advice_before(const struct advice *a, const struct latch_param *p, char *buf, size_t size);

/* advise_users.c */
/* Of a feature's entries, those of who used it; or those of who only looked whether it is there. */
bool advice_is_use(const struct latch_record *r, const struct latch_param *p);
bool advice_is_look(const struct latch_record *r, const struct latch_param *p);
/* The first seal loads a program that reads kernel memory, where this is not enforced. */
bool advice_seal_needs(const struct latch_param *p);
void advice_print_users(const struct advice *a, const struct latch_param *p);

/* advise_write.c: returns an exit status. */
int advice_write(const struct advice *a, bool force);

#endif
