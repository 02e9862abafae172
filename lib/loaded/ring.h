/* SPDX-License-Identifier: GPL-2.0-only */
/* The event ring of a module, or that of the guard, which has the attempts on all seals, while it is watched. */
#ifndef LATCH_RING_H
#define LATCH_RING_H

#include "loaded/loaded.h"

struct ring_buffer;

/* The module of that name, if its attempts are wanted; or NULL. */
typedef const struct latch_module *(*latch_ring_find_fn)(const char *name, void *arg);

struct latch_ring {
	struct latch_state *st; /* NULL: the guard's */
	latch_ring_find_fn find;
	void *find_arg;
	const struct latch_watcher *watcher;
	struct ring_buffer *buffer;
	struct latch_map count;
	uint64_t lost;	 /* that were told */
	uint64_t pindir; /* inode of its pin directory: another module of that name has another */
	int lock;
};

/* -EOPNOTSUPP: it is ungated and has none; -EBUSY: another latch takes them. */
int latch_ring_open(struct latch_ring **r, struct latch *l, const char *name, const struct latch_watcher *watcher,
		    struct latch_error *err);
/* The guard's. -ENOENT: nothing is sealed; -EBUSY: as above. */
int latch_ring_open_guard(struct latch_ring **r, struct latch *l, latch_ring_find_fn find, void *arg,
			  const struct latch_watcher *watcher, struct latch_error *err);
void latch_ring_close(struct latch_ring *r);
/* Inode of the pin directory of that name; 0: there is none. */
uint64_t latch_ring_pindir(const struct latch *l, const char *name);
/* Gives on what waits in it, and how many were lost. Returns what a function returned, if negative. */
int latch_ring_read(struct latch_ring *r);
/* A descriptor that poll(2) finds readable when something is in it. */
int latch_ring_fd(const struct latch_ring *r);

#endif
