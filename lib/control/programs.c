// SPDX-License-Identifier: GPL-2.0-only
/* The programs of a module: given to the kernel, attached to its hooks; and why, where it refuses. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "control/loading.h"

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

/* The last line of the verifier's log that is not statistics: what it objects to. */
static const char *decisive_line(char *log)
{
	const char *line = NULL;

	for (char *s = strtok(log, "\n"); s; s = strtok(NULL, "\n"))
		if (strncmp(s, "processed ", 10) && strncmp(s, "verification time", 17) &&
		    strncmp(s, "stack depth", 11) && *s)
			line = s;
	return line;
}

static int fail_open(struct loading *ld, int code)
{
	char why[128];

	libbpf_strerror(code, why, sizeof(why));
	return latch_fail(ld->err, code == -ENOMEM ? code : -ENOEXEC, "%s: libbpf cannot read it: %s%s%.1000s",
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

/* Finds out why libbpf could not load the object. */
static int fail_load(struct loading *ld, int code)
{
	_cleanup_free_ char *said = strdup(latch_libbpf_said());
	const char *blamed = said ? hook_blamed(ld, said) : NULL, *missing;
	const char *line = decisive_line(ld->log);

	if (line && blamed && hook_closed(blamed))
		return latch_fail(ld->err, -EOPNOTSUPP, "%s: hook %s: this kernel lets no BPF program deny there: %s",
				  ld->mod->name, blamed, line);
	if (line)
		return latch_fail(ld->err, code == -EPERM || code == -ENOMEM ? code : -EACCES,
				  "%s: hook %s: the kernel's verifier refuses the program: %s", ld->mod->name,
				  blamed ? blamed : "unknown", line);
	missing = hook_missing(ld);
	if (missing)
		return latch_fail(ld->err, -EOPNOTSUPP, "%s: this kernel has no hook `%s`", ld->mod->name, missing);
	return latch_fail(ld->err, code == -EINVAL ? -EIO : code, "%s: the kernel does not take it: %s%s%.1000s",
			  ld->mod->name, strerror(-code), said && *said ? "\n" : "", said ? said : "");
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
	e = set_values(ld);
	if (e)
		return e;
	latch_kernel_btf_drop();
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
