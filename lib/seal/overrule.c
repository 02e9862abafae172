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
			latch_fail(err, e, "cannot enter the security hooks into the guard: %s", latch_keep_error(e));
	}
	return e;
}

/* Later seals find the tags in the guard, which takes no others; their census goes by them, too. */
int latch_keep_tag(struct latch_guarding *g, uint64_t tag)
{
	int e = latch_expect_tag(&g->expected, tag);

	return e ? e : latch_keep(g, LATCH_KEPT_TAG, 0, tag, LATCH_KEPT_ITSELF);
}

/* Whether the verifier lets a program return what would pass for "allowed": before 6.12 it did. */
int latch_returns_unchecked(void)
{
	int fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open", 1);

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 1 : fd == -EINVAL ? 0 : fd;
}

int latch_keep_hook(struct latch_guarding *g, const char *hook)
{
	/* Their callers test for a negative value. */
	bool any = g->unchecked && !strncmp(hook, "bpf", 3);
	uint32_t how = LATCH_KEPT_CGROUP | (any ? LATCH_KEPT_ANY : 0);
	int id = latch_kernel_hook_id(hook), e = 0;

	if (id < 0)
		return id;
	/* Whoever keeps it, and since when: the census looks for what is attached to it. */
	if (!latch_expected_find(&g->expected, LATCH_KEPT_HOOK, (uint32_t)id))
		e = latch_expect(&g->expected, LATCH_KEPT_HOOK, (uint32_t)id, (int)how);
	return e ? e : latch_keep(g, LATCH_KEPT_HOOK, 0, (uint64_t)id, how);
}

static int read_tags(struct latch_guarding *g, const struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);

		if (bpf_program__fd(prog) < 0)
			continue;
		if (g->nlockdown == LATCH_LOCKDOWN_TAGS)
			return -E2BIG;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			return -errno;
		memcpy(&g->lockdown[g->nlockdown++], info.tag, sizeof(g->lockdown[0]));
	}
	return 0;
}

void latch_lockdown_tags(struct latch_guarding *g)
{
	struct bpf_program *prog;
	struct latch_module *mod;
	struct bpf_object *obj;
	struct latch_error unused;

	g->nlockdown = 0;
	if (latch_module_read(LATCH_LOCKDOWN, &mod, &unused))
		return;
	latch_libbpf_capture();
	obj = bpf_object__open_mem(mod->file, mod->file_size, NULL);
	latch_module_free(mod);
	if (!obj)
		return;
	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, !strncmp(bpf_program__section_name(prog), "lsm/bpf", 7));
	if (latch_leave_unmapped(obj, "") || bpf_object__load(obj) || read_tags(g, obj))
		g->nlockdown = 0;
	bpf_object__close(obj);
}

struct hooks {
	struct latch_guarding *g;
	struct latch_error *err;
};

static int keep_hook_of(const char *hook, void *arg)
{
	struct hooks *h = arg;
	int e = latch_keep_hook(h->g, hook);

	return e ? latch_fail(h->err, e, "%s: cannot enter hook %s into the guard: %s", h->g->pindir, hook,
			      latch_keep_error(e)) :
		   0;
}

int latch_keep_hooks(struct latch_guarding *g, struct latch_error *err)
{
	struct hooks h = { .g = g, .err = err };

	latch_fail(err, 0, "%s: its pins cannot be listed", g->pindir);
	return latch_pins_each(g->pindir, "links", keep_hook_of, &h);
}
