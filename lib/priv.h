/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of liblatch share. */
#ifndef LATCH_PRIV_H
#define LATCH_PRIV_H

#include <latch/latch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define LATCH_BPFFS "/sys/fs/bpf"
#define LATCH_ROOT LATCH_BPFFS "/latch"

/* Stores the sentence and returns code. */
int latch_fail(struct latch_error *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static inline void latch_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void latch_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_free_ __attribute__((cleanup(latch_free_ptr)))
#define _cleanup_close_ __attribute__((cleanup(latch_close_fd)))

/* error.c: the lines that libbpf would have printed go here, until the next call. */
void latch_libbpf_capture(void);
const char *latch_libbpf_said(void);

/* info.c: key=value strings */
int latch_info_parse(struct latch_module *mod, const char *label, struct latch_error *err);
int latch_info_append(struct latch_module *mod, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Calls fn with the value of each string of that key, until it returns non-zero. */
int latch_info_each(const struct latch_module *mod, const char *key,
		    int (*fn)(struct latch_module *mod, char *value, void *arg), void *arg);
/* Says where in the map `param` that symbol stands. -ENOENT: it is no parameter. */
int latch_info_place(struct latch_module *mod, const char *symbol, uint32_t offset);
bool latch_param_placed(const struct latch_param *p);
struct latch_param *latch_param_add(struct latch_module *mod, const char *name);
bool latch_name_ok(const char *name);

/* types.c: whether libbpf can be given a file with that .BTF section. */
bool latch_types_ok(const void *data, size_t size);

/* kernel.c */
struct btf;
/* The running kernel's BTF, kept for the next who asks; NULL and err without. */
const struct btf *latch_kernel_btf(struct latch_error *err);
/* Before libbpf reads it for itself, some MiB; what latch_kernel_btf() returned is void then. */
void latch_kernel_btf_drop(void);
/* Of the function that programs for an LSM hook are attached to. -ENOENT: no such hook. */
int latch_kernel_hook_id(const char *hook);
/*
 * Gives the kernel a program that only returns `value`, for an LSM hook or, of another type,
 * for a function. An fd, what the kernel said, or -ENOENT as above.
 */
int latch_kernel_try(uint32_t type, uint32_t attach_type, const char *function, int value);
/* false only if the kernel's BTF can be read and does not have it. */
bool latch_kernel_has_function(const char *name);
int latch_read_file(const char *path, char *buf, size_t size);
bool latch_has_capability(unsigned int cap);

/* pins.c: bpf() on a pin below the latch directory. Returns an fd, or negative errno. */
int latch_pin_get(const char *module, const char *kind, const char *name);
int latch_pin_put(int fd, const char *room, const char *kind, const char *name);
int latch_pin_drop(const char *room, const char *kind, const char *name);
/*
 * Calls fn with the name of each pin in room/kind until it returns non-zero, and returns that.
 * The ring of events is left out: it is a channel, and not kept. No such directory: no pins.
 */
int latch_pins_each(const char *room, const char *kind, int (*fn)(const char *name, void *arg), void *arg);

/* bpffs.c: the room of each module below the latch directory */
struct latch {
	int dir; /* LATCH_ROOT, locked */
	bool mounted;
	bool hidden; /* see latch_hidden() */
	unsigned int leftovers;
};

int latch_room_make(const char *room);
int latch_room_remove(struct latch *l, const char *room);
/*
 * unload.c: removes a room, from the first step on as one that nobody takes for a module,
 * and waits until the kernel has let its programs go: see latch_unload().
 */
int latch_room_end(struct latch *l, const char *name, bool *gone);

/* The same for a module that is in force: its gate is closed before. */
int latch_module_end(struct latch *l, const char *name, bool *gone, struct latch_error *err);

/*
 * state.c: -EKEYREJECTED and since when and by whom, if it declares itself permanent, and
 * is not on trial.
 */
int latch_permanent_refuse(const char *name, struct latch_error *err);

/* gate.c: maps of a module, mapped; of a sealed one, a copy of what its view shows */
struct latch_map {
	void *data;
	size_t size;
	bool copy;
};

int latch_map_open(struct latch_map *m, const char *module, const char *map, bool write);
void latch_map_close(struct latch_map *m);
unsigned int latch_gate_mode(const struct latch_gate *gate);
void latch_gate_store(struct latch_gate *gate, unsigned int mode);
int latch_gate_close(const char *module);

/* view.c: the elements of a map, as a file */
struct latch_view {
	const char *name;
	int map; /* descriptor */
};

/*
 * Pins a view of each map in room/view. tags: of all programs that views may have;
 * function: BTF id of what they are attached to.
 */
int latch_views_pin(const char *room, const struct latch_view *views, size_t n, uint64_t *tags, uint32_t *function);
/* *data is the caller's to free. -ENOENT: there is no such view. */
int latch_view_read(const char *room, const char *name, void **data, size_t *size);

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
/* -EBUSY: a reference that is not expected, or a program that would undo a seal. */
int latch_census_take(struct latch_census_taker *t, const struct latch_expected *x, struct latch_error *err);

/* guard.c, arm.c: the guard of one module, while it is put up */
struct guard_bpf;
struct mounts_bpf;
struct latch_guard;
struct latch_guarding {
	const char *room;
	struct guard_bpf *skel;	   /* until latch_guard_hold() */
	struct mounts_bpf *mounts; /* the same; NULL where this kernel does not take it */
	char mounts_refused[128];  /* why */
	struct latch_guard *state; /* mapped; until latch_guard_arm() */
	int life;		   /* the descriptor that says that this process lives */
	unsigned int shared;	   /* the strictest on-tamper of this one and those sealed before */
	int tamper, alarm;	   /* what latch.ko gets, if that is not 0; else -1 */
	struct latch_expected expected;
	struct latch_seal seal;
};

/*
 * A way that stands open. Returns 0 and notes it if the seal may be weak, else -EOPNOTSUPP
 * and the sentence. An error stays an error.
 */
int latch_guard_way_open(struct latch_guarding *g, struct latch_error *err, const char *way, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int latch_guard_load(struct latch_guarding *g, struct latch_error *err);
/* fd: of the map guard_state */
int latch_guard_state_map(struct latch_guarding *g, int fd);
/* Attaches and pins, enters what is to be kept. Nothing is guarded yet. */
int latch_guard_put_up(struct latch_guarding *g, struct latch_error *err);
/* From here on nobody else gets at the module or the guard. */
int latch_guard_hold(struct latch_guarding *g, struct latch_error *err);
/* Has latch.ko do what on-tamper says, from arming on. */
int latch_guard_connect(struct latch_guarding *g, struct latch_error *err);
/* For good. */
int latch_guard_arm(struct latch_guarding *g, struct latch_error *err);
/* Takes down a guard that is not armed. */
void latch_guard_drop(struct latch_guarding *g);

/* cgroup.c: programs attached to the root of the default cgroup hierarchy */
int latch_cgroup_attach(int prog, int type);
/* -ENOENT: it is not attached. */
int latch_cgroup_detach(int prog, int type);

/* handover.c: -ENOENT: no latch.ko is loaded. */
int latch_hand_over(const char *room, struct latch_error *err);

/* keep.c: what the guard keeps of a room */
int latch_keep(int kept, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how);
/* Programs, maps and links of the room, with the references that they hold on one another. */
int latch_keep_objects(const char *room, int kept, struct latch_expected *x, struct latch_error *err);
/* Its pins and directories, and those on the way to it. */
int latch_keep_pins(const char *room, int kept, struct latch_error *err);
/* Functions whose return value is not to be changed; function: of view programs. */
int latch_keep_functions(int kept, uint32_t function, struct latch_expected *x, struct latch_error *err);
/* Hooks of the room that programs may not be attached to. */
int latch_keep_hooks(const char *room, int kept, struct latch_expected *x, struct latch_error *err);

/* selftest.c: tries what the guard is to deny. -EOPNOTSUPP: that way is open. */
int latch_selftest(struct latch *l, struct latch_guarding *g, struct latch_error *err);

/* hidden.c: sets l->hidden, with the latch directory open or, where there is none, without. */
int latch_hidden_look(struct latch *l, struct latch_error *err);
/* -EKEYREJECTED: a change could be made beside what is hidden. */
int latch_hidden_refuse(const struct latch *l, struct latch_error *err);

/* seal.c: -EOPNOTSUPP in a container. */
int latch_seal_namespace(struct latch_error *err);

/* sealed.c */
const char *latch_rule_name(uint32_t rule);
/* Whether a seal lists that way as open. */
bool latch_seal_way_open(const struct latch_seal *seal, const char *way);
/* -ENOENT: not sealed. */
int latch_seal_read(const char *room, struct latch_seal *seal);
/* -EKEYREJECTED and since when and by whom, if it is sealed. */
int latch_seal_refuse(const char *room, struct latch_error *err);
/* The same after a seal of everything. */
int latch_seal_refuse_load(struct latch *l, struct latch_error *err);
/* The strictest on-tamper of the sealed modules: LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0. */
int latch_seal_strictest(struct latch *l, unsigned int *tamper, struct latch_error *err);
/* Removes what a latch left that was killed while it sealed. */
int latch_seal_tidy(struct latch *l, const char *room);

/* trial.c */
/* mode_before: what the gate goes back to; the parameters go back to what they are now. */
int latch_trial_start(const char *room, unsigned int mode_before, uint64_t length, struct latch_error *err);
void latch_trial_drop(const char *room);
/* -ENOENT: not on trial. */
int latch_trial_read(const char *room, struct latch_trial *trial);
/* Seconds. */
uint64_t latch_trial_left(const struct latch_trial *trial);
/* -EBUSY and why, if it is on trial. */
int latch_trial_refuse(const char *room, struct latch_error *err);

/* finding.c: -ENOMEM. What was found already is not added again. */
int latch_finding_add(struct latch_findings *f, enum latch_finding_kind kind, const char *feature, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* late.c, late_kernel.c, late_bpf.c, uncovered.c: each adds what it finds. 0 or -ENOMEM. */
/* tracefs: may be looked at; not while asking would be denied, or counted as somebody's use. */
int latch_late_find(struct latch_findings *f, enum latch_property property, bool tracefs);
int latch_late_kernel(struct latch_findings *f, bool tracefs);
int latch_late_bpf(struct latch_findings *f);
int latch_uncovered_find(struct latch_findings *f, enum latch_property property);

/* holders.c: calls fn for each holder until it returns non-zero, and returns that; or negative errno. */
int latch_holders_each(int (*fn)(const struct latch_holder *h, void *arg), void *arg);

/* identity.c: asks the kernel how it names files and cgroups, see struct latch_allow_key. */
struct latch_identity;
int latch_identity_open(struct latch_identity **out, struct latch_error *err);
void latch_identity_close(struct latch_identity *i);
/* Fills id, and digest unless NULL. Returns 1 if the kernel told the digest, 0 if not. */
int latch_identity_file(struct latch_identity *i, int fd, __u64 *id, __u64 *digest);
int latch_identity_place(int cgroup, __u64 *place, struct latch_error *err);

/* place.c: path gets LATCH_ALLOW_NAME bytes. -ENOENT: no such unit is known. */
int latch_unit_find(const char *name, char *path, __u64 *place, struct latch_error *err);
/* The place of a cgroup by its path, "/a/b". */
__u64 latch_place_of(const char *path);

/* exception.c */
bool latch_exception_same(const struct latch_exception *a, const struct latch_exception *b);
/* Whether mod has it. */
bool latch_exception_listed(const struct latch_module *mod, const struct latch_exception *ex);
int latch_exception_append(struct latch_module *mod, const struct latch_exception *ex);

/* allow.c: the exceptions of a loaded module, in the kernel and in mod */
int latch_exceptions_read(struct latch_module *mod, struct latch_error *err);
int latch_exception_enter(int map, const struct latch_exception *ex);
/* Writes how many each feature has into the map `param`. */
void latch_exceptions_count(const struct latch_module *mod, void *data);
/* Attaches the hooks they need, too. All or nothing. */
int latch_exceptions_add(struct latch_module *mod, const struct latch_exception *list, size_t n,
			 struct latch_error *err);
/* Leaves hooks that nothing needs any more to latch_hooks_tidy(). */
int latch_exceptions_remove(struct latch_module *mod, const struct latch_exception *list, size_t n,
			    struct latch_error *err);

/* config.c: whether a setting is an exception, of which there can be more than one */
bool latch_setting_allows(const struct latch_wanted *w, const struct latch_setting *s);

/* wanted.c: NULL: not set. */
const struct latch_setting *latch_wanted_setting(const struct latch_wanted *w, const char *key);
/* A key that [latch] can have for all: what the module's own section says goes before that. w: may be NULL. */
const struct latch_setting *latch_wanted_or_all(const struct latch_config *config, const struct latch_wanted *w,
						const char *key);
/*
 * Reads the module's file, and gives it the values and exceptions wanted. An exception for what
 * is not there is left out, and said in notes unless that is NULL.
 */
int latch_wanted_read(const struct latch_wanted *w, FILE *notes, struct latch_module **mod, struct latch_error *err);

/* audit.c: result is 0 or a negative errno; the values are those wanted */
void latch_audit_load(const char *operation, const struct latch_module *mod, unsigned int mode, uint64_t trial,
		      int result);
void latch_audit_set(const struct latch_module *mod, unsigned int mode, uint64_t trial, int result);
void latch_audit(const char *operation, const char *module, int result);

/* devices.c: enters the devices that mod wants to know and that are there into its map */
int latch_devices_fill(const struct latch_module *mod, int map);

/* set.c: detaches hooks that no feature needs any more. */
int latch_hooks_tidy(struct latch *l, const char *name, struct latch_error *err);
/* Attaches what mod needs and lacks; on failure takes back what this call attached. */
int latch_hooks_attach(const char *name, const struct latch_module *mod, struct latch_error *err);

/* param.c: values in the map `param` */
void latch_param_load(struct latch_param *p, const void *data);
void latch_param_store(const struct latch_param *p, void *data);
size_t latch_param_size(const struct latch_param *p);
/* Whether a hook is there for features only. */
bool latch_hook_served(const struct latch_module *mod, const char *hook);
/* Whether a hook has work with the values wanted. */
bool latch_hook_needed(const struct latch_module *mod, const char *hook);

/*
 * replace.c: gives `to` the values of `from` by name, but those that the assignments name.
 * lost: "name=value ..." of those that it has no place for, but features that are off.
 */
int latch_params_carry(const struct latch_module *from, struct latch_module *to, char *const *assignments, size_t n,
		       char *lost, size_t size);

/* doctor.c: -EOPNOTSUPP and the remedy, where programs could not work or would not be called. */
int latch_kernel_ready(struct latch_error *err);

/* programs.c */
/* Attaches a program. Returns the link's fd, or a negative errno. */
int latch_attach(int prog_fd);
int latch_fail_attach(struct latch_error *err, int code, const char *module, const char *hook);

uint64_t latch_boot_ns(void);
/* A boot-clock time as local time, "2026-11-24 10:15:01". Returns buf. */
const char *latch_time_format(uint64_t boot_ns, char *buf, size_t size);

#endif
