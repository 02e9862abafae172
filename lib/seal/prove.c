// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guard that is there already was put up by whoever sealed first, or by somebody who wants a seal to lean on it
 * that does not hold. So who adds a seal finds out, in this order:
 *	1. its programs are those that this latch would put up, on the hooks and with the maps that these would have.
 *	   From then on nobody gets a descriptor of a map of the guard's, by the code of the guard, whatever the maps
 *	   hold.
 *	2. nobody has one from before (census.c): what the maps hold now stays, but for what this process enters.
 *	3. they hold what the first seal enters, and of what would weaken the guard no more.
 */
#include <errno.h>
#include <string.h>
#include "seal/sealing.h"

int latch_guard_differs(struct latch_guarding *g, struct latch_error *err, const char *what)
{
	return latch_fail(err, -EBADE,
			  "%s is not sealed: the guard in " LATCH_ROOT "/" LATCH_GUARD_ROOM
			  ", which an earlier seal put up, is not what this latch would put up (%s): it is of another "
			  "build of latch, which then has to do it, or somebody made it; a reboot ends it",
			  g->pindir, what);
}

/* What a seal leans on that was put on before it. */
static int prove_lockdown(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_seal seal;
	int e = !strcmp(g->pindir, LATCH_LOCKDOWN) ? -ENOENT : latch_seal_read(LATCH_LOCKDOWN, &seal);

	if (e)
		return e == -ENOENT ? 0 :
				      latch_fail(err, e, "%s: cannot read whether it is sealed: %s", LATCH_LOCKDOWN,
						 latch_seal_error(e));
	e = latch_keep_links(g, LATCH_LOCKDOWN, err);
	return e ? e : latch_keep_pins(g, LATCH_LOCKDOWN, err);
}

int latch_prove_tags(struct latch_guarding *g, struct latch_error *err)
{
	uint32_t tags;
	int e = latch_guard_tags(g, &tags);

	if (e)
		return latch_fail(err, e, "%s: the guard cannot be asked: %s", g->pindir, strerror(-e));
	return tags == g->expected.ntags ? 0 : latch_guard_differs(g, err, "programs that it knows");
}

static int prove_kept(struct latch_guarding *g, bool mounts, struct latch_error *err)
{
	struct latch_error why;
	bool learnt = true;
	int e;

	g->pass = LATCH_PASS_PROVE;
	e = latch_own_keep(g, &why);
	if (!e)
		e = prove_lockdown(g, &why);
	g->pass = LATCH_PASS_ENTER;
	if (e)
		return e == -EBADE ? latch_guard_differs(g, err, why.text) : latch_fail_lines(err, e, "%s", why.text);
	e = latch_prove_tags(g, err);
	if (e)
		return e;
	e = mounts ? latch_guard_learn_mount(g, &learnt, err) : 0;
	return e || learnt ? e : latch_guard_differs(g, err, "the mount that it guards");
}

int latch_prove_same(struct latch_guarding *g, struct latch_error *err)
{
	const char *what;
	int e = latch_own_compare(g, &what);

	if (e == -EBADE)
		return latch_fail(err, e, "%s is not sealed: somebody changed %s of the guard meanwhile", g->pindir,
				  what);
	return e ? latch_fail(err, e, "%s is not sealed: the guard's pins cannot be read (%s): %s", g->pindir, what,
			      strerror(-e)) :
		   0;
}

static int mounts_there(void)
{
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "links", "sb_umount");

	return fd >= 0 ? 1 : fd == -ENOENT ? 0 : fd;
}

int latch_prove(struct latch_guarding *g, struct latch_error *err)
{
	int mounts = mounts_there(), e;

	if (mounts < 0)
		return latch_fail(err, mounts, "%s: the guard's pins cannot be read: %s", g->pindir, strerror(-mounts));
	e = mounts ? 0 :
		     latch_guard_way_open(g, err, LATCH_WAY_UMOUNT,
					  "the guard was put up without the programs that see mounts");
	if (e || (e = latch_compare_programs(g, mounts, err)))
		return e;
	g->pass = LATCH_PASS_EXPECT;
	e = latch_own_keep(g, err);
	g->pass = LATCH_PASS_ENTER;
	g->earlier = g->expected.n;
	if (!e && (e = latch_guard_advance(g, LATCH_GUARD_HOLD)))
		latch_fail(err, e, "%s: the guard does not hold: %s", g->pindir, strerror(-e));
	if (!e)
		e = latch_census_take(g->census, &g->expected, -1, err);
	if (!e)
		e = prove_kept(g, mounts, err);
	if (!e)
		e = latch_prove_same(g, err);
	/* Anew, in a guard that is proved: whatever was there until now is not in the way of this seal. */
	return e ? e : latch_guard_begin(g, err);
}
