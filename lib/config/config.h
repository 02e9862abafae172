/* SPDX-License-Identifier: GPL-2.0-only */
/* /etc/latch: what it wants, and bringing the kernel there. */
#ifndef LATCH_ROOM_CONFIG_H
#define LATCH_ROOM_CONFIG_H

#include <sys/stat.h>
#include "allow/allow.h"
#include "seal/seal.h"

/* config.c: adds what one file says */
int latch_config_read_file(struct latch_config *config, const char *path, struct latch_error *err);
/* Whether a setting is an exception, of which there can be more than one */
bool latch_setting_allows(const struct latch_wanted *w, const struct latch_setting *s);

/*
 * trust.c: -EKEYREJECTED if anybody but root, or who asks, could have written what is read: for
 * the file or directory itself, and each directory and link on the way.
 */
int latch_trusted_file(const char *path, FILE **file, struct stat *st, struct latch_error *err);
int latch_trusted_directory(const char *path, struct latch_error *err);

/* wanted.c */
/* Puts file and line before the sentence, and returns code. */
int latch_blame(struct latch_error *err, int code, const char *file, int line);
/* NULL: not set. */
const struct latch_setting *latch_wanted_setting(const struct latch_wanted *w, const char *key);
/* A key that [latch] can have for all: what the module's own section says goes before that. w: may be NULL. */
const struct latch_setting *latch_wanted_or_all(const struct latch_config *config, const struct latch_wanted *w,
						const char *key);
/*
 * Reads the module's file, and gives it the values and exceptions wanted. An exception for what
 * is not there is left out, added to *unmet, and said in notes unless that is NULL.
 */
int latch_wanted_read(const struct latch_wanted *w, FILE *notes, struct latch_module **mod, size_t *unmet,
		      struct latch_error *err);

#endif
