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
	uint64_t tags[64]; /* of the guard's programs, the views', and that of fresh.c */
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

/* The program and map that latch_census_take() counts, as the kernel has it now. -ENOENT: there is none of that id. */
struct latch_census;
int latch_census_map(struct latch_census_taker *t, uint32_t id, struct latch_census *found);

/* What is done with what the guard is to keep. */
enum latch_pass {
	LATCH_PASS_ENTER,  /* it is entered, and expected in the census */
	LATCH_PASS_EXPECT, /* it is expected only */
	LATCH_PASS_PROVE,  /* it is there, armed: else -EBADE */
};

/* own.c: what the guard itself consists of, by its ids: a link or program that is pinned in its directory. */
enum latch_own_kind {
	LATCH_OWN_LINK, /* on a hook */
	LATCH_OWN_ITER,
	LATCH_OWN_VIEW, /* a program for iterators */
	LATCH_OWN_MAP,
	LATCH_OWN_PROG,
};

#define LATCH_OWN_MAX 64
#define LATCH_LOCKDOWN_TAGS 4

struct latch_own {
	enum latch_own_kind kind;
	char name[LATCH_NAME_MAX];
	uint32_t link, id; /* id: of the link's program, the program or the map */
	uint32_t map;	   /* that an iterator shows */
	uint32_t nmaps;	   /* that the program uses, but for what somebody binds to it */
	uint64_t tag;
};

/* A seal, while it is put on. */
struct guard_bpf;
struct mounts_bpf;
struct latch_guarding {
	const char *pindir;
	const struct latch_module *module;
	unsigned int mode; /* that it is sealed in */
	struct latch_census_taker *census;
	bool first; /* there is no guard yet, so it is put up */
	enum latch_pass pass;
	struct guard_bpf *skel;	   /* of the first, until latch_guard_hold() */
	struct mounts_bpf *mounts; /* the same; NULL where this kernel does not take it */
	int mounts_refused;	   /* why not, negative errno; 0: it took it */
	int enter;		   /* the guard's program that is asked, see enter.bpf.h */
	uint32_t life_id, record_id;
	uint32_t tamper_id, alarm_id;
	int life;	   /* the descriptor that says that this process lives */
	int tamper, alarm; /* of the first: what latch.ko gets, if it is loaded; else -1 */
	bool unchecked;	   /* what programs return, on this kernel */
	uint64_t lockdown[LATCH_LOCKDOWN_TAGS]; /* see latch_lockdown_tags() */
	size_t nlockdown;
	struct latch_own own[LATCH_OWN_MAX];
	size_t nown;
	struct latch_expected expected;
	size_t earlier; /* of these, at its beginning: what an earlier seal put up */
	struct latch_sealed record;
};

/* enter.c: the guard is asked. Negative errno: it says no. */
/* g is the owner from now on. */
int latch_guard_begin(struct latch_guarding *g, struct latch_error *err);
/* As the pass says. -EEXIST: it is kept in another way, or for another seal; -ENOSPC: the guard is full. */
const char *latch_keep_error(int code);
int latch_keep(struct latch_guarding *g, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how);
int latch_guard_advance(const struct latch_guarding *g, uint32_t state);
int latch_guard_learn(const struct latch_guarding *g);
int latch_guard_look(const struct latch_guarding *g, struct latch_guard_call *call);
int latch_guard_tags(const struct latch_guarding *g, uint32_t *tags);
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
/* Finds the guard and proves it, or puts one up; this process is its owner then. */
int latch_guard_load(struct latch_guarding *g, struct latch_error *err);
/* Enters the module. Nothing of it is guarded yet. */
int latch_guard_enter(struct latch_guarding *g, struct latch_error *err);
/* Of a guard that is put up: closes the objects that its programs were loaded from. */
void latch_guard_unload_programs(struct latch_guarding *g);

/* fd: of the link, program or map; prog: of the link's program, or -1. The notes of it are in g->own. */
int latch_own_note(struct latch_guarding *g, enum latch_own_kind kind, const char *name, int fd, int prog);
const struct latch_own *latch_own_find(const struct latch_guarding *g, enum latch_own_kind kind, const char *name);
/* Whether what is pinned now is what was noted: else -EBADE, and what is not in *what. */
int latch_own_compare(const struct latch_guarding *g, const char **what);
/* Enters, expects or proves all of it, as the pass says. */
int latch_own_keep(struct latch_guarding *g, struct latch_error *err);

/* compare.c: the programs and maps of the guard that is there, with this latch's; notes them. */
int latch_compare_programs(struct latch_guarding *g, bool mounts, struct latch_error *err);

/* prove.c: of a guard that is there, that it is what this latch puts up, and holds. -EBADE: it is not. */
int latch_prove(struct latch_guarding *g, struct latch_error *err);
/* After the census: that the guard consists of nothing else, and lets no other program through. */
int latch_prove_same(struct latch_guarding *g, struct latch_error *err);
int latch_guard_differs(struct latch_guarding *g, struct latch_error *err, const char *what);
int latch_prove_tags(struct latch_guarding *g, struct latch_error *err);

/* arm.c */
/* learnt: see enum latch_guard_learning. While the guard holds. */
int latch_guard_learn_mount(struct latch_guarding *g, bool *learnt, struct latch_error *err);
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

/* hold.c: 1: latch.ko tells of what is put into these, by their ids; 0; or negative errno. */
int latch_hold_tells(uint32_t queue, uint32_t ring);

/* handover.c: -ENOENT: no latch.ko is loaded. */
int latch_hand_over(const char *pindir, struct latch_error *err);

/* keep.c, overrule.c: what the guard keeps of a module, and of itself */
/* The module's programs, maps and links, with the references that they hold on one another. */
int latch_keep_objects(struct latch_guarding *g, struct latch_error *err);
int latch_keep_list(struct latch_guarding *g, const struct latch_expected *x, const char *room,
		    struct latch_error *err);
/* The pins and directories of a module, or the guard, and those on the way to it. */
int latch_keep_pins(struct latch_guarding *g, const char *room, struct latch_error *err);
/* The links of a module that was sealed before, and their programs. */
int latch_keep_links(struct latch_guarding *g, const char *room, struct latch_error *err);
/* Functions whose return value is not to be changed. */
int latch_keep_functions(struct latch_guarding *g, struct latch_error *err);
/* Of a program of latch's own. */
int latch_keep_tag(struct latch_guarding *g, uint64_t tag);
/*
 * Notes the tags of the module lockdown's programs on hooks where no other would be let in: it may be loaded already,
 * or come behind the seal. They are those of its file, as what is pinned may be anybody's. Where they cannot be
 * loaded, they are taken for somebody's.
 */
void latch_lockdown_tags(struct latch_guarding *g);
/* Hooks that programs may not be attached to: one, and those of the module. */
int latch_keep_hook(struct latch_guarding *g, const char *hook);
int latch_keep_hooks(struct latch_guarding *g, struct latch_error *err);
/* Whether programs of this kernel may return what passes for "allowed": 1, 0 or negative errno. */
int latch_returns_unchecked(void);

/* selftest.c: tries what the guard is to deny. -EOPNOTSUPP: that way is open. */
int latch_selftest(struct latch_guarding *g, struct latch_error *err);

/* demand.c: whether a seal can be undone from below while that feature is not enforced. */
bool latch_seal_demanded(const char *feature);
/* The same, whether or not this machine is seen to have it: what is to be enforced with a seal. */
bool latch_seal_undone_by(const char *feature);

/* fresh.c: of the program on the hook bpf that hides what this process makes. -ENOENT: there is none. */
int latch_fresh_tag(uint64_t *tag);
/* Unless this process was executed anew by latch_seal_fresh(), -EOPNOTSUPP and why it is not. */
int latch_seal_refuse_old(const char *name, struct latch_error *err);

/* seal.c: -EKEYREJECTED and others: it is sealed, on trial, damaged or closed, or this is a container. */
int latch_seal_refuse_state(const struct latch_state *st, struct latch_error *err);

#endif
