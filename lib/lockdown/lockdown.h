/* SPDX-License-Identifier: GPL-2.0-only */
/* What the features of lockdown are about, and what stands open though they are enforced. */
#ifndef LATCH_ROOM_LOCKDOWN_H
#define LATCH_ROOM_LOCKDOWN_H

#include "loaded/loaded.h"

#define LATCH_LOCKDOWN "lockdown" /* the module */

/* lockdown.c: the rows of its table, one after the other; NULL behind the last. */
const struct latch_feature_facts *latch_feature_facts_at(size_t i);
/* The module's feature of that name, or NULL. */
const struct latch_param *latch_module_feature(const struct latch_module *mod, const char *name);
/*
 * Whether the module is another than latch's own, by the digest of the file that is installed, or that is
 * not known; then the sentence in buf, else NULL. A name says nothing of what a feature denies.
 */
const char *latch_lockdown_foreign(const struct latch_module *mod, char *buf, size_t size);

/* finding.c: -ENOMEM. What was found already is not added again. */
int latch_finding_add(struct latch_findings *f, enum latch_finding_kind kind, const char *feature, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
