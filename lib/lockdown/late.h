/* SPDX-License-Identifier: GPL-2.0-only */
/* What was taken before a feature was enforced, or goes by another way: what the files of this room share. */
#ifndef LATCH_LATE_H
#define LATCH_LATE_H

#include "lockdown/lockdown.h"

/* Ids of programs that are found by other means and not opened: that could be denied, or count as a use. */
struct latch_unopened {
	uint32_t *id;
	size_t n;
};

/* Each adds what it finds. 0 or -ENOMEM. */
/* tracefs: may be looked at; not while asking would be denied, or counted as somebody's use. */
bool latch_late_tracefs(const struct latch_state *st);
int latch_late_find(struct latch_findings *f, enum latch_property property, bool tracefs);
int latch_late_kernel(struct latch_findings *f, bool tracefs);
int latch_late_bpf(struct latch_findings *f, const struct latch_unopened *unopened);
int latch_uncovered_find(struct latch_findings *f, enum latch_property property);

/* holders.c: calls fn for each holder until it returns non-zero, and returns that; or negative errno. */
int latch_holders_each(int (*fn)(const struct latch_holder *h, void *arg), void *arg);

#endif
