/* SPDX-License-Identifier: GPL-2.0-only */
/* Names by their kernfs hash. */
#ifndef LATCH_COLLIDE_H
#define LATCH_COLLIDE_H

#define NAME 48 /* with its NUL */

/* Of the numbers of this run: 0 to n - 1. */
unsigned int pick(unsigned int n);

uint32_t name_hash(const char *name);
/* Another name of the same hash, in memory of its own; the same name if there is none. */
const char *collide(const char *name);

/* As a cgroup's path was once hashed: the sum of this over its levels. */
uint64_t part(uint32_t hash, uint32_t level);
/* Eight names, for this level and those below it, whose parts have this sum. */
bool forge(uint64_t sum, uint32_t level, char (*names)[NAME]);

#endif
