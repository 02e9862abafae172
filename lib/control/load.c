// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading: all programs with the gate closed, every hook attached, everything
 * pinned in a pin directory that nobody takes for a module, one rename, one store. What
 * fails before the rename leaves nothing; what is killed before the store
 * leaves a closed gate, which the next latch_open() takes down.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "control/loading.h"

static int pin(struct loading *ld, int fd, const char *kind, const char *name)
{
	int e = latch_pin_put(fd, ld->pindir, kind, name);

	return e ? latch_fail(ld->err, e, "%s: cannot pin %s/%s in " LATCH_ROOT ": %s", ld->mod->name, kind, name,
			      strerror(-e)) :
		   0;
}

static int pin_maps(struct loading *ld)
{
	static const struct {
		const char *map, *name;
	} maps[] = {
		{ ".data.gate", "gate" },     { ".data.param", "param" },   { ".data.count", "count" },
		{ "latch_tally", "tally" },   { "latch_events", "events" }, { "latch_allow", "allow" },
		{ ".data.sealed", "sealed" },
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

static int enter_exceptions(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, "latch_allow");
	int e = 0;

	for (size_t i = 0; map && i < ld->mod->nexceptions && !e; i++) {
		e = latch_exception_enter(bpf_map__fd(map), &ld->mod->exceptions[i]);
		if (e)
			latch_fail(ld->err, e, "%s: cannot enter the exception for %s: %s", ld->mod->name,
				   ld->mod->exceptions[i].name,
				   e == -E2BIG ? "it has as many as it can" : strerror(-e));
	}
	return e;
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
			e = pin(ld, bpf_program__fd(latch_program_of(ld, hook)), "progs", hook);
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
	info->loaded = latch_now();
	info->uid = getuid();
	info->pid = (uint32_t)getpid();
	memcpy(info->digest, mod->digest, sizeof(info->digest));
	memcpy(info->text, mod->text, mod->text_size);
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_info", sizeof(zero), (uint32_t)size, 1, &opts);
	if (fd < 0 || bpf_map_update_elem(fd, &zero, info, BPF_ANY) || bpf_map_freeze(fd))
		return latch_fail(ld->err, -errno, "%s: cannot make its info map: %m", mod->name);
	return pin(ld, fd, "", "info");
}

static int make_pindir(struct loading *ld)
{
	int e;

	snprintf(ld->pindir, sizeof(ld->pindir), "%s~%d", ld->mod->name, getpid());
	ld->pindir_made = true;
	e = latch_pindir_make(ld->pindir);
	return e ? latch_fail(ld->err, e, "cannot make " LATCH_ROOT "/%s: %s", ld->pindir, strerror(-e)) : 0;
}

int latch_loading_begin(struct loading *ld, struct latch *l, struct latch_module *mod, struct latch_error *err)
{
	int e = latch_kernel_ready(err);

	if (e)
		return e;
	memset(ld, 0, sizeof(*ld));
	ld->l = l;
	ld->mod = mod;
	ld->err = err;
	for (size_t i = 0; i < LATCH_HOOKS_MAX; i++)
		ld->link[i] = -1;
	ld->log = malloc(LATCH_VERIFIER_LOG);
	if (!ld->log)
		return latch_fail(err, -ENOMEM, "out of memory");
	ld->log[0] = '\0';
	latch_reach_begin(&ld->reach, l, NULL);
	return 0;
}

static int stage_pins(struct loading *ld)
{
	int e = make_pindir(ld);

	if (e || (e = pin_maps(ld)) || (e = pin_info(ld)))
		return e;
	return pin_hooks(ld);
}

int latch_loading_stage(struct loading *ld)
{
	bool pinnable = !ld->reach.removal;
	int e = latch_programs_load(ld);

	if (e || (e = enter_exceptions(ld)) || (e = latch_programs_attach(ld)))
		return e;
	/* It denies since it is attached: while that goes with its descriptors, see that a pin could be removed. */
	if (!ld->mod->gated && (e = latch_reach_refuse(&ld->reach, NULL, ld->mod->name, ld->err)))
		return e;
	e = stage_pins(ld);
	/* ENOSPC is what the hook inode_alloc_security says. */
	if ((e == -EPERM || e == -EACCES || e == -ENOSPC) && !ld->mod->gated && pinnable)
		e = latch_reach_denied(ld->mod->name, strdupa(ld->err->text), ld->err);
	return e;
}

/* Nobody was seen before: that is what "unused since" goes by. */
static int store_since(struct loading *ld)
{
	struct latch_map param;
	int e = latch_map_open(&param, ld->pindir, "param", 0, true);

	if (e)
		return latch_fail(ld->err, e, "%s: cannot open its parameters: %s", ld->mod->name, strerror(-e));
	latch_features_begin(ld->mod, NULL);
	for (size_t i = 0; i < ld->mod->nparams; i++)
		latch_param_store(&ld->mod->params[i], param.data);
	e = latch_map_write(&param);
	latch_map_close(&param);
	return e ? latch_fail(ld->err, e, "%s: cannot write its parameters: %s", ld->mod->name, strerror(-e)) : 0;
}

/* An ungated module is in force since it was attached. */
int latch_loading_open_gate(struct loading *ld, unsigned int mode)
{
	struct latch_map gate;
	int e;

	if (!ld->mod->gated)
		return latch_reach_refuse(&ld->reach, ld->pindir, ld->mod->name, ld->err);
	e = latch_map_open(&gate, ld->pindir, "gate", sizeof(struct latch_gate), true);
	if (e)
		return latch_fail(ld->err, e, "%s: cannot open its gate: %s", ld->mod->name, strerror(-e));
	latch_gate_store(gate.data, mode);
	if (mode == LATCH_ENFORCE)
		e = latch_reach_refuse(&ld->reach, ld->pindir, ld->mod->name, ld->err);
	if (!e)
		e = store_since(ld);
	if (e)
		latch_gate_store(gate.data, LATCH_OFF);
	latch_map_close(&gate);
	return e;
}

/* By their paths: what is in force may deny opening the pin directory. */
static void drop_links(struct loading *ld)
{
	for (size_t i = 0; i < ld->mod->nhooks; i++)
		latch_pin_drop(ld->pindir, "links", ld->mod->hooks[i].name);
}

void latch_loading_end(struct loading *ld, bool keep)
{
	if (!keep && ld->pindir_made)
		drop_links(ld);
	for (size_t i = 0; i < LATCH_HOOKS_MAX; i++)
		latch_close_fd(&ld->link[i]);
	bpf_object__close(ld->obj);
	if (!keep && ld->pindir_made)
		latch_pindir_remove(ld->l, ld->pindir);
	latch_reach_end(&ld->reach);
	free(ld->log);
}

static int commit(struct loading *ld, unsigned int mode)
{
	int e = ld->mod->gated ? 0 : latch_loading_open_gate(ld, mode);

	if (e)
		return e;
	if (renameat2(ld->l->dir, ld->pindir, ld->l->dir, ld->mod->name, RENAME_NOREPLACE))
		return latch_fail(ld->err, -errno, "%s: cannot rename its pin directory: %m", ld->mod->name);
	strcpy(ld->pindir, ld->mod->name);
	return ld->mod->gated ? latch_loading_open_gate(ld, mode) : 0;
}

int latch_load_refuse(struct latch *l, struct latch_error *err)
{
	char last[LATCH_NAME_MAX], since[32];
	struct latch_seal seal;
	int e = latch_hidden_refuse(l, err);

	if (e)
		return e;
	e = latch_seal_last(last);
	if (!e)
		e = latch_seal_read(last, &seal);
	else if (e == -ENOENT)
		return 0;
	if (e)
		return latch_fail(err, e, "cannot read whether everything is sealed: %s", latch_seal_error(e));
	return latch_fail(err, -EKEYREJECTED,
			  "everything is sealed since %s by uid %u (pid %u): no module is loaded until reboot",
			  latch_time_format(&seal.since, since, sizeof(since)), seal.uid, seal.pid);
}

int latch_load(struct latch *l, struct latch_module *mod, unsigned int mode, uint64_t trial, struct latch_error *err)
{
	struct loading ld;
	int e;

	if (mode != LATCH_OBSERVE && mode != LATCH_ENFORCE)
		return latch_fail(err, -EINVAL, "a module's mode is observe or enforce");
	if ((mode == LATCH_OBSERVE || trial) && !mod->gated)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is ungated (not made with the latch SDK): "
				  "it cannot be loaded in observe, nor on trial",
				  mod->name);
	if ((e = latch_seal_refuse(mod->name, err)) || (e = latch_load_refuse(l, err)))
		return e;
	e = latch_pindir_there(l, mod->name, err);
	if (e < 0)
		return e;
	if (e)
		return latch_fail(err, -EEXIST,
				  "%s is already loaded: `latch set` changes it, `latch replace %s` puts another "
				  "file in its place, `latch unload %s` removes it",
				  mod->name, mod->name, mod->name);
	e = latch_loading_begin(&ld, l, mod, err);
	if (e)
		return e;
	e = latch_loading_stage(&ld);
	if (!e && trial)
		e = latch_trial_start(ld.pindir, LATCH_OFF, trial, err);
	if (!e)
		e = commit(&ld, mode);
	latch_loading_end(&ld, !e);
	latch_audit_load("load", mod, mode, trial, e);
	return e;
}
