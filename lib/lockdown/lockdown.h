/* SPDX-License-Identifier: GPL-2.0-only */
/* What the features of lockdown are about, and what stands open though they are enforced. */
#ifndef LATCH_ROOM_LOCKDOWN_H
#define LATCH_ROOM_LOCKDOWN_H

#include "loaded/loaded.h"

#define LATCH_LOCKDOWN "lockdown" /* the module */

/* finding.c: -ENOMEM. What was found already is not added again. */
int latch_finding_add(struct latch_findings *f, enum latch_finding_kind kind, const char *feature, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
