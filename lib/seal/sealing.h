/* SPDX-License-Identifier: GPL-2.0-only */
/* A module while it is sealed: what the files of this room share. seal.c has the order. */
#ifndef LATCH_SEALING_H
#define LATCH_SEALING_H

#include "seal/guard.h"
#include "seal/seal.h"

#define LATCH_ANY_REFERENCES (-1) /* whoever may open it does no harm by it */

/* census.c: references to programs and maps, counted by the kernel, and how many are known */
struct latch_expected_one {
	uint32_t kind, id; /* enum latch_kept_kind */
	int references;
};

struct latch_expected {
	struct latch_expected_one *list;
	size_t n;
	uint64_t tags[64]; /* of the views' programs, that of fresh.c and, with the first seal, the guard's */
	size_t ntags;
};

int latch_expect_tag(struct latch_expected *x, uint64_t tag);

int latch_expect(struct latch_expected *x, uint32_t kind, uint32_t id, int references);
/* The program, and that it uses its maps. */
int latch_expect_prog(struct latch_expected *x, uint32_t id);
const struct latch_expected_one *latch_expected_find(const struct latch_expected *x, uint32_t kind, uint32_t id);

struct latch_census_taker;
int latch_census_open(struct latch_census_taker **t, struct latch_error *err);
void latch_census_close(struct latch_census_taker *t);
/*
 * -EBUSY: a reference that is not expected, or a program that would undo a seal. unlinked: how many LSM
 * programs on no link the sealed modules have; one more is -EBUSY, too. -1: there may be any.
 */
int latch_census_take(struct latch_census_taker *t, const struct latch_expected *x, int unlinked,
		      struct latch_error *err);

/* A seal, while it is put on. */
struct guard_bpf;
struct mounts_bpf;
struct latch_guarding {
	const char *pindir;
	unsigned int mode;	   /* that it is sealed in */
	bool first;		   /* there is no guard yet, so it is put up */
	struct guard_bpf *skel;	   /* of the first, until latch_guard_hold() */
	struct mounts_bpf *mounts; /* the same; NULL where this kernel does not take it */
	int mounts_refused;	   /* why not, negative errno; 0: it took it */
	int enter;		   /* the guard's program that is asked, see enter.bpf.h */
	uint32_t life_id, record_id;
	int life;	   /* the descriptor that says that this process lives */
	int tamper, alarm; /* of the first: what latch.ko gets, if it is loaded; else -1 */
	struct latch_expected expected;
	struct latch_sealed record;
};

/* enter.c: the guard is asked. Negative errno: it says no. */
/* g is the owner from now on. */
int latch_guard_begin(struct latch_guarding *g, struct latch_error *err);
/* 1: an armed seal keeps it already. -EEXIST: it is kept in another way; -ENOSPC: the guard is full. */
int latch_keep(struct latch_guarding *g, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how);
int latch_guard_advance(const struct latch_guarding *g, uint32_t state);
int latch_guard_learn(const struct latch_guarding *g);
int latch_guard_look(const struct latch_guarding *g, uint64_t *denied, uint64_t *mount);
int latch_guard_seal(const struct latch_guarding *g, uint32_t flags);
int latch_guard_held(const struct latch_guarding *g);

/*
 * ways.c: a way that stands open. Returns 0 and notes it if the seal may be weak, else
 * -EOPNOTSUPP and the sentence. An error stays an error.
 */
int latch_guard_way_open(struct latch_guarding *g, struct latch_error *err, const char *way, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define LATCH_WAY_UMOUNT "unmounting bpffs"
#define LATCH_WAY_FTRACE "writing ftrace_enabled"

/* Calls fn for each way that the guard was put up without closing, if there is one, for the seal of a module. */
int latch_ways_inherited(const char *name, int (*fn)(const char *way, const char *why, void *arg), void *arg,
			 struct latch_error *err);
/* Notes these. */
int latch_guard_inherit(struct latch_guarding *g, struct latch_error *err);

/* guard.c */
/* Finds the guard, or loads one, and becomes its owner. */
int latch_guard_load(struct latch_guarding *g, struct latch_error *err);
/* Attaches and pins, enters what is to be kept. Nothing is guarded yet. */
int latch_guard_put_up(struct latch_guarding *g, struct latch_error *err);

/* arm.c */
/* From here on nobody else gets at the module or the guard. */
int latch_guard_hold(struct latch_guarding *g, struct latch_error *err);
/* Enters the parameters of the module into the record, while nobody else can change them. */
int latch_guard_note_param(struct latch_guarding *g, struct latch_error *err);
/* Has latch.ko do what on-tamper says, from arming on. */
int latch_guard_connect(struct latch_guarding *g, struct latch_error *err);
/* For good. After it nothing fails. */
int latch_guard_arm(struct latch_guarding *g, struct latch_error *err);
/* Lets go of what is not armed. */
void latch_guard_drop(struct latch_guarding *g);

/* handover.c: -ENOENT: no latch.ko is loaded. */
int latch_hand_over(const char *pindir, struct latch_error *err);

/* keep.c, overrule.c: what the guard keeps of a pin directory, or of its own room */
/* Programs, maps and links, with the references that they hold on one another. */
int latch_keep_objects(struct latch_guarding *g, const char *room, struct latch_error *err);
/* Whether who seals is let at it, while it is in force. */
bool latch_kept_opened(const struct latch_guarding *g, const struct latch_expected_one *one);
/* Its pins and directories, and those on the way to it. */
int latch_keep_pins(struct latch_guarding *g, const char *room, struct latch_error *err);
/* Functions whose return value is not to be changed. */
int latch_keep_functions(struct latch_guarding *g, struct latch_error *err);
/* Tags of the guard's own programs, and of the views'. */
int latch_keep_tags(struct latch_guarding *g, struct latch_error *err);
/* Hooks that programs may not be attached to. */
int latch_keep_hooks(struct latch_guarding *g, const char *room, struct latch_error *err);

/* selftest.c: tries what the guard is to deny. -EOPNOTSUPP: that way is open. */
int latch_selftest(struct latch_guarding *g, struct latch_error *err);

/* demand.c: whether a seal can be undone from below while that feature is not enforced. */
bool latch_seal_demanded(const char *feature);
/* The same, whether or not this machine is seen to have it: what is to be enforced with a seal. */
bool latch_seal_undone_by(const char *feature);

/* fresh.c: the program on the hook bpf that hides what this process makes. -ENOENT: there is none. */
int latch_fresh_program(uint32_t *id);
/* Unless this process was executed anew by latch_seal_fresh(), -EOPNOTSUPP and why it is not. */
int latch_seal_refuse_old(const char *name, struct latch_error *err);

/* seal.c: -EKEYREJECTED and others: it is sealed, on trial, damaged or closed, or this is a container. */
int latch_seal_refuse_state(const struct latch_state *st, struct latch_error *err);

#endif
