/* SPDX-License-Identifier: GPL-2.0-only */
/* A module on its way into the kernel: what loading and replacing share. */
#ifndef LATCH_LOADING_H
#define LATCH_LOADING_H

#include "control/control.h"

#define LATCH_VERIFIER_LOG (4 << 20) /* bytes; touched only as far as it is written */

struct bpf_object;
struct bpf_program;

struct loading {
	struct latch *l;
	struct latch_module *mod;
	struct latch_error *err;
	struct bpf_object *obj;
	char *log;
	char pindir[LATCH_NAME_MAX + 16];
	bool pindir_made;
	struct latch_reach reach;  /* before anything was in force */
	int link[LATCH_HOOKS_MAX]; /* by index in mod->hooks; -1: not attached */
};

/* programs.c */
int latch_programs_load(struct loading *ld);
/* Those that the module's values need. */
int latch_programs_attach(struct loading *ld);
struct bpf_program *latch_program_of(const struct loading *ld, const char *hook);

/* load.c */
/* -EOPNOTSUPP, where programs would not be called. On success latch_loading_end() is due. */
int latch_loading_begin(struct loading *ld, struct latch *l, struct latch_module *mod, struct latch_error *err);
/* Everything attached, with its gate closed, and pinned in ld->pindir: NAME~PID. */
int latch_loading_stage(struct loading *ld);
/* Opens the gate of what is in ld->pindir; taken back if latch itself is denied then. */
int latch_loading_open_gate(struct loading *ld, unsigned int mode);
/* keep: the pin directory, with what is pinned in it, stays. */
void latch_loading_end(struct loading *ld, bool keep);

#endif
