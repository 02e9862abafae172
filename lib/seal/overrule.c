// SPDX-License-Identifier: GPL-2.0-only
/* What a program could be attached to so that the guard, or a module, would not be asked or not heard. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"

int latch_keep_functions(int kept, struct latch_expected *x, struct latch_error *err)
{
	const struct btf *btf = latch_kernel_btf(err);
	int e = btf ? 0 : -EOPNOTSUPP;

	for (uint32_t id = 1; !e && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off);

		if (!btf_is_func(t) || (strncmp(name, "security_", 9) && strcmp(name, "bpf_iter_bpf_map_elem")))
			continue;
		e = latch_keep(kept, LATCH_KEPT_FUNC, 0, id, LATCH_KEPT_ITSELF);
		if (!e)
			e = latch_expect(x, LATCH_KEPT_FUNC, id, 0);
		if (e)
			latch_fail(err, e, "cannot enter the security hooks into the guard: %s", strerror(-e));
	}
	return e;
}

/*
 * Of a program of latch's on a hook of the guard's, which has maps: another of that tag may have others, but returns
 * what this one may return, and that overrules nobody.
 */
static int own_tag_fd(int kept, struct latch_expected *x, int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	uint64_t tag;
	int e;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	memcpy(&tag, info.tag, sizeof(tag));
	e = latch_expect_tag(x, tag);
	return e ? e : latch_keep(kept, LATCH_KEPT_TAG, 0, tag, LATCH_KEPT_ITSELF);
}

static int own_tag(int kept, struct latch_expected *x, uint32_t id)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);

	return own_tag_fd(kept, x, fd);
}

/* Whether the verifier lets a program return what would pass for "allowed": before 6.12 it did. */
static bool returns_unchecked(const char *hook)
{
	int fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, hook, 1);

	if (fd >= 0)
		close(fd);
	return fd != -EINVAL;
}

static int keep_hook(int kept, struct latch_expected *x, const char *hook, bool any)
{
	uint32_t how = LATCH_KEPT_CGROUP | (any ? LATCH_KEPT_ANY : 0);
	int id = latch_kernel_hook_id(hook), e;

	if (id < 0)
		return id;
	if (latch_expected_find(x, LATCH_KEPT_HOOK, (uint32_t)id))
		return 0;
	e = latch_expect(x, LATCH_KEPT_HOOK, (uint32_t)id, (int)how);
	return e ? e : latch_keep(kept, LATCH_KEPT_HOOK, 0, (uint64_t)id, how);
}

struct overruling {
	const char *pindir;
	int kept;
	struct latch_expected *x;
	bool unchecked; /* what programs return, on this kernel */
	struct latch_error *err;
};

static int keep_hook_of(const char *hook, void *arg)
{
	struct overruling *o = arg;
	/* Their callers test for a negative value. */
	int e = keep_hook(o->kept, o->x, hook, o->unchecked && !strncmp(hook, "bpf", 3));

	return e ? latch_fail(o->err, e, "%s: cannot enter hook %s into the guard: %s", o->pindir, hook, strerror(-e)) :
		   0;
}

static int own_tag_of(const char *hook, void *arg)
{
	struct overruling *o = arg;
	_cleanup_close_ int fd = latch_pin_get(o->pindir, "guard", hook);
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int e = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : own_tag(o->kept, o->x, info.prog_id);

	return e ? latch_fail(o->err, e, "%s: cannot enter the guard's own program on %s: %s", o->pindir, hook,
			      strerror(-e)) :
		   0;
}

/*
 * The programs of the module lockdown on hooks where no other would be let in: it may be loaded already, or come
 * behind the seal. They are those of its file, as what is pinned may be anybody's. Where they cannot be loaded,
 * they are taken for somebody's.
 */
static int own_lockdown(struct overruling *o)
{
	struct bpf_program *prog;
	struct latch_module *mod;
	struct bpf_object *obj;
	struct latch_error unused;
	int e = 0;

	if (latch_module_read(LATCH_LOCKDOWN, &mod, &unused))
		return 0;
	latch_libbpf_capture();
	obj = bpf_object__open_mem(mod->file, mod->file_size, NULL);
	latch_module_free(mod);
	if (!obj)
		return 0;
	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, !strncmp(bpf_program__section_name(prog), "lsm/bpf", 7));
	if (!latch_leave_unmapped(obj, "") && !bpf_object__load(obj))
		bpf_object__for_each_program(prog, obj)
			if (!e && bpf_program__fd(prog) >= 0)
				e = own_tag_fd(o->kept, o->x, bpf_program__fd(prog));
	bpf_object__close(obj);
	return e ? latch_fail(o->err, e, "%s: cannot enter the module lockdown into the guard: %s", o->pindir,
			      strerror(-e)) :
		   0;
}

int latch_keep_hooks(const char *pindir, int kept, struct latch_expected *x, struct latch_error *err)
{
	struct overruling o = { .pindir = pindir, .kept = kept, .x = x, .err = err };
	uint32_t fresh;
	int e;

	o.unchecked = returns_unchecked("file_open");
	latch_fail(err, 0, "%s: its pins cannot be listed", pindir);
	e = latch_pins_each(pindir, "guard", own_tag_of, &o);
	if (!e && o.unchecked)
		e = own_lockdown(&o);
	if (!e && !(e = latch_fresh_program(&fresh)))
		e = own_tag(kept, x, fresh);
	if (!e)
		e = latch_pins_each(pindir, "guard", keep_hook_of, &o);
	if (!e)
		e = latch_pins_each(pindir, "links", keep_hook_of, &o);
	return e;
}
