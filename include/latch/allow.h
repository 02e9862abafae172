/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: exceptions from features.
 * Included by latch.h, which has the rules.
 */
#ifndef LATCH_ALLOW_H
#define LATCH_ALLOW_H

#include <latch/latch.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes an exception from a feature of a loaded module: kind is "exe" or "module", and what
 * the whole path of a file, or "unit", and what a unit's name or its cgroup's path below the
 * mount. A file that is replaced or written to later loses it. *ex is what was made.
 * Errors: -EINVAL: no such feature, or none of it for that kind; -ENOENT: no such file or unit;
 * -E2BIG: too many; -EINPROGRESS: on trial, which takes back mode and parameters only;
 * -EOPNOTSUPP: this kernel does not say how it knows the file or the unit.
 */
int latch_allow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		struct latch_exception *ex, struct latch_error *err);
/* Takes it back, also if the file or unit is gone. Errors: -EINVAL, -ENOENT: there is none, -EINPROGRESS. */
int latch_disallow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		   struct latch_error *err);
/*
 * What latch_allow() would make, for a module that need not be loaded; its features have to be
 * resolved. Nothing is changed. Errors: as latch_allow().
 */
int latch_exception_resolve(const struct latch_module *mod, const char *feature, const char *kind, const char *what,
			    struct latch_exception *ex, struct latch_error *err);
/* Fills lost of all exceptions of mod. Errors: -EOPNOTSUPP and others: it could not be found out. */
int latch_exceptions_check(struct latch_module *mod, struct latch_error *err);
/* "exe", "unit" or "module" */
const char *latch_exception_kind(const struct latch_exception *ex);
/* By what the kernel knows it: "the SHA-256 of its content" */
const char *latch_exception_basis(const struct latch_exception *ex);
/* Whether a cgroup of that path below the mount is there now: 1 or 0; negative errno: not known. */
int latch_cgroup_there(const char *path);

#ifdef __cplusplus
}
#endif

#endif
