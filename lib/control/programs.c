// SPDX-License-Identifier: GPL-2.0-only
/* The programs of a module: given to the kernel, attached to its hooks; and why, where it refuses. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "control/loading.h"
#include "control/refusal.h"
#include "loaded/guard_state.h"

#define NO_SUCH_THING 524 /* ENOTSUPP of include/linux/errno.h, which no libc knows */

int latch_attach(int prog_fd)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	return fd < 0 ? -errno : fd;
}

int latch_fail_attach(struct latch_error *err, int code, const char *module, const char *hook)
{
	if (code == -E2BIG)
		return latch_fail(err, code,
				  "%s: hook %s is full: this kernel attaches no more programs to it: "
				  "see `bpftool link` for those there",
				  module, hook);
	if (code == -NO_SUCH_THING)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s: cannot attach to hook %s: this kernel attaches no BPF LSM program on this "
				  "architecture (on arm64, 6.4 is the first that does)",
				  module, hook);
	return latch_fail(err, code, "%s: cannot attach to hook %s: %s", module, hook, strerror(-code));
}

static const char *hook_of(const struct bpf_program *prog)
{
	const char *slash = strchr(bpf_program__section_name(prog), '/');

	return slash ? slash + 1 : "";
}

struct bpf_program *latch_program_of(const struct loading *ld, const char *hook)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, ld->obj)
		if (!strcmp(hook_of(prog), hook))
			return prog;
	return NULL;
}

static int fail_open(struct loading *ld, int code)
{
	char why[128];

	libbpf_strerror(code, why, sizeof(why));
	return latch_fail_lines(ld->err, code == -ENOMEM ? code : -ENOEXEC, "%s: libbpf cannot read it: %s%s%.1000s",
				ld->mod->name, why, *latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
}

/* The hook whose program libbpf complains of. */
static const char *hook_blamed(const struct loading *ld, const char *said)
{
	char quoted[2 * LATCH_NAME_MAX];

	for (size_t i = 0; i < ld->mod->nhooks; i++) {
		struct bpf_program *prog = latch_program_of(ld, ld->mod->hooks[i].name);

		snprintf(quoted, sizeof(quoted), "prog '%s'", prog ? bpf_program__name(prog) : "");
		if (strstr(said, quoted))
			return ld->mod->hooks[i].name;
	}
	return NULL;
}

static const char *hook_missing(const struct loading *ld)
{
	for (size_t i = 0; i < ld->mod->nhooks; i++)
		if (latch_kernel_hook_id(ld->mod->hooks[i].name) == -ENOENT)
			return ld->mod->hooks[i].name;
	return NULL;
}

/*
 * Whether not even a program that only denies may be attached to it: the kernel's disabled
 * hooks, and those that answer yes or no (from 6.12.118 these take programs, which may return
 * 0 or 1).
 */
static bool hook_closed(const char *hook)
{
	int fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, hook, -EPERM);

	if (fd >= 0)
		close(fd);
	return fd == -EINVAL;
}

/* For who asks to see all of it. */
static void keep_log(struct loading *ld)
{
	free(ld->mod->verifier_log);
	ld->mod->verifier_log = strdup(ld->log);
}

/* The verifier's sentence, its reason and the place, as far as it gives them. */
static int fail_verifier(struct loading *ld, int code, const char *hook)
{
	char reason[700] = "", source[400] = "";
	struct latch_objection o;

	if (code == -ENOSPC)
		return latch_fail(
			ld->err, -EACCES,
			"%s: hook %s: the kernel's verifier refuses the program; why is not known: its log is "
			"longer than %d MiB, and this kernel keeps the beginning only",
			ld->mod->name, hook, LATCH_VERIFIER_LOG >> 20);
	latch_objection_read(ld->log, &o);
	if (*o.reason)
		snprintf(reason, sizeof(reason), "\n  reason: %s", o.reason);
	if (*o.source)
		snprintf(source, sizeof(source), "\n  source: %s", o.source);
	if (!*o.text)
		return latch_fail(ld->err, code, "%s: hook %s: the kernel refuses the program, and says no more: %s",
				  ld->mod->name, hook, strerror(-code));
	if (hook_closed(hook))
		return latch_fail(ld->err, -EOPNOTSUPP, "%s: hook %s: this kernel lets no BPF program deny there: %s",
				  ld->mod->name, hook, o.text);
	if (!strncmp(o.text, "failed to resolve CO-RE relocation", 34))
		return latch_fail_lines(ld->err, -EOPNOTSUPP,
					"%s: hook %s: the program reads what this kernel does not have: %s%s",
					ld->mod->name, hook, o.text, source);
	return latch_fail_lines(
		ld->err, code == -EPERM || code == -ENOMEM ? code : -EACCES,
		"%s: hook %s: the kernel's verifier refuses the program: %s%s%s\n  (-v prints its whole log)",
		ld->mod->name, hook, o.text, reason, source);
}

/* Finds out who refused the object, and why. */
static int fail_load(struct loading *ld, int code)
{
	static const char *const by[] = {
		[LATCH_BY_LIBBPF] = "libbpf cannot prepare it for this kernel",
		[LATCH_BY_KERNEL] = "the kernel refuses even an empty BPF program or map",
		[LATCH_BY_BTF] = "the kernel does not take its types (BTF)",
		[LATCH_BY_MAP] = "the kernel does not make its map",
	};
	_cleanup_free_ char *said = strdup(latch_libbpf_said());
	const char *blamed = said ? hook_blamed(ld, said) : NULL, *missing;
	char what[128] = "";
	enum latch_refuser who = latch_refuser_read(said ? said : "", what, sizeof(what));

	if (who == LATCH_BY_VERIFIER || *ld->log) {
		keep_log(ld);
		return fail_verifier(ld, code, blamed ? blamed : "unknown");
	}
	missing = hook_missing(ld);
	if (who == LATCH_BY_LIBBPF && missing)
		return latch_fail(ld->err, -EOPNOTSUPP, "%s: this kernel has no hook `%s`", ld->mod->name, missing);
	return latch_fail_lines(ld->err,
				who == LATCH_BY_LIBBPF && code == -ESRCH ? -EOPNOTSUPP :
				code == -EINVAL				 ? -EIO :
									   code,
				"%s: %s%s%s: %s%s%.1000s", ld->mod->name, by[who], *what ? " " : "", what,
				strerror(-code), said && *said ? "\n" : "", said ? said : "");
}

static int set_values(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, ".data.param");
	size_t size = 0;
	void *data = map ? (void *)bpf_map__initial_value(map, &size) : NULL;

	for (size_t i = 0; i < ld->mod->nparams; i++) {
		if (!data || ld->mod->params[i].offset + latch_param_size(&ld->mod->params[i]) > size)
			return latch_fail(ld->err, -ENOEXEC, "%s: parameter %s has no place in the object",
					  ld->mod->name, ld->mod->params[i].name);
		latch_param_store(&ld->mod->params[i], data);
	}
	if (data)
		latch_exceptions_count(ld->mod, data);
	return 0;
}

/* Whose doings are latch's own; see struct latch_self. */
static int set_self(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, ".rodata.self");
	int e = map && ld->mod->gated ? bpf_map__set_initial_value(map, &ld->l->self, sizeof(ld->l->self)) : 0;

	return e ? latch_fail(ld->err, -ENOEXEC, "%s: its section .rodata.self is damaged", ld->mod->name) : 0;
}

/* Where they cannot be loaded, nothing can be sealed, and nothing is missing. */
static int set_iter_tags(struct loading *ld)
{
	struct bpf_map *map = bpf_object__find_map_by_name(ld->obj, ".rodata.iters");
	struct latch_iter_tags iters = { 0 };
	uint64_t tags[LATCH_ITERS];
	int e;

	_Static_assert(LATCH_ITERS <= LATCH_ITER_TAGS, "a place for each");
	if (!map || !ld->mod->gated || latch_views_tags(tags))
		return 0;
	memcpy(iters.tag, tags, sizeof(tags));
	e = bpf_map__set_initial_value(map, &iters, sizeof(iters));
	return e ? latch_fail(ld->err, -ENOEXEC, "%s: its section .rodata.iters is damaged", ld->mod->name) : 0;
}

static bool has_one_of(const struct latch_module *mod, const char *hooks)
{
	for (size_t i = 0; i < mod->nhooks; i++)
		if (latch_list_has(hooks, mod->hooks[i].name))
			return true;
	return false;
}

/* Optional hooks that this kernel does not have; a feature that is left without one is refused. */
static int leave_out(struct loading *ld)
{
	struct latch_module *mod = ld->mod;
	char hook[LATCH_NAME_MAX];

	for (size_t i = mod->nhooks; i--;) {
		struct bpf_program *prog = latch_program_of(ld, mod->hooks[i].name);

		if (!latch_hook_optional(mod, mod->hooks[i].name) ||
		    latch_kernel_hook_id(mod->hooks[i].name) != -ENOENT)
			continue;
		strcpy(hook, mod->hooks[i].name);
		if (!prog || bpf_program__set_autoload(prog, false) || latch_hook_leave_out(mod, hook))
			return latch_fail(ld->err, -ENOEXEC, "%s: its hook %s cannot be left out", mod->name, hook);
		for (size_t k = 0; k < mod->nparams; k++)
			if (latch_list_has(mod->params[k].hooks, hook) && !has_one_of(mod, mod->params[k].hooks))
				return latch_fail(ld->err, -EOPNOTSUPP,
						  "%s: this kernel has no hook `%s`, nor another for feature `%s`",
						  mod->name, hook, mod->params[k].name);
		if (!mod->nhooks)
			return latch_fail(ld->err, -EOPNOTSUPP, "%s: this kernel has none of its hooks", mod->name);
	}
	return 0;
}

/*
 * What is mapped into memory can be written past any descriptor, and past a seal: of latch's own, the gate
 * has to be; of others, an arena.
 */
int latch_leave_unmapped(struct bpf_object *obj, const char *but)
{
	struct bpf_map *map;
	int e = 0;

	bpf_object__for_each_map(map, obj)
	{
		uint32_t flags = bpf_map__map_flags(map);

		if (!e && flags & BPF_F_MMAPABLE && bpf_map__type(map) == BPF_MAP_TYPE_ARRAY &&
		    strcmp(bpf_map__name(map), but) != 0)
			e = bpf_map__set_map_flags(map, flags & ~(uint32_t)BPF_F_MMAPABLE);
	}
	return e;
}

int latch_programs_load(struct loading *ld)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = ld->mod->name);
	struct bpf_program *prog;
	int e;

	latch_libbpf_capture();
	ld->obj = bpf_object__open_mem(ld->mod->file, ld->mod->file_size, &opts);
	if (!ld->obj)
		return fail_open(ld, -errno);
	bpf_object__for_each_program(prog, ld->obj)
		bpf_program__set_log_buf(prog, ld->log, LATCH_VERIFIER_LOG);
	if ((e = set_values(ld)) || (e = set_self(ld)) || (e = set_iter_tags(ld)))
		return e;
	e = latch_leave_unmapped(ld->obj, ld->mod->gated ? ".data.gate" : "");
	if (e)
		return latch_fail(ld->err, e, "%s: its maps cannot be made: %s", ld->mod->name, strerror(-e));
	e = leave_out(ld);
	latch_kernel_btf_drop();
	if (e)
		return e;
	e = bpf_object__load(ld->obj);
	return e ? fail_load(ld, e) : 0;
}

int latch_programs_attach(struct loading *ld)
{
	for (size_t i = 0; i < ld->mod->nhooks; i++) {
		const char *hook = ld->mod->hooks[i].name;
		struct bpf_program *prog = latch_program_of(ld, hook);

		if (!prog)
			return latch_fail(ld->err, -ENOEXEC, "%s: no program for hook %s", ld->mod->name, hook);
		if (!latch_hook_needed(ld->mod, hook))
			continue;
		ld->link[i] = latch_attach(bpf_program__fd(prog));
		if (ld->link[i] < 0)
			return latch_fail_attach(ld->err, ld->link[i], ld->mod->name, hook);
	}
	return 0;
}
