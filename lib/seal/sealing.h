/* SPDX-License-Identifier: GPL-2.0-only */
/* A module while it is sealed: what the files of this room share. seal.c has the order. */
#ifndef LATCH_SEALING_H
#define LATCH_SEALING_H

#include "seal/guard.h"
#include "seal/seal.h"

/* census.c: references to programs and maps, counted by the kernel, and how many are known */
struct latch_expected_one {
	uint32_t kind, id; /* enum latch_kept_kind */
	int references;
};

struct latch_expected {
	struct latch_expected_one *list;
	size_t n;
	uint64_t tags[64]; /* of programs that any guard has */
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

/* The guard of one module, while it is put up. */
struct guard_bpf;
struct mounts_bpf;
struct latch_guard;
struct latch_guarding {
	struct latch *l;
	const char *pindir;
	unsigned int mode;	   /* that it is sealed in */
	struct guard_bpf *skel;	   /* until latch_guard_hold() */
	struct mounts_bpf *mounts; /* the same; NULL where this kernel does not take it */
	int mounts_refused;	   /* why not, negative errno; 0: it took it */
	struct latch_guard *state; /* mapped; until latch_guard_arm() */
	int life;		   /* the descriptor that says that this process lives */
	unsigned int shared;	   /* the strictest on-tamper of this one and those sealed before */
	int tamper, alarm;	   /* what latch.ko gets, if that is not 0; else -1 */
	struct latch_expected expected;
	struct latch_seal seal;
};

/*
 * ways.c: a way that stands open. Returns 0 and notes it if the seal may be weak, else
 * -EOPNOTSUPP and the sentence. An error stays an error.
 */
int latch_guard_way_open(struct latch_guarding *g, struct latch_error *err, const char *way, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define LATCH_WAY_UMOUNT "unmounting bpffs"
#define LATCH_WAY_FTRACE "writing ftrace_enabled"

/*
 * Whether the guard of another module denies that way to the whole machine, which was tried when
 * that was sealed: 1. Else 0, or negative errno.
 */
int latch_way_denied_for_another(struct latch *l, const char *pindir, const char *way, struct latch_error *err);

/* guard.c */
int latch_guard_load(struct latch_guarding *g, struct latch_error *err);
/* fd: of the map guard_state */
int latch_guard_state_map(struct latch_guarding *g, int fd);
/* Attaches and pins, enters what is to be kept. Nothing is guarded yet. */
int latch_guard_put_up(struct latch_guarding *g, struct latch_error *err);

/* arm.c */
/* From here on nobody else gets at the module or the guard. */
int latch_guard_hold(struct latch_guarding *g, struct latch_error *err);
/* Enters the parameters of the module into the guard's state, while nobody else can change them. */
int latch_guard_note_param(struct latch_guarding *g, struct latch_error *err);
/* Has latch.ko do what on-tamper says, from arming on. */
int latch_guard_connect(struct latch_guarding *g, struct latch_error *err);
/* For good. */
int latch_guard_arm(struct latch_guarding *g, struct latch_error *err);
/* Takes down a guard that is not armed. */
void latch_guard_drop(struct latch_guarding *g);

/* handover.c: -ENOENT: no latch.ko is loaded. */
int latch_hand_over(const char *pindir, struct latch_error *err);

/* keep.c, overrule.c: what the guard keeps of a pin directory */
int latch_keep(int kept, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how);
/* Programs, maps and links of the pin directory, with the references that they hold on one another. */
int latch_keep_objects(const char *pindir, int kept, struct latch_expected *x, struct latch_error *err);
/* Its pins and directories, and those on the way to it. */
int latch_keep_pins(const char *pindir, int kept, struct latch_error *err);
/* Functions whose return value is not to be changed. */
int latch_keep_functions(int kept, struct latch_expected *x, struct latch_error *err);
/* Hooks of the pin directory that programs may not be attached to. */
int latch_keep_hooks(const char *pindir, int kept, struct latch_expected *x, struct latch_error *err);

/* selftest.c: tries what the guard is to deny. -EOPNOTSUPP: that way is open. */
int latch_selftest(struct latch *l, struct latch_guarding *g, struct latch_error *err);

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
