/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: what was denied, and by whom it was asked.
 * Included by latch.h, which has the rules.
 */
#ifndef LATCH_RECORD_H
#define LATCH_RECORD_H

#include <latch/latch.h>

#ifdef __cplusplus
extern "C" {
#endif

struct latch_record {
	struct latch_tally_key key;
	struct latch_tally tally;
};

/* Whether that entry of the feature's is of somebody who only looked whether it is there. */
bool latch_record_looks(const char *feature, const struct latch_tally_key *key);

/* The tally of a loaded module, by first time, with the wall clock's times; *records is the caller's to free. */
int latch_tally_read(struct latch *l, const char *name, struct latch_record **records, size_t *n,
		     struct latch_error *err);
/* The feature or hook that a tally id stands for. */
const char *latch_id_name(const struct latch_module *mod, uint32_t id);
/*
 * The path of the program, if the file there has that device and inode now: true. Else, false
 * and what was recorded, which is no path: "..." and the names below the root of its file system,
 * or the last 8 of them, with `*` for one that could not be read. Byte by byte as the names are:
 * see latch_name_shown().
 */
bool latch_who_path(const struct latch_who *who, uint64_t dev, uint64_t ino, char *buf, size_t size);

enum latch_happening {
	LATCH_WATCH_PRESENT, /* it is loaded when the watching begins, and cannot be watched */
	LATCH_WATCH_LOADED,
	LATCH_WATCH_REPLACED,
	LATCH_WATCH_UNLOADED,
	LATCH_WATCH_SEALED,  /* attempts on its seal, or without a name on seals, cannot be watched */
	LATCH_WATCH_WAITING, /* without a name: there is no module to watch yet */
};

/* Each function returns 0 to go on; what is negative ends latch_watch() with that value. */
struct latch_watcher {
	int (*event)(const struct latch_module *mod, const struct latch_event *event, void *arg);
	/* Events were dropped, as the ring was full: how many since the module was loaded. */
	int (*lost)(const struct latch_module *mod, uint64_t lost, void *arg);
	/* why: the module that is or was loaded, or put in its place, cannot be watched; or NULL. May be NULL. */
	int (*happened)(const char *module, enum latch_happening what, const char *why, void *arg);
	void *arg;
	int out; /* a descriptor: the watching ends when nobody reads any more what is written there; or -1 */
};

/*
 * Reads the event rings of a module, until that is unloaded, or of all (NULL), those that are
 * loaded later too; waits for more until a function, a signal or the reader of `out` ends it: a
 * signal, and -EPIPE of a function, are no error. Lets the latch directory go, so that others can
 * work.
 * Errors: -ENOENT, -EBUSY: somebody watches it already; -EOPNOTSUPP: it is ungated.
 */
int latch_watch(struct latch *l, const char *name, const struct latch_watcher *watcher, struct latch_error *err);
/*
 * The systemd unit of a cgroup (its id), or its path where it is in none; "" if it is gone.
 * Returns buf.
 */
const char *latch_unit_of_cgroup(uint64_t cgroup, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
