// SPDX-License-Identifier: GPL-2.0-only
/* Unloading: close the gate, drop every pin, wait until the kernel has let go. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "control/control.h"

#define GONE_WAIT_MS 10000
#define GONE_STEP_MS 64 /* between two looks, at most: from 1 on each is twice the one before */

/* The programs behind the links, or behind the programs, of a pin directory. */
struct progs {
	const char *pindir, *kind;
	uint32_t id[2 * LATCH_HOOKS_MAX];
	size_t n;
};

static int collect(const char *name, void *arg)
{
	struct progs *progs = arg;
	_cleanup_close_ int pin = latch_pin_get(progs->pindir, progs->kind, name);
	struct bpf_link_info link = { 0 };
	struct bpf_prog_info prog = { 0 };
	bool is_link = *progs->kind == 'l';
	uint32_t len = is_link ? sizeof(link) : sizeof(prog);

	if (pin >= 0 && progs->n < sizeof(progs->id) / sizeof(*progs->id) &&
	    !bpf_obj_get_info_by_fd(pin, is_link ? (void *)&link : (void *)&prog, &len))
		progs->id[progs->n++] = is_link ? link.prog_id : prog.id;
	return 0;
}

/*
 * A link holds its program until it has been taken off the hook, so a program
 * that is gone is called no more. A link's own id goes too early to tell.
 */
static bool all_gone(const struct progs *progs)
{
	for (size_t i = 0; i < progs->n; i++) {
		_cleanup_close_ int fd = bpf_prog_get_fd_by_id(progs->id[i]);

		if (fd >= 0 || errno != ENOENT)
			return false;
	}
	return true;
}

int latch_pindir_end(struct latch *l, const char *name, bool *gone)
{
	static const char *const kinds[] = { "links", "progs" };
	struct progs progs = { .pindir = name };
	char pindir[LATCH_NAME_MAX + 16];
	int e;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		progs.kind = kinds[i];
		latch_pins_each(name, progs.kind, collect, &progs);
	}
	if (!strchr(name, '~')) {
		snprintf(pindir, sizeof(pindir), "%s~%d", name, getpid());
		if (renameat2(l->dir, name, l->dir, pindir, RENAME_NOREPLACE))
			return -errno;
		name = pindir;
	}
	e = latch_pindir_remove(l, name);
	if (e)
		return e;
	*gone = all_gone(&progs);
	for (int waited = 0, step = 1; !*gone && waited < GONE_WAIT_MS; waited += step) {
		usleep(step * 1000);
		*gone = all_gone(&progs);
		if (step < GONE_STEP_MS)
			step *= 2;
	}
	return 0;
}

int latch_module_end(struct latch *l, const char *name, bool *gone, struct latch_error *err)
{
	int gate = latch_gate_close(name), e;

	if (gate < 0)
		return latch_fail(err, gate, "%s: cannot close its gate: %s", name, strerror(-gate));
	e = latch_pindir_end(l, name, gone);
	latch_audit("unload", name, e);
	return e ? latch_fail(err, e, "%s: %s, and its pin directory in " LATCH_ROOT " cannot be removed: %s", name,
			      gate ? "it has no gate that could be closed, so what is attached of it may deny" :
				     "its gate is closed, so that it denies nothing any more",
			      strerror(-e)) :
		   0;
}

int latch_unload(struct latch *l, const char *name, bool *gone, struct latch_error *err)
{
	int e;

	if (!latch_name_ok(name))
		return latch_fail(err, -EINVAL, "`%s` is not a module's name", name);
	e = latch_pindir_there(l, name, err);
	if (e <= 0)
		return e ? e : latch_not_loaded(l, name, err);
	e = latch_seal_refuse(name, err);
	if (e)
		return e;
	e = latch_permanent_refuse(name, err);
	if (!e && (e = latch_detach_ready(err))) {
		struct latch_error why = *err;

		latch_fail_lines(err, e, "%s stays loaded: %.1900s", name, why.text);
	}
	return e ? e : latch_module_end(l, name, gone, err);
}
