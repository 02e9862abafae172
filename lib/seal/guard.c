// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting up the guard of a module, which guards nothing yet: see guard.bpf.c for what
 * it denies, seal.c for the order, arm.c for what follows.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "seal/sealing.h"
#include "seal/guard.skel.h"
#include "seal/mounts.skel.h"

int latch_guard_state_map(struct latch_guarding *g, int fd)
{
	void *at = mmap(NULL, sizeof(*g->state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	g->state = at;
	return 0;
}

static int load_mounts(struct latch_guarding *g)
{
	struct bpf_map *map;
	int e;

	g->mounts = mounts_bpf__open();
	if (!g->mounts)
		return -errno;
	bpf_object__for_each_map(map, g->mounts->obj)
	{
		const struct bpf_map *same = bpf_object__find_map_by_name(g->skel->obj, bpf_map__name(map));

		e = same ? bpf_map__reuse_fd(map, bpf_map__fd(same)) : 0;
		if (e)
			return e;
	}
	return mounts_bpf__load(g->mounts);
}

int latch_guard_load(struct latch_guarding *g, struct latch_error *err)
{
	int e = 0, refused;

	latch_kernel_btf_drop();
	latch_libbpf_capture();
	g->skel = guard_bpf__open();
	if (!g->skel)
		e = -errno;
	if (!e)
		e = latch_leave_unmapped(g->skel->obj, "guard_state");
	if (!e)
		e = guard_bpf__load(g->skel);
	if (!e)
		e = latch_guard_state_map(g, bpf_map__fd(g->skel->maps.guard_state));
	if (!e && (refused = load_mounts(g))) {
		g->mounts_refused = refused;
		mounts_bpf__destroy(g->mounts);
		g->mounts = NULL;
	}
	return e ? latch_fail_lines(err, e == -EINVAL ? -EOPNOTSUPP : e, "cannot load the guard: %s%s%.1500s",
				    strerror(-e), *latch_libbpf_said() ? "\n" : "", latch_libbpf_said()) :
		   0;
}

static const char *hook_of(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	return !strncmp(section, "lsm/", 4) ? section + 4 : NULL;
}

static int make_dir(const char *pindir, const char *kind)
{
	char path[256];

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/%s", pindir, kind);
	return mkdir(path, 0700) ? -errno : 0;
}

static int attach(struct latch_guarding *g, struct bpf_object *obj, struct latch_error *err)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		const char *hook = hook_of(prog);
		_cleanup_close_ int link = -1;
		int e;

		if (!hook)
			continue;
		link = latch_attach(bpf_program__fd(prog));
		if (link < 0)
			return latch_fail_attach(err, link, "the guard", hook);
		e = latch_pin_put(link, g->pindir, "guard", hook);
		if (e)
			return latch_fail(err, e, "%s: cannot pin the guard's %s: %s", g->pindir, hook, strerror(-e));
	}
	return 0;
}

/* Pinned first: who finds the pin of a guard that is not armed detaches the program. */
static int attach_sysctl(struct latch_guarding *g, struct latch_error *err)
{
	int prog = bpf_program__fd(g->skel->progs.guard_sysctl);
	int e = latch_way_denied_for_another(g->l, g->pindir, LATCH_WAY_FTRACE, err);

	if (e) /* nobody attaches one after it */
		return e < 0 ? e : 0;
	e = latch_pin_put(prog, g->pindir, "", "sysctl");
	if (e)
		return latch_fail(err, e, "%s: cannot pin the guard's sysctl program: %s", g->pindir, strerror(-e));
	e = latch_cgroup_attach(prog, BPF_CGROUP_SYSCTL);
	if (!e)
		return 0;
	latch_pin_drop(g->pindir, "", "sysctl");
	return latch_guard_way_open(g, err, LATCH_WAY_FTRACE, "no program can be attached to the root of cgroup2: %s",
				    strerror(-e));
}

/* They have no maps, so nobody else's programs have these tags and do something else. */
static int own_iters(struct latch_guarding *g, const uint64_t *tags)
{
	int e = 0;

	for (size_t i = 0; i < LATCH_ITERS && !e; i++) {
		e = latch_expect_tag(&g->expected, tags[i]);
		if (!e)
			e = latch_keep(bpf_map__fd(g->skel->maps.guard_kept), LATCH_KEPT_TAG, 0, tags[i],
				       LATCH_KEPT_ITSELF);
	}
	return e;
}

/* The iterators of a module, by the names that its maps are pinned under, and those of the guard. */
static int pin_iters(struct latch_guarding *g, struct latch_error *err)
{
	static const char *const views[] = { "gate", "count", "tally", "allow" };
	struct latch_iter iters[LATCH_ITERS] = {
		{ .name = "attempts", .map = bpf_map__fd(g->skel->maps.latch_tally) },
		{ .name = "seal", .map = bpf_map__fd(g->skel->maps.guard_state) },
	};
	uint64_t tags[LATCH_ITERS];
	size_t n = 2;
	char what[128];
	int e = 0;

	for (size_t i = 0; i < sizeof(views) / sizeof(*views) && !e; i++) {
		/* What stands in the gate of a sealed module says nothing. */
		const char *map = !strcmp(views[i], "gate") ? "sealed" : views[i];
		int fd = latch_pin_get(g->pindir, "maps", map);

		if (fd >= 0)
			iters[n++] = (struct latch_iter){ .name = views[i], .map = fd };
		else if (fd != -ENOENT) /* ungated */
			e = fd;
	}
	if (!e)
		e = latch_iters_pin(g->pindir, iters, n, tags);
	if (!e)
		e = own_iters(g, tags);
	while (n > 2)
		close(iters[--n].map);
	if (!e)
		e = latch_pin_put(bpf_map__fd(g->skel->maps.latch_events), g->pindir, "guard", "events");
	snprintf(what, sizeof(what), "%s: cannot make iterators of its maps", g->pindir);
	return e ? latch_fail_denied(err, e, LATCH_DENIED_BPF, what) : 0;
}

int latch_guard_put_up(struct latch_guarding *g, struct latch_error *err)
{
	int kept = bpf_map__fd(g->skel->maps.guard_kept), e;

	e = make_dir(g->pindir, "iter");
	if (!e)
		e = make_dir(g->pindir, "guard");
	if (e)
		return latch_fail(err, e, "%s: cannot make the guard's pin directory: %s", g->pindir, strerror(-e));
	/* Before there is a view of it. */
	e = latch_sealed_mode_store(g->pindir, g->mode);
	if (e && e != -ENOENT)
		return latch_fail(err, e, "%s: its mode cannot be sealed: %s", g->pindir, strerror(-e));
	if ((e = pin_iters(g, err)) || (e = attach(g, g->skel->obj, err)) ||
	    (g->mounts && (e = attach(g, g->mounts->obj, err))) || (e = attach_sysctl(g, err)) ||
	    (e = latch_keep_objects(g->pindir, kept, &g->expected, err)) ||
	    (e = latch_keep_pins(g->pindir, kept, err)) || (e = latch_keep_functions(kept, &g->expected, err)) ||
	    (e = latch_keep_hooks(g->pindir, kept, &g->expected, err)))
		return e;
	return 0;
}
