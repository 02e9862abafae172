// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading: all programs with the gate closed, every hook attached, everything
 * pinned in a room that nobody takes for a module, one rename, one store. What
 * fails before the rename leaves nothing; what is killed before the store
 * leaves a closed gate, which the next latch_open() takes down.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "priv.h"

#define VERIFIER_LOG (4 << 20) /* bytes; touched only as far as it is written */

struct loading {
	struct latch *l;
	struct latch_module *mod;
	struct latch_error *err;
	struct bpf_object *obj;
	char *log;
	char room[LATCH_NAME_MAX + 16];
	bool room_made;
	int link[LATCH_HOOKS_MAX]; /* by index in mod->hooks; -1: not attached */
};

int latch_attach(int prog_fd)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	return fd < 0 ? -errno : fd;
}

int latch_fail_attach(struct latch_error *err, int code, const char *module, const char *hook)
{
	if (code == -E2BIG)
		return latch_fail(err, code,
				  "%s: hook %s is full: this kernel attaches no more programs to it: "
				  "see `bpftool link` for those there",
				  module, hook);
	return latch_fail(err, code, "%s: cannot attach to hook %s: %s", module, hook, strerror(-code));
}

static const char *hook_of(const struct bpf_program *prog)
{
	const char *slash = strchr(bpf_program__section_name(prog), '/');

	return slash ? slash + 1 : "";
}

static struct bpf_program *prog_of(const struct loading *ld, const char *hook)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, ld->obj)
		if (!strcmp(hook_of(prog), hook))
			return prog;
	return NULL;
}

/* The last line of the verifier's log that is not statistics: what it objects to. */
static const char *decisive_line(char *log)
{
	const char *line = NULL;

	for (char *s = strtok(log, "\n"); s; s = strtok(NULL, "\n"))
		if (strncmp(s, "processed ", 10) && strncmp(s, "verification time", 17) &&
		    strncmp(s, "stack depth", 11) && *s)
			line = s;
	return line;
}

static int fail_open(struct loading *ld, int code)
{
	char why[128];

	libbpf_strerror(code, why, sizeof(why));
	return latch_fail(ld->err, code == -ENOMEM ? code : -ENOEXEC, "%s: libbpf cannot read it: %s%s%.1000s",
			  ld->mod->name, why, *latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
}

/* The hook whose program libbpf complains of. */
static const char *hook_blamed(const struct loading *ld, const char *said)
{
	char quoted[2 * LATCH_NAME_MAX];

	for (size_t i = 0; i < ld->mod->nhooks; i++) {
		struct bpf_program *prog = prog_of(ld, ld->mod->hooks[i].name);

		snprintf(quoted, sizeof(quoted), "prog '%s'", prog ? bpf_program__name(prog) : "");
		if (strstr(said, quoted))
			return ld->mod->hooks[i].name;
	}
	return NULL;
}

static const char *hook_missing(const struct loading *ld)
{
	struct latch_error unused;
	struct btf *btf = latch_kernel_btf(&unused);
	const char *missing = NULL;

	for (size_t i = 0; btf && i < ld->mod->nhooks && !missing; i++)
		if (!latch_kernel_has_hook(btf, ld->mod->hooks[i].name))
			missing = ld->mod->hooks[i].name;
	btf__free(btf);
	return missing;
}

/*
 * Whether not even a program that only denies may be attached to it: the kernel's disabled
 * hooks, and those that answer yes or no (from 6.12.118 these take programs, which may return
 * 0 or 1).
 */
static bool hook_closed(const char *hook)
{
	const struct bpf_insn deny[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -EPERM },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC);
	int id = libbpf_find_vmlinux_btf_id(hook, BPF_LSM_MAC);
	_cleanup_close_ int fd = -1;

	if (id <= 0)
		return false;
	opts.attach_btf_id = (uint32_t)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_LSM, NULL, "GPL", deny, 2, &opts);
	return fd < 0 && errno == EINVAL;
}

/* Finds out why libbpf could not load the object. */
static int fail_load(struct loading *ld, int code)
{
	_cleanup_free_ char *said = strdup(latch_libbpf_said());
	const char *blamed = said ? hook_blamed(ld, said) : NULL, *missing;
	const char *line = decisive_line(ld->log);

	if (line && blamed && hook_closed(blamed))
		return latch_fail(ld->err, -EOPNOTSUPP,
				  "%s: hook %s: this kernel lets no BPF program deny there: %s", ld->mod->name,
				  blamed, line);
	if (line)
		return latch_fail(ld->err, code == -EPERM || code == -ENOMEM ? code : -EACCES,
				  "%s: hook %s: the kernel's verifier refuses the program: %s", ld->mod->name,
				  blamed ? blamed : "unknown", line);
	missing = hook_missing(ld);
	if (missing)
		return latch_fail(ld->err, -EOPNOTSUPP, "%s: this kernel has no hook `%s`", ld->mod->name, missing);
	return latch_fail(ld->err, code == -EINVAL ? -EIO : code, "%s: the kernel does not take it: %s%s%.1000s",
			  ld->mod->name, strerror(-code), said && *said ? "\n" : "", said ? said : "");
}

static int set_values(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, ".data.param");
	size_t size = 0;
	void *data = map ? (void *)bpf_map__initial_value(map, &size) : NULL;

	for (size_t i = 0; i < ld->mod->nparams; i++) {
		if (!data || ld->mod->params[i].offset + latch_param_size(&ld->mod->params[i]) > size)
			return latch_fail(ld->err, -ENOEXEC, "%s: parameter %s has no place in the object",
					  ld->mod->name, ld->mod->params[i].name);
		latch_param_store(&ld->mod->params[i], data);
	}
	return 0;
}

static int load_programs(struct loading *ld)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = ld->mod->name);
	struct bpf_program *prog;
	int e;

	latch_libbpf_capture();
	ld->obj = bpf_object__open_mem(ld->mod->file, ld->mod->file_size, &opts);
	if (!ld->obj)
		return fail_open(ld, -errno);
	bpf_object__for_each_program(prog, ld->obj)
		bpf_program__set_log_buf(prog, ld->log, VERIFIER_LOG);
	e = set_values(ld);
	if (e)
		return e;
	e = bpf_object__load(ld->obj);
	return e ? fail_load(ld, e) : 0;
}

static int attach_hooks(struct loading *ld)
{
	for (size_t i = 0; i < ld->mod->nhooks; i++) {
		const char *hook = ld->mod->hooks[i].name;
		struct bpf_program *prog = prog_of(ld, hook);

		if (!prog)
			return latch_fail(ld->err, -ENOEXEC, "%s: no program for hook %s", ld->mod->name, hook);
		if (!latch_hook_needed(ld->mod, hook))
			continue;
		ld->link[i] = latch_attach(bpf_program__fd(prog));
		if (ld->link[i] < 0)
			return latch_fail_attach(ld->err, ld->link[i], ld->mod->name, hook);
	}
	return 0;
}

static int pin(struct loading *ld, int fd, const char *kind, const char *name)
{
	int e = latch_pin_put(fd, ld->room, kind, name);

	return e ? latch_fail(ld->err, e, "%s: cannot pin %s/%s in " LATCH_ROOT ": %s", ld->mod->name, kind, name,
			      strerror(-e)) :
		   0;
}

static int pin_maps(struct loading *ld)
{
	static const struct {
		const char *map, *name;
	} maps[] = {
		{ ".data.gate", "gate" },   { ".data.param", "param" },	  { ".data.count", "count" },
		{ "latch_tally", "tally" }, { "latch_events", "events" },
	};

	for (size_t i = 0; ld->mod->gated && i < sizeof(maps) / sizeof(*maps); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, maps[i].map);
		int e;

		if (!map)
			return latch_fail(ld->err, -ENOEXEC, "%s: has no map %s", ld->mod->name, maps[i].map);
		e = pin(ld, bpf_map__fd(map), "maps", maps[i].name);
		if (e)
			return e;
	}
	return 0;
}

/* After the hooks are attached, so that no device comes unseen in between. */
static int fill_devices(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, "latch_devices");
	int e = map ? latch_devices_fill(ld->mod, bpf_map__fd(map)) : 0;

	if (e)
		return latch_fail(ld->err, e, "%s: cannot enter the devices to know: %s", ld->mod->name, strerror(-e));
	return map ? pin(ld, bpf_map__fd(map), "maps", "devices") : 0;
}

/* A program that is attached only while a feature needs it must outlive its link. */
static int pin_hooks(struct loading *ld)
{
	for (size_t i = 0; i < ld->mod->nhooks; i++) {
		const char *hook = ld->mod->hooks[i].name;
		int e = 0;

		if (ld->link[i] >= 0)
			e = pin(ld, ld->link[i], "links", hook);
		if (!e && latch_hook_served(ld->mod, hook))
			e = pin(ld, bpf_program__fd(prog_of(ld, hook)), "progs", hook);
		if (e)
			return e;
	}
	return 0;
}

static int pin_info(struct loading *ld)
{
	const struct latch_module *mod = ld->mod;
	size_t size = sizeof(struct latch_info) + mod->text_size;
	_cleanup_free_ struct latch_info *info = calloc(1, size);
	_cleanup_close_ int fd = -1;
	uint32_t zero = 0;
	/* Once it is frozen, no program can write it either: it needs no guard. */
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);

	if (!info)
		return latch_fail(ld->err, -ENOMEM, "out of memory");
	info->abi = LATCH_ABI;
	info->size = (uint32_t)mod->text_size;
	info->loaded = latch_boot_ns();
	info->uid = getuid();
	info->pid = (uint32_t)getpid();
	memcpy(info->digest, mod->digest, sizeof(info->digest));
	memcpy(info->text, mod->text, mod->text_size);
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_info", sizeof(zero), (uint32_t)size, 1, &opts);
	if (fd < 0 || bpf_map_update_elem(fd, &zero, info, BPF_ANY) || bpf_map_freeze(fd))
		return latch_fail(ld->err, -errno, "%s: cannot make its info map: %m", mod->name);
	return pin(ld, fd, "", "info");
}

static int make_room(struct loading *ld)
{
	int e;

	snprintf(ld->room, sizeof(ld->room), "%s~%d", ld->mod->name, getpid());
	ld->room_made = true;
	e = latch_room_make(ld->room);
	return e ? latch_fail(ld->err, e, "cannot make " LATCH_ROOT "/%s: %s", ld->room, strerror(-e)) : 0;
}

static int commit(struct loading *ld, unsigned int mode)
{
	struct latch_map gate;
	int e;

	if (renameat2(ld->l->dir, ld->room, ld->l->dir, ld->mod->name, RENAME_NOREPLACE))
		return latch_fail(ld->err, -errno, "%s: cannot rename its room: %m", ld->mod->name);
	strcpy(ld->room, ld->mod->name);
	if (!ld->mod->gated)
		return 0;
	e = latch_map_open(&gate, ld->room, "gate", true);
	if (e)
		return latch_fail(ld->err, e, "%s: cannot open its gate: %s", ld->mod->name, strerror(-e));
	latch_gate_store(gate.data, mode);
	latch_map_close(&gate);
	return 0;
}

static int run(struct loading *ld, unsigned int mode, uint64_t trial)
{
	int e = load_programs(ld);

	if (e || (e = attach_hooks(ld)) || (e = make_room(ld)) || (e = pin_maps(ld)) || (e = fill_devices(ld)) ||
	    (e = pin_info(ld)) || (e = pin_hooks(ld)))
		return e;
	if (trial && (e = latch_trial_start(ld->room, LATCH_OFF, trial, ld->err)))
		return e;
	return commit(ld, mode);
}

int latch_load(struct latch *l, struct latch_module *mod, unsigned int mode, uint64_t trial, struct latch_error *err)
{
	struct loading ld = { .l = l, .mod = mod, .err = err };
	int e = latch_kernel_ready(err);

	if (e)
		return e;
	if (mode != LATCH_OBSERVE && mode != LATCH_ENFORCE)
		return latch_fail(err, -EINVAL, "a module's mode is observe or enforce");
	if ((mode == LATCH_OBSERVE || trial) && !mod->gated)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is ungated (not made with the latch SDK): "
				  "it cannot be loaded in observe, nor on trial",
				  mod->name);
	if ((e = latch_seal_refuse(mod->name, err)) || (e = latch_seal_refuse_load(l, err)))
		return e;
	if (!faccessat(l->dir, mod->name, F_OK, AT_SYMLINK_NOFOLLOW))
		return latch_fail(err, -EEXIST,
				  "%s is already loaded: `latch set` changes it, `latch unload %s` removes it",
				  mod->name, mod->name);
	ld.log = malloc(VERIFIER_LOG);
	if (!ld.log)
		return latch_fail(err, -ENOMEM, "out of memory");
	ld.log[0] = '\0';
	for (size_t i = 0; i < LATCH_HOOKS_MAX; i++)
		ld.link[i] = -1;
	e = run(&ld, mode, trial);
	for (size_t i = 0; i < LATCH_HOOKS_MAX; i++)
		latch_close_fd(&ld.link[i]);
	bpf_object__close(ld.obj);
	if (e && ld.room_made)
		latch_room_remove(l, ld.room);
	free(ld.log);
	latch_audit("load", mod->name, e);
	return e;
}
