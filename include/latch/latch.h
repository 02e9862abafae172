/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: load, control and read security modules on the running kernel.
 *
 * Functions return 0 or a negative errno, and then fill the struct latch_error
 * with a sentence for the administrator, as latch_text_shown() makes it; its lines are its own. Classes that a caller may tell apart:
 *	-EINVAL		what was asked for is wrong: unknown word, bad value
 *	-EOPNOTSUPP	this kernel cannot
 *	-EKEYREJECTED	refused by policy
 * Nothing is printed, and nothing here ends the process. Not for threads: one
 * struct latch in a process at a time.
 */
#ifndef LATCH_LATCH_H
#define LATCH_LATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <latch/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct latch_error {
	char text[2048];
};

/* ---- a module, as its file or the info map of a loaded one describes it ---- */

enum latch_type {
	LATCH_TYPE_INT,
	LATCH_TYPE_UINT,
	LATCH_TYPE_BOOL,
	LATCH_TYPE_FLAGS, /* a set of words */
	LATCH_TYPE_MODE,  /* a feature: off, observe or enforce */
};

struct latch_param {
	char name[LATCH_NAME_MAX];
	enum latch_type type;
	uint32_t offset; /* of the value in the map `param`, bytes */
	int64_t min, max;
	int64_t value;	 /* in a file: the default; of a loaded module: the present one */
	char *words;	 /* LATCH_TYPE_FLAGS: "a,b,c" */
	char *doc;
	/* of a feature: */
	uint32_t feature; /* its number */
	struct latch_time since; /* when it was turned on; zeros: off */
	char *hooks;	  /* "a,b": those that serve it */
	char *groups;	  /* "a,b": may be empty */
};

struct latch_hook {
	char name[LATCH_NAME_MAX];
	uint32_t number; /* in struct latch_tally_key */
	bool attached;	 /* of a loaded module: its link is there */
};

/* For whom, or for what, a feature is not denied. */
struct latch_exception {
	struct latch_allow_key key;
	struct latch_time since; /* when it was made */
	char name[LATCH_ALLOW_NAME]; /* of a file: its path; of a unit: its cgroup's, below the mount */
	const char *lost; /* why it does not hold any more, see latch_exceptions_check(); else NULL */
};

struct latch_module {
	char name[LATCH_NAME_MAX];
	char *version;
	char *description;
	bool gated; /* made with the SDK: has a gate */
	bool permanent; /* declares that it is not unloaded before reboot */
	uint8_t digest[32]; /* SHA-256 of the file */
	struct latch_hook *hooks;
	size_t nhooks;
	struct latch_param *params;
	size_t nparams;
	/* In a file: those wanted; of a loaded module: those there are. */
	struct latch_exception *exceptions;
	size_t nexceptions;
	/* For a module file: its bytes, and its strings as the info map keeps them. */
	char *text;
	size_t text_size;
	void *file;
	size_t file_size;
	/* After the kernel's verifier refused one of its programs: its whole log; else NULL. */
	char *verifier_log;
};

/*
 * Reads a module file; needs neither privileges nor a kernel. name: a path (has
 * a '/'), or a module's name, searched in the module directory. On success *mod
 * is the caller's, to be given to latch_module_free().
 * Errors: -ENOENT, -ENOEXEC (not a module: why is in err), -EOPNOTSUPP (one for LSM hooks that
 * latch cannot load), other errno of open and read.
 */
int latch_module_read(const char *name, struct latch_module **mod, struct latch_error *err);
/* The same of a file in memory, which is copied. label: what messages call it. */
int latch_module_parse(const void *file, size_t size, const char *label,
		       struct latch_module **mod, struct latch_error *err);
void latch_module_free(struct latch_module *mod);
/* Names of the files in the module directory, sorted; *names and each name are the caller's to free. */
int latch_module_files(char ***names, size_t *n, struct latch_error *err);
/* Where that is. */
extern const char latch_module_dir[];
struct latch_param *latch_module_param(const struct latch_module *mod, const char *name);

/* ---- parameters ---- */

/*
 * Applies assignments "name=value" to mod->params[].value, all or nothing. A group of
 * features may be named instead of a feature, and `all`; a narrower name wins over a
 * wider one, whatever the order.
 * Errors: -EINVAL for an unknown name or value, a value out of range, or a name given twice.
 */
int latch_params_assign(struct latch_module *mod, char *const *assignments, size_t n,
			struct latch_error *err);
/* A value in words: "3", "yes", "a,b", "observe". Returns buf. */
const char *latch_param_format(const struct latch_param *p, int64_t value, char *buf, size_t size);
const char *latch_mode_name(unsigned int mode);
/* LATCH_OFF..LATCH_ENFORCE, or -EINVAL. */
int latch_mode_parse(const char *word);
/* Whether a comma-separated list holds a word. */
bool latch_list_has(const char *list, const char *word);
/* The one of n names that was meant by `word`, to go by its letters; NULL: none is near. */
const char *latch_nearest(const char *word, const char *const *names, size_t n);

/*
 * What others chose, fit for a terminal and for JSON: a control character, one that turns the
 * direction of the text beside it, and a byte that is not UTF-8 become \xNN, a byte each. Doing
 * it twice changes nothing. keep: control characters that stay, as "\n\t". Of a name, a
 * backslash that begins what looks like \xNN becomes \x5c, so that the name can be told: once
 * only. What is too long for buf is cut between characters; 4 bytes for each, and one, are
 * enough. Return buf.
 */
const char *latch_text_shown(const char *text, const char *keep, char *buf, size_t size);
const char *latch_name_shown(const char *name, char *buf, size_t size);

/*
 * A moment as local time, as the wall clock was then: "2026-11-24 10:15:01"; if that was not
 * set then (before 2020), since boot: "boot+0d 00:00:07". buf: 32 bytes. Returns buf.
 */
const char *latch_time_format(const struct latch_time *t, char *buf, size_t size);
/* Whether the wall clock was set then. */
bool latch_time_set(const struct latch_time *t);

/* ---- the running kernel ---- */

enum latch_check_state { LATCH_CHECK_OK, LATCH_CHECK_NOTE, LATCH_CHECK_UNKNOWN, LATCH_CHECK_BAD };

struct latch_check {
	const char *name;
	enum latch_check_state state; /* UNKNOWN: it could not be looked at; BAD: modules cannot work */
	bool optional;		      /* modules work without */
	char text[768];		      /* what is, and what to do */
};

#define LATCH_CHECKS 11
/*
 * Fills checks[LATCH_CHECKS]. attach: attaches an empty program, in a process of its own, calls
 * it, and detaches it. Returns 0, or -EOPNOTSUPP if what modules need is BAD, or UNKNOWN.
 */
int latch_doctor(struct latch_check *checks, bool attach);

enum latch_called { LATCH_CALLED_NO, LATCH_CALLED_YES, LATCH_CALLED_UNKNOWN };

/*
 * Whether this kernel calls the programs of modules, as far as can be read: it is to have bpf in
 * its list of LSMs, and kernel.ftrace_enabled is not to be 0. why: where it is not YES, the
 * sentence. Cheap; latch_doctor() tries it.
 */
enum latch_called latch_called(struct latch_error *why);

/* Turns the features that mod takes from an enum of the kernel into params. */
int latch_features_resolve(struct latch_module *mod, struct latch_error *err);

/* Whether all hooks of mod are there for features only, so that it denies nothing while these are off. */
bool latch_features_only(const struct latch_module *mod);

/* ---- loading ---- */

struct latch; /* the open latch directory in bpffs, locked against other callers */

/*
 * Opens and locks /sys/fs/bpf/latch to change something, waits up to 30 s for another caller, and
 * removes what a killed one, or a trial that is over, left behind. make: mounts bpffs and makes
 * the directory if need be; without it, no directory means that nothing is loaded.
 * Errors: -EPERM, -EOPNOTSUPP, -EBUSY; with make, -EKEYREJECTED as of latch_hidden().
 */
int latch_open(struct latch **l, bool make, struct latch_error *err);
/*
 * Opens it to read: changes and removes nothing, and shares the lock with others who read. What
 * was left behind is no module, so it is not among latch_state_names().
 */
int latch_open_to_read(struct latch **l, struct latch_error *err);
void latch_close(struct latch *l);
/*
 * What the file that this process runs does, and is not denied, is counted apart as latch's own
 * by modules that l loads from here on. Not for an interpreter, nor a program that does more.
 */
void latch_count_self_apart(struct latch *l);
/* What latch_open() had to do: bpffs was mounted. */
bool latch_mounted_bpffs(const struct latch *l);
/*
 * A sentence for each thing that was left behind by a killed caller or a trial that is over:
 * latch_open() has removed it, latch_open_to_read() says what it does meanwhile.
 */
size_t latch_notes(const struct latch *l);
const char *latch_note(const struct latch *l, size_t i);
/*
 * Whether a module is in force of which /sys/fs/bpf/latch shows nothing: bpffs was moved,
 * something is mounted over it, or pins were removed while somebody holds the links. Seen for
 * certain of sealed modules; of others that were made with the SDK, where that directory
 * shows no module. Or whether a mount covers that directory or one in it, so that it may be so.
 * What is read of it is not all there is then, and nothing is loaded or sealed (-EKEYREJECTED).
 */
bool latch_hidden(const struct latch *l);
/* Whether that is known. It is not where nothing is shown, and something may answer bpf(2) in the kernel's place. */
bool latch_hidden_known(const struct latch *l);
/* Which of these, in words. */
const char *latch_hidden_text(const struct latch *l);

/*
 * Changes take a trial's length in nanoseconds, 0 for none: the kernel takes the change
 * back when it is over, needing no process, unless latch_confirm() comes first. While a
 * module is on trial, other changes to it get -EINPROGRESS; latch_unload() is always possible.
 */

/*
 * Loads mod, whose params hold the values wanted, and opens its gate in `mode`
 * (LATCH_OBSERVE or LATCH_ENFORCE). All or nothing.
 * Errors: -EEXIST, -EOPNOTSUPP, -EPERM, -E2BIG (a hook is full), -EACCES (verifier).
 */
int latch_load(struct latch *l, struct latch_module *mod, unsigned int mode, uint64_t trial,
	       struct latch_error *err);
/* Keeps what is on trial. Errors: -ENOENT: it is not on trial; -ETIME: it was just over. */
int latch_confirm(struct latch *l, const char *name, struct latch_error *err);

/*
 * Refuses with -EKEYREJECTED a module that declares itself permanent, unless it is on trial.
 * Closes the gate, drops everything, and waits until the kernel has let the programs go:
 * *gone is false if it had not within 10 s (it will; nothing of the module is called).
 */
int latch_unload(struct latch *l, const char *name, bool *gone, struct latch_error *err);

struct latch_replaced {
	char version[64];   /* of the one that was there before */
	unsigned int mode;  /* which the new one took over */
	char dropped[1024]; /* values that it could not take over: "a=3 b=enforce"; may be "" */
	bool gone;	    /* the kernel has let the old programs go */
};

/*
 * Puts mod in the place of the loaded module of its name: mode and parameters are carried
 * over by name, then the n assignments hold, what neither names keeps mod's default. All or
 * nothing, and never a gap: for a while both deny. The tally starts anew. drop: values for
 * which mod has no place are given up; else they are an error.
 * Errors: -ENOENT, -EINPROGRESS (on trial), -EINVAL, and those of latch_load().
 */
int latch_replace(struct latch *l, struct latch_module *mod, char *const *assignments, size_t n, bool drop,
		  struct latch_replaced *r, struct latch_error *err);

/* ---- what is loaded ---- */

struct latch_state {
	struct latch_module *module; /* values and hooks as they are now */
	unsigned int mode;	     /* meaningless if !module->gated */
	struct latch_count count;    /* the same */
	uint64_t trial_left;  /* seconds until a trial is over; 0: not on trial */
	unsigned int missing; /* links that should be there and are not: somebody removed them */
	bool sealed;
	struct latch_seal seal; /* if sealed */
	uint64_t unlisted;	/* if sealed: attempts, on any seal, that latch_tally_read() has not: their record was full */
	struct latch_info info; /* without its text, hence last */
};

/*
 * What holds of a module, or of one of its features: not what it is set to, but what comes of
 * that in the module's mode, with the hooks that are attached, on a kernel that calls them or not.
 * The first three are the modes.
 */
enum latch_effect {
	LATCH_EFFECT_OFF = LATCH_OFF,
	LATCH_EFFECT_OBSERVE = LATCH_OBSERVE,
	LATCH_EFFECT_ENFORCE = LATCH_ENFORCE,
	LATCH_EFFECT_DAMAGED, /* hooks are missing: it may hold in part */
	LATCH_EFFECT_NOT_CALLED,
	LATCH_EFFECT_UNKNOWN, /* whether it is called is not known */
};

/* p: one of st->module->params, or NULL for the module: the strictest of its features. */
enum latch_effect latch_effect(const struct latch_state *st, const struct latch_param *p, enum latch_called called);
/* "off", "observe", "enforce", "damaged", "not called", "unknown" */
const char *latch_effect_word(enum latch_effect holds);
/* The one sentence for it: "enforce: 2 of 34 features enforced, 1 observed". Returns buf. */
const char *latch_effect_text(const struct latch_state *st, enum latch_called called, char *buf, size_t size);
/* Whether something of it is set to be enforced, so that it should deny. */
bool latch_state_enforces(const struct latch_state *st);

/* Errors: -ENOENT: no module of that name is loaded. */
int latch_state_read(struct latch *l, const char *name, struct latch_state **st,
		     struct latch_error *err);
void latch_state_free(struct latch_state *st);
/* Names of the loaded modules, sorted; *names and each name are the caller's to free. */
int latch_state_names(struct latch *l, char ***names, size_t *n, struct latch_error *err);

/*
 * What is to be done about a module: `remedy`, or, where it is sealed, that it can be done at the
 * next boot only. Returns buf, or remedy.
 */
const char *latch_remedy(const char *name, const char *remedy, char *buf, size_t size);

int latch_mode_set(struct latch *l, const char *name, unsigned int mode, uint64_t trial,
		   struct latch_error *err);
/*
 * Sets parameters of a loaded module, and its mode unless that is LATCH_OFF; attaches hooks
 * that are needed now, and detaches those that no longer are.
 */
int latch_param_set(struct latch *l, const char *name, char *const *assignments, size_t n,
		    unsigned int mode, uint64_t trial, struct latch_error *err);

#ifdef __cplusplus
}
#endif

#include <latch/seal.h>
#include <latch/allow.h>
#include <latch/record.h>
#include <latch/lockdown.h>
#include <latch/config.h>

#endif
