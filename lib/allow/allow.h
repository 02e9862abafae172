/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions from features: for a file, a program or a unit, as the kernel knows it. */
#ifndef LATCH_ROOM_ALLOW_H
#define LATCH_ROOM_ALLOW_H

#include "control/control.h"
#include "lockdown/lockdown.h"

/* identity.c: asks the kernel how it names files and cgroups, see struct latch_allow_key. */
struct latch_identity;
int latch_identity_open(struct latch_identity **out, struct latch_error *err);
void latch_identity_close(struct latch_identity *i);
/* Fills id, and digest unless NULL. Returns 1 if the kernel told the digest, 0 if not. */
int latch_identity_file(struct latch_identity *i, int fd, __u64 *id, __u64 *digest);
/* place: LATCH_CGROUP_DEPTH hashes, as in struct latch_allow_key. */
int latch_identity_cgroup(int cgroup, __u32 *place, struct latch_error *err);

/* unit_path.c: as systemctl(1) takes a unit's name: one without a suffix is a service. Returns name, or buf. */
const char *latch_unit_whole(const char *name, char *buf, size_t size);
/* The path of the unit's cgroup below mount, cgroup2's, whether or not it is there. -ENOENT: no such unit is known. */
int latch_unit_path(const char *mount, const char *name, char *path, size_t size, struct latch_error *err);

/* cgroup_path.c */
/* path gets LATCH_ALLOW_NAME bytes. -ENOENT: no such unit is known. */
int latch_unit_find(const char *name, char *path, __u32 *place, struct latch_error *err);
/* The place of a cgroup by its path, "/a/b", of at most LATCH_CGROUP_DEPTH names. */
void latch_cgroup_place_of(const char *path, __u32 *place);

#define LATCH_CONFIG_LINE 198 /* characters of a line of the configuration */
/* line.c: whether a line of the configuration can hold that exception: -EINVAL, -ENAMETOOLONG */
int latch_exception_line(const char *feature, const char *kind, const char *name, struct latch_error *err);

/* allow.c: the exceptions of a loaded module, in the kernel and in mod */
/* Attaches the hooks they need, too. All or nothing. */
int latch_exceptions_add(struct latch_module *mod, const struct latch_exception *list, size_t n,
			 struct latch_error *err);
/* Leaves hooks that nothing needs any more to latch_hooks_tidy(). */
int latch_exceptions_remove(struct latch_module *mod, const struct latch_exception *list, size_t n,
			    struct latch_error *err);

#endif
