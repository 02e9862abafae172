/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded, read back from the kernel: the pin directories in bpffs, gate, values, record, seal. */
#ifndef LATCH_LOADED_H
#define LATCH_LOADED_H

#include "loaded/guard_state.h"
#include "module/module.h"

/* bpffs.c: the pin directory of each module below the latch directory */
struct latch {
	int dir; /* LATCH_ROOT, locked */
	bool mounted;
	bool covered;	 /* by a mount: LATCH_ROOT, or a pin directory */
	bool hidden;	 /* see latch_hidden() */
	char doubt[384]; /* the same, not known: why */
	char **notes;	 /* see latch_notes() */
	size_t nnotes;
	struct latch_self self; /* zeros: nothing is counted apart */
};

/* What it is opened for. */
enum latch_purpose {
	LATCH_READS,   /* beside others who read */
	LATCH_CHANGES, /* with nobody beside */
	LATCH_MAKES,   /* the same, and it is made if need be */
};

/* Opens and locks it, and leaves it as it is: see latch_open(). On failure *l is latch_close()'s, or NULL. */
/* -EROFS and the remedy, where bpffs is mounted read-only: its maps cannot be opened then, nor anything be pinned. */
int latch_bpffs_writable(struct latch_error *err);
int latch_directory_open(struct latch **l, enum latch_purpose purpose, struct latch_error *err);
/* Where the latch directory is not root's alone, or something is mounted over it: why, and what helps. */
int latch_root_refuse(struct latch_error *err);
int latch_pindir_make(const char *pindir);
int latch_pindir_remove(struct latch *l, const char *pindir);

/*
 * state.c: -EKEYREJECTED and since when and by whom, if it declares itself permanent, and
 * is not on trial.
 */
int latch_permanent_refuse(const char *name, struct latch_error *err);

/* state.c: a part of a module cannot be read; why: an errno, or 0. Says what is to be done. */
int latch_fail_damaged(struct latch_error *err, int code, const char *name, const char *part, int why);
/* state.c: whether a pin directory has that name: 1, 0; or negative errno, and who may deny that. */
int latch_pindir_there(const struct latch *l, const char *name, struct latch_error *err);
/*
 * doubt.c: whether a function that answers bpf(2) is diverted, and which. 1, 0, or a negative errno: it cannot be
 * looked at. 0 as well on a kernel without that list, and under lockdown=confidentiality, which denies tracefs.
 */
int latch_bpf_diverted(char *function, size_t size);
/* state.c: -ENOENT, and which of the loaded modules was meant, perhaps. */
int latch_not_loaded(struct latch *l, const char *name, struct latch_error *err);

/* gate.c: maps of a module: the gate mapped, others copied; of a sealed one, a copy of what its iterator shows */
struct latch_map {
	void *data;
	size_t size;
	int fd; /* what data is a copy of; -1: it is mapped, or what an iterator shows */
	bool mapped;
};

/* size: bytes that its value has at least. -EBADMSG: it is smaller, so it is not that. */
int latch_map_open(struct latch_map *m, const char *module, const char *map, size_t size, bool write);
/* Where data is a copy: as the map is now, and the map as data is. Else there is nothing to do. */
int latch_map_reread(struct latch_map *m);
int latch_map_write(struct latch_map *m);
void latch_map_close(struct latch_map *m);
unsigned int latch_gate_mode(const struct latch_gate *gate);
void latch_gate_store(struct latch_gate *gate, unsigned int mode);
/* 1: it has none. */
int latch_gate_close(const char *module);
/*
 * The mode of a module that is sealed, whatever its gate says; LATCH_OFF: the gate says. -ENOENT: it is ungated.
 */
int latch_sealed_mode_store(const char *module, unsigned int mode);

/* iter.c: the elements of a map, as a file */
/* Loads the programs of all views, and calls fn with each until it returns non-zero. */
int latch_views_each(int (*fn)(const char *name, int prog, void *arg), void *arg);
/* The tags that this kernel gives them; there are LATCH_ITERS. */
int latch_views_tags(uint64_t *tags);
/* The object with these programs, open and not loaded. */
struct bpf_object;
struct bpf_object *latch_views_open(void);
/* Pins such a file in room/iter. name: of a view; map: a descriptor */
int latch_view_make(const char *room, const char *name, int map);
/* *data is the caller's to free. -ENOENT: there is no such iterator. */
int latch_iter_read(const char *pindir, const char *name, void **data, size_t *size);

/*
 * denied.c: "WHAT: why"; and, if that is for want of no privilege, which module may deny it, and
 * how to end that. Returns code.
 */
enum latch_denied_call { LATCH_DENIED_FILE, LATCH_DENIED_BPF };
int latch_fail_denied(struct latch_error *err, int code, enum latch_denied_call call, const char *what);

/* exceptions.c: into mod, sorted by feature. */
int latch_exceptions_read(struct latch_module *mod, struct latch_error *err);
/* map: descriptor of a map `allow` */
int latch_exception_enter(int map, const struct latch_exception *ex);

/* hidden.c: sets l->hidden, with the latch directory open or, where there is none, without. */
int latch_hidden_look(struct latch *l, struct latch_error *err);
/* -EKEYREJECTED: a change could be made beside what is hidden. */
int latch_hidden_refuse(const struct latch *l, struct latch_error *err);

/* sealed.c */
const char *latch_rule_name(uint32_t rule);
/* Whether there is a guard with a seal: 1, 0 or negative errno. */
int latch_guard_armed(void);
/* LATCH_SEAL_LAST, the strictest on-tamper, LATCH_SEAL_TOLD: of all seals. -ENOENT: nothing is sealed. */
int latch_guard_flags(unsigned int *flags);
/* The module that has that place among the seals; 0: it was sealed first. -ENOENT: none. */
int latch_sealed_name(uint32_t place, char name[LATCH_NAME_MAX]);
/* The module that was sealed so that no LSM program is loaded after it, as by `latch seal --all`. -ENOENT: none. */
int latch_seal_last(char name[LATCH_NAME_MAX]);
/* What the guard says of a sealed module. -ENOENT: not sealed. */
struct latch_seal_state {
	uint32_t place, flags; /* among the seals; LATCH_SEAL_ */
	uint64_t unlisted;     /* attempts, on any of them, that its record had no room for */
};
int latch_sealed_read(const char *pindir, struct latch_seal_state *own);
/* The parameters of a sealed module, as its map `param` holds them; *data is the caller's to free. -ENOENT: not sealed.
 */
int latch_sealed_param(const char *pindir, void **data, size_t *size);
/* -ENOENT: not sealed. */
int latch_seal_read(const char *pindir, struct latch_seal *seal);
/* Why that cannot be read, in words. */
const char *latch_seal_error(int code);
/* -EKEYREJECTED and since when and by whom, if it is sealed. */
int latch_seal_refuse(const char *pindir, struct latch_error *err);

/* leftover.c */
enum latch_left {
	LATCH_LEFT_NOTHING,    /* it is a whole module, and no more */
	LATCH_LEFT_PINDIR,     /* NAME~PID: half made or half removed */
	LATCH_LEFT_CLOSED,     /* its gate was never opened, or is closed already */
	LATCH_LEFT_OVER,       /* the trial of its load is over */
	LATCH_LEFT_GUARD,      /* the guard, without a seal that is armed */
	LATCH_LEFT_SEAL,       /* a module, with a seal that was never armed */
	LATCH_LEFT_TRIAL_OVER, /* a module, with what its trial needed, which is over */
	LATCH_LEFT_TRIAL,      /* a module, with a trial that never began */
};

/* Of a pin directory while nobody changes anything. */
enum latch_left latch_left(const struct latch *l, const char *pindir);
/* Whether the pin directory as a whole is no module. */
bool latch_left_is_pindir(enum latch_left left);
/* In words, what it is and what it does. */
void latch_left_describe(const char *pindir, enum latch_left left, char *buf, size_t size);
/*
 * Opens as latch_open() does; calls fn with each directory there and what is left in it, until
 * it returns non-zero, which is returned. fn may remove that directory.
 */
typedef int (*latch_left_fn)(struct latch *l, const char *name, enum latch_left left, struct latch_error *err);
int latch_open_with(struct latch **l, enum latch_purpose purpose, latch_left_fn fn, struct latch_error *err);
/* For latch_note(). */
int latch_left_note(struct latch *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* on_trial.c */
/* -ENOENT: not on trial. */
int latch_trial_read(const char *pindir, struct latch_trial *trial);
/* Seconds. */
uint64_t latch_trial_left(const struct latch_trial *trial);
/* -EINPROGRESS and why, if it is on trial. */
int latch_trial_refuse(const char *pindir, struct latch_error *err);

#endif
