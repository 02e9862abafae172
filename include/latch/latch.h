/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: load, control and read security modules on the running kernel.
 *
 * Functions return 0 or a negative errno, and then fill the struct latch_error
 * with a sentence for the administrator. Classes that a caller may tell apart:
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
 * shows no module. What is read of it is not all there is then, and nothing is loaded or
 * sealed (-EKEYREJECTED). latch_hidden_text says so.
 */
bool latch_hidden(const struct latch *l);
extern const char latch_hidden_text[];

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

/*
 * Seals a loaded module until reboot: from here on nobody unloads it, sets it or forges its
 * record. All or nothing: each denial is tried before it is for good. flags: LATCH_SEAL_WEAK
 * seals though ways are open, and records them; LATCH_SEAL_LAST refuses later loads too;
 * LATCH_SEAL_WARN and LATCH_SEAL_PANIC need latch.ko, see latch_tamper_parse().
 * Errors: -EKEYREJECTED: sealed already, or it can be undone from below (see
 * latch_seal_demands()); -EBUSY: somebody has a hand on it; -EINPROGRESS: it is on trial;
 * -EOPNOTSUPP: a seal would not hold on this kernel, and which way is open, or latch.ko is
 * needed and not there.
 * On success err->text is empty, or says why latch.ko, which is loaded, does not hold its links.
 */
int latch_seal(struct latch *l, const char *name, unsigned int flags, struct latch_error *err);
/*
 * Loads lockdown, or sets it, so that it closes what is open from below, and seals it; all or
 * nothing. tamper: LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0.
 */
int latch_seal_lockdown(struct latch *l, unsigned int tamper, struct latch_error *err);

/* A feature of lockdown that latch_seal_lockdown() would set, so that it stays so until reboot. */
struct latch_seal_change {
	char feature[LATCH_NAME_MAX];
	unsigned int from; /* LATCH_OFF, too, where lockdown is not loaded */
};

/*
 * What latch_seal_lockdown() would set; *changes is the caller's to free. loads: it would load
 * lockdown; observed: its mode is LATCH_OBSERVE, and would be LATCH_ENFORCE. Changes nothing.
 */
struct latch_seal_changes {
	struct latch_seal_change *list;
	size_t n;
	bool loads, observed;
};
int latch_seal_lockdown_changes(struct latch *l, struct latch_seal_changes *changes, struct latch_error *err);

enum latch_lockdown_then {
	LATCH_THEN_AS_IT_IS,
	LATCH_THEN_SEALED,   /* lockdown is sealed before, as it is */
	LATCH_THEN_ENFORCED, /* the same, by latch_seal_lockdown() */
};

/*
 * Whether latch_seal() would be refused, as far as can be seen without trying. Changes nothing.
 * Errors: as latch_seal().
 */
int latch_seal_try(struct latch *l, const char *name, unsigned int flags, enum latch_lockdown_then then,
		   struct latch_error *err);

/*
 * What comes of an attempt on a seal, beside its denial: "deny" is 0, nothing more; "warn",
 * LATCH_SEAL_WARN, a line in the kernel's log; "panic", LATCH_SEAL_PANIC. -EINVAL: no such word.
 */
int latch_tamper_parse(const char *word);
const char *latch_tamper_word(unsigned int flags);
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
/* The one sentence for it: "enforce: 2 of 33 features enforced, 1 observed". Returns buf. */
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

/* ---- exceptions ---- */

/*
 * Makes an exception from a feature of a loaded module: kind is "exe" or "module", and what
 * the whole path of a file, or "unit", and what a unit's name or its cgroup's path below the
 * mount. A file that is replaced or written to later loses it. *ex is what was made.
 * Errors: -EINVAL: no such feature, or none of it for that kind; -ENOENT: no such file or unit;
 * -E2BIG: too many; -EINPROGRESS: on trial, which takes back mode and parameters only;
 * -EOPNOTSUPP: this kernel does not say how it knows the file or the unit.
 */
int latch_allow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		struct latch_exception *ex, struct latch_error *err);
/* Takes it back, also if the file or unit is gone. Errors: -EINVAL, -ENOENT: there is none, -EINPROGRESS. */
int latch_disallow(struct latch *l, const char *name, const char *feature, const char *kind, const char *what,
		   struct latch_error *err);
/*
 * What latch_allow() would make, for a module that need not be loaded; its features have to be
 * resolved. Nothing is changed. Errors: as latch_allow().
 */
int latch_exception_resolve(const struct latch_module *mod, const char *feature, const char *kind, const char *what,
			    struct latch_exception *ex, struct latch_error *err);
/* Fills lost of all exceptions of mod. Errors: -EOPNOTSUPP and others: it could not be found out. */
int latch_exceptions_check(struct latch_module *mod, struct latch_error *err);
/* "exe", "unit" or "module" */
const char *latch_exception_kind(const struct latch_exception *ex);
/* By what the kernel knows it: "the SHA-256 of its content" */
const char *latch_exception_basis(const struct latch_exception *ex);
/* Whether a cgroup of that path below the mount is there now. */
bool latch_cgroup_there(const char *path);

/* ---- latch.ko: links that the kernel keeps until reboot ---- */

struct latch_held {
	uint32_t link, prog; /* ids */
	uint64_t since;	     /* CLOCK_BOOTTIME nanoseconds */
	uint32_t uid;	     /* who handed it over, in the initial user namespace */
	char name[16];	     /* of the program; "-" without one */
	char hook[64];	     /* what it is attached to: "bpf_lsm_file_open" */
};

/* The interface of the latch.ko that is loaded, LATCH_HOLD_ABI if it is ours. -ENOENT: none is. */
int latch_hold_version(void);
/*
 * Hands n link descriptors to latch.ko, which keeps these links attached until reboot, and
 * reads back that it has them. They stay the caller's to close. There is no way back: if this
 * fails at one, those before it are held. A link that is held already is no error.
 * Errors: -ENOENT: no latch.ko; -EPERM; -EBUSY: ftrace is off; -EINVAL: no link; -EOPNOTSUPP: it
 * can be detached, or another interface; -EBADMSG: latch.ko does not list it.
 */
int latch_hold_links(const int *fds, size_t n, struct latch_error *err);
/* What latch.ko holds; *held is the caller's to free. */
int latch_hold_read(struct latch_held **held, size_t *n, struct latch_error *err);
/*
 * Whether latch.ko is there for what tamper says (LATCH_SEAL_WARN, LATCH_SEAL_PANIC; 0 needs
 * none) of the module named. -EOPNOTSUPP and the remedy, if not.
 */
int latch_hold_ready(const char *name, unsigned int tamper, struct latch_error *err);
/*
 * From now on latch.ko tells in the kernel's log of each struct latch_attempt in that BPF queue,
 * or panics, as it says; so it does at a record in that BPF ring buffer. They have to be empty, and
 * become latch.ko's: nobody may read them. There is no way back.
 * Errors: as latch_hold_links(), but -EOPNOTSUPP: no latch.ko, or another interface; -ENOTEMPTY.
 */
int latch_hold_tamper(int queue, int ring, struct latch_error *err);

/* ---- what was denied ---- */

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
 * The path of the program, as found on disk under the recorded names where device and
 * inode prove it; else the recorded names, with `*` for one that could not be read.
 * Returns buf; "" for a kernel thread.
 */
const char *latch_who_path(const struct latch_who *who, uint64_t dev, uint64_t ino, char *buf,
			   size_t size);

enum latch_happening {
	LATCH_WATCH_LOADED,
	LATCH_WATCH_REPLACED,
	LATCH_WATCH_UNLOADED,
	LATCH_WATCH_WAITING, /* without a name: there is no module to watch yet */
};

/* Each function returns 0 to go on; what is negative ends latch_watch() with that value. */
struct latch_watcher {
	int (*event)(const struct latch_module *mod, const struct latch_event *event, void *arg);
	/* Events were dropped, as the ring was full: how many since the module was loaded. */
	int (*lost)(const struct latch_module *mod, uint64_t lost, void *arg);
	/* why: the module that was loaded or put in its place cannot be watched; or NULL. May be NULL. */
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

#include <latch/lockdown.h>
#include <latch/config.h>

#endif
