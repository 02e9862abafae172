// SPDX-License-Identifier: GPL-2.0-only
/* Setting mode and parameters of a loaded module, with the hooks that follow from them. */
#include <errno.h>
#include <string.h>
#include "control/control.h"

static int attach(const char *name, const char *hook, struct latch_error *err)
{
	_cleanup_close_ int prog = latch_pin_get(name, "progs", hook);
	_cleanup_close_ int link = -1;
	int e;

	if (prog < 0)
		return latch_fail(err, prog, "%s is damaged: the program for hook %s is gone: %s", name, hook,
				  strerror(-prog));
	link = latch_attach(prog);
	if (link < 0)
		return latch_fail_attach(err, link, name, hook);
	e = latch_pin_put(link, name, "links", hook);
	return e ? latch_fail(err, e, "%s: cannot pin the link of hook %s: %s", name, hook, strerror(-e)) : 0;
}

int latch_hooks_attach(const char *name, const struct latch_module *mod, struct latch_error *err)
{
	for (size_t i = 0; i < mod->nhooks; i++) {
		const struct latch_hook *hook = &mod->hooks[i];
		int e;

		if (hook->attached || !latch_hook_served(mod, hook->name) || !latch_hook_needed(mod, hook->name))
			continue;
		/* What is attached to while ftrace is off is what its own checks may stumble over later. */
		e = latch_kernel_ready(err);
		if (!e)
			e = attach(name, hook->name, err);
		while (e && i--)
			if (!mod->hooks[i].attached)
				latch_pin_drop(name, "links", mod->hooks[i].name);
		if (e)
			return e;
	}
	return 0;
}

/* Where that has to wait, the next change does it: see latch_hooks_tidy(). */
static int detach_needless(const char *name, const struct latch_module *mod, struct latch_error *err)
{
	struct latch_error unused;

	if (latch_detach_ready(&unused))
		return 0;
	for (size_t i = 0; i < mod->nhooks; i++) {
		int e = 0;

		if (mod->hooks[i].attached && !latch_hook_needed(mod, mod->hooks[i].name))
			e = latch_pin_drop(name, "links", mod->hooks[i].name);
		if (e)
			return latch_fail(err, e, "%s: is set, but hook %s cannot be detached: %s", name,
					  mod->hooks[i].name, strerror(-e));
	}
	return 0;
}

int latch_hooks_tidy(struct latch *l, const char *name, struct latch_error *err)
{
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, err);

	if (e)
		return e;
	e = detach_needless(name, st->module, err);
	latch_state_free(st);
	return e;
}

static void write_all(const struct latch_param *params, size_t n, void *data)
{
	for (size_t i = 0; i < n; i++)
		latch_param_store(&params[i], data);
}

/* It may deny latch bpf(2) as it is: so it denies nothing for that moment. */
static void set_back(const struct latch_state *st, struct latch_map *param, struct latch_gate *gate,
		     struct latch_error *err)
{
	size_t used = strlen(err->text);
	int e;

	latch_gate_store(gate, LATCH_OBSERVE);
	e = latch_map_write(param);
	latch_gate_store(gate, st->mode);
	if (e)
		snprintf(err->text + used, sizeof(err->text) - used,
			 "; its parameters cannot be set back: %s: what was asked is in force", strerror(-e));
}

/* Writes parameters and gate, which are open; and both back to `before`, if latch itself is denied then. */
static int store(struct latch *l, const struct latch_state *st, const struct latch_param *before, unsigned int mode,
		 struct latch_error *err)
{
	const struct latch_module *mod = st->module;
	const char *name = mod->name;
	struct latch_map param, gate;
	struct latch_reach reach;
	int e = latch_map_open(&param, name, "param", 0, true);

	if (e)
		return latch_fail(err, e, "%s: cannot open its parameters: %s", name, strerror(-e));
	e = latch_map_open(&gate, name, "gate", sizeof(struct latch_gate), true);
	if (e) {
		latch_map_close(&param);
		return latch_fail(err, e, "%s: cannot open its gate: %s", name, strerror(-e));
	}
	latch_features_begin(st->module, before);
	latch_reach_begin(&reach, l, name);
	write_all(mod->params, mod->nparams, param.data);
	e = latch_map_write(&param);
	if (e) {
		/* Then nothing was changed. */
		latch_fail(err, e, "%s: cannot write its parameters: %s", name, strerror(-e));
	} else {
		if (mode != LATCH_OFF)
			latch_gate_store(gate.data, mode);
		if (latch_gate_mode(gate.data) == LATCH_ENFORCE)
			e = latch_reach_refuse(&reach, name, name, err);
		if (e) {
			write_all(before, mod->nparams, param.data);
			set_back(st, &param, gate.data, err);
		}
	}
	latch_reach_end(&reach);
	latch_map_close(&gate);
	latch_map_close(&param);
	return e;
}

/* Hooks that were attached for what did not come about, and its trial. */
static void take_back(struct latch *l, const char *name)
{
	struct latch_error unused;

	latch_trial_drop(name);
	latch_hooks_tidy(l, name, &unused);
}

static int change(struct latch *l, const char *name, struct latch_state *st, const struct latch_param *before,
		  unsigned int mode, uint64_t trial, struct latch_error *err)
{
	int e = latch_seal_refuse(name, err);

	if (e || (e = latch_trial_refuse(name, err)) || (trial && (e = latch_trial_start(name, st->mode, trial, err))))
		return e;
	e = latch_hooks_attach(name, st->module, err);
	if (e) {
		if (trial) /* nothing was changed that it could take back */
			latch_trial_drop(name);
		return e;
	}
	e = store(l, st, before, mode, err);
	if (e) {
		take_back(l, name);
		return e;
	}
	/* A trial may need again what is needless now. */
	return trial ? 0 : detach_needless(name, st->module, err);
}

int latch_param_set(struct latch *l, const char *name, char *const *assignments, size_t n, unsigned int mode,
		    uint64_t trial, struct latch_error *err)
{
	_cleanup_free_ struct latch_param *before = NULL;
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, err);

	if (e)
		return e;
	before = calloc(st->module->nparams + 1, sizeof(*before));
	if (!before) {
		latch_state_free(st);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < st->module->nparams; i++)
		before[i] = st->module->params[i];
	if (!st->module->gated)
		e = latch_fail(err, -EOPNOTSUPP,
			       "%s is ungated (not made with the latch SDK): it has no mode and no parameters", name);
	if (!e)
		e = latch_params_assign(st->module, assignments, n, err);
	if (!e)
		e = change(l, name, st, before, mode, trial, err);
	latch_audit_set(st->module, mode == LATCH_OFF ? st->mode : mode, trial, e);
	latch_state_free(st);
	return e;
}

/* Hooks are attached and detached as they are now, not as they were. */
int latch_set_back(struct latch *l, struct latch_state *before, struct latch_error *err)
{
	struct latch_module *mod = before->module;
	struct latch_state *now;
	int e = latch_state_read(l, mod->name, &now, err);

	if (e)
		return e;
	for (size_t i = 0; i < mod->nhooks && i < now->module->nhooks; i++)
		mod->hooks[i].attached = now->module->hooks[i].attached;
	latch_state_free(now);
	e = latch_hooks_attach(mod->name, mod, err);
	if (!e)
		e = store(l, before, mod->params, before->mode, err);
	if (!e)
		e = detach_needless(mod->name, mod, err);
	latch_audit_set(mod, before->mode, 0, e);
	return e;
}

int latch_mode_set(struct latch *l, const char *name, unsigned int mode, uint64_t trial, struct latch_error *err)
{
	if (mode != LATCH_OBSERVE && mode != LATCH_ENFORCE)
		return latch_fail(err, -EINVAL, "a module's mode is observe or enforce");
	return latch_param_set(l, name, NULL, 0, mode, trial, err);
}
