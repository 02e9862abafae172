// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening the latch directory to change something, and clearing what a latch left that was
 * killed: pin directories that are no module, trials that never began or are over, guards that
 * were never armed, needless hooks. Who only reads opens it with latch_open_to_read(), and sees them.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "control/control.h"

/* A program attached to the root cgroup does not go with its pin. */
static int tidy_sysctl(void)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "", "sysctl");
	int e;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	e = latch_cgroup_detach(fd, BPF_CGROUP_SYSCTL);
	return e && e != -ENOENT ? e : latch_pin_drop(LATCH_GUARD_ROOM, "", "sysctl");
}

static int tidy_guard(struct latch *l)
{
	int armed = latch_guard_armed(), e;

	if (armed)
		return armed < 0 ? armed : 0;
	e = tidy_sysctl();
	return e ? e : latch_pindir_remove(l, LATCH_GUARD_ROOM);
}

int latch_seal_tidy(struct latch *l, const char *pindir)
{
	char path[LATCH_NAME_MAX + 32];
	int e;

	snprintf(path, sizeof(path), "%s/iter", pindir);
	e = latch_pindir_remove(l, path);
	if (e)
		return e;
	/* While there is a directory of the seal's yet, by which the next latch knows that this is to be done. */
	e = latch_sealed_mode_store(pindir, LATCH_OFF);
	if (e && e != -ENOENT)
		return e;
	snprintf(path, sizeof(path), "%s/seal", pindir);
	e = latch_pindir_remove(l, path);
	return e ? e : tidy_guard(l);
}

/*
 * What is left in a module, and hooks that nothing needs: a killed latch attaches before it
 * stores, and detaches after.
 */
static int tidy(struct latch *l, const char *name, enum latch_left left, struct latch_error *err)
{
	struct latch_error unused;
	struct latch_trial trial;
	struct latch_seal seal;
	bool guard = !strcmp(name, LATCH_GUARD_ROOM);
	int e = 0;

	if (!guard && latch_seal_read(name, &seal) != -ENOENT)
		return 0;
	if (left == LATCH_LEFT_GUARD)
		e = tidy_guard(l);
	else if (left == LATCH_LEFT_SEAL)
		e = latch_seal_tidy(l, name);
	if (e)
		return latch_fail(err, e, "%s: cannot take away the seal of a latch that was killed: %s", name,
				  strerror(-e));
	if (guard)
		return 0;
	/* One that cannot be read may still run. */
	e = latch_trial_read(name, &trial);
	if (e ? e != -ENOENT : trial.deadline && !trial.over)
		return 0;
	latch_trial_drop(name);
	latch_hooks_tidy(l, name, &unused);
	return 0;
}

static int clear(struct latch *l, const char *name, enum latch_left left, struct latch_error *err)
{
	bool whole = latch_left_is_pindir(left) || left == LATCH_LEFT_GUARD, gone;
	struct latch_error unused;
	char text[256];
	int e;

	latch_left_describe(name, left, text, sizeof(text));
	if (latch_detach_ready(&unused))
		return left != LATCH_LEFT_NOTHING &&
				       latch_left_note(l, "%s: %s; it stays until ftrace is on, see `latch doctor`",
						       name, text) ?
			       latch_fail(err, -ENOMEM, "out of memory") :
			       0;
	if (!latch_left_is_pindir(left)) {
		e = tidy(l, name, left, err);
	} else {
		e = latch_pindir_end(l, name, &gone);
		if (e)
			return latch_fail(err, e, "%s: %s; it cannot be removed from " LATCH_ROOT ": %s", name, text,
					  strerror(-e));
	}
	if (!e && left != LATCH_LEFT_NOTHING &&
	    latch_left_note(l, "removed %s%s: %s", whole ? "" : "from ", name, text))
		e = latch_fail(err, -ENOMEM, "out of memory");
	return e;
}

int latch_open(struct latch **l, bool make, struct latch_error *err)
{
	return latch_open_with(l, make ? LATCH_MAKES : LATCH_CHANGES, clear, err);
}
