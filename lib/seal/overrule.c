// SPDX-License-Identifier: GPL-2.0-only
/* What a program could be attached to so that the guard, or a module, would not be asked or not heard. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"

int latch_keep_functions(struct latch_guarding *g, struct latch_error *err)
{
	const struct btf *btf = latch_kernel_btf(err);
	int e = btf ? 0 : -EOPNOTSUPP;

	for (uint32_t id = 1; !e && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off);

		if (!btf_is_func(t) || (strncmp(name, "security_", 9) && strcmp(name, "bpf_iter_bpf_map_elem")))
			continue;
		e = latch_keep(g, LATCH_KEPT_FUNC, 0, id, LATCH_KEPT_ITSELF);
		if (!e)
			e = latch_expect(&g->expected, LATCH_KEPT_FUNC, id, 0);
		if (e)
			latch_fail(err, e, "cannot enter the security hooks into the guard: %s", strerror(-e));
	}
	return e;
}

/* Later seals find the tags in the guard, which takes no others; their census asks for them, too. */
static int keep_tag(struct latch_guarding *g, int prog)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	uint64_t tag;
	int e;

	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		return -errno;
	memcpy(&tag, info.tag, sizeof(tag));
	e = latch_expect_tag(&g->expected, tag);
	if (!e && g->first)
		e = latch_keep(g, LATCH_KEPT_TAG, 0, tag, LATCH_KEPT_ITSELF);
	return e < 0 ? e : 0;
}

static int keep_tag_by_id(struct latch_guarding *g, uint32_t id)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);

	return fd < 0 ? -errno : keep_tag(g, fd);
}

struct overruling {
	struct latch_guarding *g;
	const char *room;
	bool unchecked; /* what programs return, on this kernel */
	struct latch_error *err;
};

static int keep_tag_of_view(const char *name, void *arg)
{
	struct overruling *o = arg;
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "views", name);
	int e = fd < 0 ? fd : keep_tag(o->g, fd);

	return e ? latch_fail(o->err, e, "cannot enter the program of view %s into the guard: %s", name, strerror(-e)) :
		   0;
}

/*
 * Of the guard's programs, which have maps: another of that tag may have others, but returns
 * what this one may return, and that overrules nobody.
 */
static int keep_tag_of_hook(const char *hook, void *arg)
{
	struct overruling *o = arg;
	_cleanup_close_ int fd = latch_pin_get(LATCH_GUARD_ROOM, "links", hook);
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int e = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : keep_tag_by_id(o->g, info.prog_id);

	return e ? latch_fail(o->err, e, "cannot enter the guard's own program on %s: %s", hook, strerror(-e)) : 0;
}

int latch_keep_tags(struct latch_guarding *g, struct latch_error *err)
{
	struct overruling o = { .g = g, .err = err };
	uint32_t fresh;
	int e;

	latch_fail(err, 0, "the guard's pins cannot be listed");
	e = latch_pins_each(LATCH_GUARD_ROOM, "views", keep_tag_of_view, &o);
	if (!e && g->first)
		e = latch_pins_each(LATCH_GUARD_ROOM, "links", keep_tag_of_hook, &o);
	if (e || latch_fresh_program(&fresh))
		return e;
	e = keep_tag_by_id(g, fresh);
	return e ? latch_fail(err, e, "cannot enter the program of this process into the guard: %s", strerror(-e)) : 0;
}

/* Whether the verifier lets a program return what would pass for "allowed": before 6.12 it did. */
static bool returns_unchecked(const char *hook)
{
	int fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, hook, 1);

	if (fd >= 0)
		close(fd);
	return fd != -EINVAL;
}

/* What an armed seal keeps already, nothing was attached to since. */
static int keep_hook(struct latch_guarding *g, const char *hook, bool any)
{
	uint32_t how = LATCH_KEPT_CGROUP | (any ? LATCH_KEPT_ANY : 0);
	int id = latch_kernel_hook_id(hook), e;

	if (id < 0)
		return id;
	if (latch_expected_find(&g->expected, LATCH_KEPT_HOOK, (uint32_t)id))
		return 0;
	e = latch_keep(g, LATCH_KEPT_HOOK, 0, (uint64_t)id, how);
	return e ? (e < 0 ? e : 0) : latch_expect(&g->expected, LATCH_KEPT_HOOK, (uint32_t)id, (int)how);
}

static int keep_hook_of(const char *hook, void *arg)
{
	struct overruling *o = arg;
	/* Their callers test for a negative value. */
	int e = keep_hook(o->g, hook, o->unchecked && !strncmp(hook, "bpf", 3));

	return e ? latch_fail(o->err, e, "%s: cannot enter hook %s into the guard: %s", o->room, hook, strerror(-e)) :
		   0;
}

int latch_keep_hooks(struct latch_guarding *g, const char *room, struct latch_error *err)
{
	struct overruling o = { .g = g, .room = room, .err = err };

	o.unchecked = returns_unchecked("file_open");
	latch_fail(err, 0, "%s: its pins cannot be listed", room);
	return latch_pins_each(room, "links", keep_hook_of, &o);
}
