// SPDX-License-Identifier: GPL-2.0-only
/* What a program could be attached to so that the guard, or a module, would not be asked or not heard. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "guard.h"
#include "priv.h"

int latch_keep_functions(int kept, uint32_t function, struct latch_expected *x, struct latch_error *err)
{
	struct btf *btf = latch_kernel_btf(err);
	int e = btf ? 0 : -EOPNOTSUPP;

	for (uint32_t id = 1; !e && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (id != function &&
		    (!btf_is_func(t) || strncmp(btf__name_by_offset(btf, t->name_off), "security_", 9)))
			continue;
		e = latch_keep(kept, LATCH_KEPT_FUNC, 0, id, LATCH_KEPT_ITSELF);
		if (!e)
			e = latch_expect(x, LATCH_KEPT_FUNC, id, 0);
		if (e)
			latch_fail(err, e, "cannot enter the security hooks into the guard: %s", strerror(-e));
	}
	btf__free(btf);
	return e;
}

static int own_tag(int kept, struct latch_expected *x, uint32_t id)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);
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

/* Whether the verifier lets a program return what would pass for "allowed": before 6.12 it did. */
static bool returns_unchecked(const char *hook)
{
	const struct bpf_insn positive[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC);
	int id = libbpf_find_vmlinux_btf_id(hook, BPF_LSM_MAC);
	_cleanup_close_ int fd = -1;

	if (id <= 0)
		return true;
	opts.attach_btf_id = (uint32_t)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_LSM, NULL, "GPL", positive, 2, &opts);
	return fd >= 0 || errno != EINVAL;
}

static int keep_hook(int kept, struct latch_expected *x, const struct btf *btf, const char *hook, bool any)
{
	uint32_t how = LATCH_KEPT_CGROUP | (any ? LATCH_KEPT_ANY : 0);
	char name[300];
	int id, e;

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	if (id <= 0)
		return id ? id : -ENOENT;
	if (latch_expected_find(x, LATCH_KEPT_HOOK, (uint32_t)id))
		return 0;
	e = latch_expect(x, LATCH_KEPT_HOOK, (uint32_t)id, (int)how);
	return e ? e : latch_keep(kept, LATCH_KEPT_HOOK, 0, (uint64_t)id, how);
}

static int keep_hooks_of(const char *room, const char *kind, int kept, struct latch_expected *x, const struct btf *btf,
			 bool unchecked, struct latch_error *err)
{
	char path[256];
	struct dirent *d;
	int e = 0;
	DIR *list;

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/%s", room, kind);
	list = opendir(path);
	if (!list)
		return latch_fail(err, -errno, "%s: %m", path);
	while (!e && (d = readdir(list))) {
		if (d->d_name[0] == '.' || !strcmp(d->d_name, "events"))
			continue;
		/* Their callers test for a negative value. */
		e = keep_hook(kept, x, btf, d->d_name, unchecked && !strncmp(d->d_name, "bpf", 3));
		if (e)
			latch_fail(err, e, "%s: cannot enter hook %s into the guard: %s", room, d->d_name,
				   strerror(-e));
	}
	closedir(list);
	return e;
}

static int own_tags(const char *room, int kept, struct latch_expected *x)
{
	char path[256];
	struct dirent *d;
	int e = 0;
	DIR *list;

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/guard", room);
	list = opendir(path);
	if (!list)
		return -errno;
	while (!e && (d = readdir(list))) {
		_cleanup_close_ int fd = d->d_name[0] == '.' ? -1 : latch_pin_get(room, "guard", d->d_name);
		struct bpf_link_info info = { 0 };
		uint32_t len = sizeof(info);

		if (d->d_name[0] == '.' || !strcmp(d->d_name, "events"))
			continue;
		e = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : own_tag(kept, x, info.prog_id);
	}
	closedir(list);
	return e;
}

int latch_keep_hooks(const char *room, int kept, struct latch_expected *x, struct latch_error *err)
{
	bool unchecked = returns_unchecked("bpf_map");
	int e = own_tags(room, kept, x);
	struct btf *btf;

	if (e)
		return latch_fail(err, e, "%s: cannot enter the guard's own programs: %s", room, strerror(-e));
	btf = latch_kernel_btf(err);
	if (!btf)
		return -EOPNOTSUPP;
	e = keep_hooks_of(room, "guard", kept, x, btf, unchecked, err);
	if (!e)
		e = keep_hooks_of(room, "links", kept, x, btf, unchecked, err);
	btf__free(btf);
	return e;
}
