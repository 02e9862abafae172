/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing what is loaded: programs attached, pin directories ended, values set, on trial or for good. */
#ifndef LATCH_CONTROL_H
#define LATCH_CONTROL_H

#include "loaded/loaded.h"

/* open.c: removes what a latch left of a seal that is not armed, and the guard, unless one is. */
int latch_seal_tidy(struct latch *l, const char *pindir);

/* programs.c */
/* Attaches a program. Returns the link's fd, or a negative errno. */
int latch_attach(int prog_fd);
int latch_fail_attach(struct latch_error *err, int code, const char *module, const char *hook);

/*
 * No map of obj, which is not loaded yet, can be mapped into memory, but the one of that name: what is mapped is
 * written past any descriptor, and past a seal. An arena has to be.
 */
struct bpf_object;
int latch_leave_unmapped(struct bpf_object *obj, const char *but);

/*
 * unload.c: removes a pin directory, from the first step on as one that nobody takes for a module,
 * and waits until the kernel has let its programs go: see latch_unload().
 */
int latch_pindir_end(struct latch *l, const char *name, bool *gone);
/* The same for a module that is in force: its gate is closed before. */
int latch_module_end(struct latch *l, const char *name, bool *gone, struct latch_error *err);

/* set.c: detaches hooks that no feature needs any more. */
int latch_hooks_tidy(struct latch *l, const char *name, struct latch_error *err);
/* Attaches what mod needs and lacks; on failure takes back what this call attached. */
int latch_hooks_attach(const char *name, const struct latch_module *mod, struct latch_error *err);

/* Gives a loaded module back the mode and the values that it had, with since when they hold. */
int latch_set_back(struct latch *l, struct latch_state *before, struct latch_error *err);
/* reach.c: whether latch can do each step of unloading: 0, or a negative errno each */
#define LATCH_REACHES 11
struct latch_reach {
	struct latch *l;
	int removal; /* 0: there is a pin directory to be removed */
	bool gone;   /* it was removed */
	int error[LATCH_REACHES];
};
/*
 * Before a change comes into force; latch_reach_end() is due then, when it is or has been taken back. pindir: of the
 * module; NULL: it has none yet.
 */
void latch_reach_begin(struct latch_reach *before, struct latch *l, const char *pindir);
/* -EKEYREJECTED: something fails that did not before. */
int latch_reach_refuse(struct latch_reach *before, const char *pindir, const char *name, struct latch_error *err);
/* The same, of a step that was denied before that. what: in words. Returns -EKEYREJECTED. */
int latch_reach_denied(const char *name, const char *what, struct latch_error *err);
void latch_reach_end(const struct latch_reach *before);

/* load.c: -EKEYREJECTED: everything is sealed, and no program for a hook is loaded any more. */
int latch_load_refuse(struct latch *l, struct latch_error *err);

/* trial.c */
/* mode_before: what the gate goes back to; the parameters go back to what they are now. */
int latch_trial_start(const char *pindir, unsigned int mode_before, uint64_t length, struct latch_error *err);
void latch_trial_drop(const char *pindir);

/*
 * replace.c: gives `to` the values of `from` by name, but those that the assignments name.
 * lost: "name=value ..." of those that it has no place for, but features that are off.
 */
int latch_params_carry(const struct latch_module *from, struct latch_module *to, char *const *assignments, size_t n,
		       char *lost, size_t size);

/* audit.c: result is 0 or a negative errno; the values are those wanted */
void latch_audit_load(const char *operation, const struct latch_module *mod, unsigned int mode, uint64_t trial,
		      int result);
void latch_audit_set(const struct latch_module *mod, unsigned int mode, uint64_t trial, int result);
void latch_audit(const char *operation, const char *module, int result);

#endif
