// SPDX-License-Identifier: GPL-2.0-only
/* BPF programs of the attacker's own against the module's. */
#include "programs.h"
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <latch/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"
#include "token.h"

#define OBJECT "/test/attack/programs.bpf.o"

struct bpf_object *programs_open(const char *name, struct bpf_program **prog)
{
	struct bpf_object *obj = bpf_object__open(OBJECT);

	*prog = obj ? bpf_object__find_program_by_name(obj, name) : NULL;
	if (!*prog)
		return NULL;
	bpf_program__set_autoload(*prog, true);
	return obj;
}

int program_load(const char *name, enum bpf_prog_type type, enum bpf_attach_type attach)
{
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open(name, &prog);
	int e;

	if (!obj)
		return -errno;
	bpf_program__set_type(prog, type);
	bpf_program__set_expected_attach_type(prog, attach);
	e = bpf_object__load(obj);
	return e ? e : bpf_program__fd(prog);
}

int program_function(int fd, const char *name)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	struct btf *btf;
	int id;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : -errno;
	btf__free(btf);
	return id;
}

/* Ends with the link: what it does has to be seen while it is there. */
static int attach_and_look(const char *name, int target_fd)
{
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open(name, &prog);
	struct bpf_link *link;
	int e;

	if (!obj)
		return -errno;
	if (target_fd < 0 && target_fd != -EBADF)
		return target_fd;
	if (target_fd >= 0 && bpf_program__set_attach_target(prog, target_fd, "latch_inode_symlink"))
		return -errno;
	e = bpf_object__load(obj);
	if (e)
		return e;
	link = bpf_program__attach(prog);
	if (!link)
		return -errno;
	e = target_enforced() ? 0 : ATTACK_WON;
	bpf_link__destroy(link);
	bpf_object__close(obj);
	return e;
}

static int freplace_id(void)
{
	return attach_and_look("replace_verdict", bpf_prog_get_fd_by_id(target.prog[0]));
}

static int freplace_link(void)
{
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = bpf_obj_get(LINKS "/inode_symlink");

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return fd < 0 ? fd : -errno;
	return attach_and_look("replace_verdict", bpf_prog_get_fd_by_id(info.prog_id));
}

static int freplace_older(void)
{
	return attach_and_look("replace_verdict", target.prog_fd);
}

static int fentry(void)
{
	return attach_and_look("enter_verdict", target.prog_fd);
}

static int fexit(void)
{
	return attach_and_look("leave_verdict", target.prog_fd);
}

static int modify_security(void)
{
	return attach_and_look("modify_security", -EBADF);
}

static int modify_hook(void)
{
	return attach_and_look("modify_hook", -EBADF);
}

static int positive(void)
{
	return attach_and_look("positive", -EBADF);
}

/* with the gate, by that descriptor, as its own map */
static int write_by_program(int gate)
{
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_gate", &prog);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int e;

	if (!obj || gate < 0)
		return obj ? gate : -errno;
	e = bpf_map__reuse_fd(bpf_object__find_map_by_name(obj, "own"), gate);
	e = e ? e : bpf_object__load(obj);
	return e ? e : bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
}

static int program_id(void)
{
	return write_by_program(bpf_map_get_fd_by_id(target.gate));
}

/* The verifier does not ask how the descriptor was opened. */
static int program_read_only(void)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = BPF_F_RDONLY);

	return write_by_program(bpf_obj_get_opts(MAPS "/gate", &opts));
}

static int program_older(void)
{
	return write_by_program(target.gate_fd);
}

static int write_by_inner(int gate)
{
	const uint32_t zero = 0;
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_inner", &prog);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int e;

	if (!obj || gate < 0)
		return obj ? gate : -errno;
	e = bpf_object__load(obj);
	if (!e)
		e = bpf_map_update_elem(bpf_map__fd(bpf_object__find_map_by_name(obj, "outer")), &zero, &gate, 0);
	return e ? e : bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
}

static int inner_id(void)
{
	return write_by_inner(bpf_map_get_fd_by_id(target.gate));
}

static int inner_older(void)
{
	return write_by_inner(target.gate_fd);
}

/* An iterator's program gets each value to read, and to write. */
static int write_by_iterator(int gate)
{
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)gate };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_element", &prog);
	struct bpf_link *link;
	char text[64];
	int e, fd;

	if (!obj || gate < 0)
		return obj ? gate : -errno;
	e = bpf_object__load(obj);
	if (e)
		return e;
	link = bpf_program__attach_iter(prog, &opts);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		return fd;
	e = sys(read(fd, text, sizeof(text)));
	close(fd);
	return e;
}

static int iterator_id(void)
{
	return write_by_iterator(bpf_map_get_fd_by_id(target.gate));
}

static int iterator_older(void)
{
	return write_by_iterator(target.gate_fd);
}

int program_attach(const char *name)
{
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open(name, &prog);
	int e;

	if (!obj)
		return -errno;
	e = bpf_object__load(obj);
	if (e)
		return e;
	return bpf_program__attach(prog) ? 0 : -errno;
}

static int bind_map(void)
{
	int fd = program_load("sysctl_allow", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL);

	return fd < 0 ? fd : bpf_prog_bind_map(fd, target.gate_fd, NULL);
}

/* The kernel's question is answered before any LSM is asked. */
static int modify_then_write(void)
{
	const struct latch_gate off = { 0 };
	const uint32_t zero = 0;
	int fd;

	program_attach("modify_bpf");
	program_attach("modify_bpf_map");
	fd = bpf_map_get_fd_by_id(target.gate);
	return fd < 0 ? fd : bpf_map_update_elem(fd, &zero, &off, 0);
}

static int modify_then_replace(void)
{
	program_attach("modify_bpf");
	program_attach("modify_bpf_prog");
	return freplace_id();
}

/* Each a program of its own: one is attached to a hook only once. */
int program_squat(const char *name)
{
	int fd, n = 0;

	do
		fd = program_load(name, BPF_PROG_TYPE_LSM, BPF_LSM_MAC);
	while (fd >= 0 && bpf_raw_tracepoint_open(NULL, fd) >= 0 && ++n < 64);
	return n;
}

/* All that a hook takes, before a module comes that wants one of them. */
static int squat(void)
{
	int e;

	program_squat("nothing");
	e = command("latch load /test/mod/second.bpf.o >/dev/null 2>&1");
	if (!e)
		command("latch unload second >/dev/null 2>&1");
	return e;
}

#define NO_TYPE "the kernel replaces no program whose argument, as the SDK writes it, is no type of its own"
#define RUNS_BEHIND "it runs after the module's program, which has denied"

const struct attack program_attacks[] = {
	{ "freplace-id", "replace a program by freplace, got by id", freplace_id, 0, NO_TYPE },
	{ "freplace-link", "the same, found by its link's pin", freplace_link, 0, NO_TYPE },
	{ "freplace-older-fd", "the same, by a descriptor from before the seal", freplace_older, 0, NO_TYPE },
	{ "fentry", "fentry on a program", fentry, 0, "it sees, and changes nothing" },
	{ "fexit", "fexit on a program", fexit, 0, "it sees, and changes nothing" },
	{ "fmod-ret", "fmod_ret on security_inode_symlink, returning 1", modify_security, 0,
	  "symlink(2) then returns 1, and makes nothing" },
	{ "fmod-ret-map", "fmod_ret on security_bpf and security_bpf_map, returning 1; write the gate by id",
	  modify_then_write, 0, NULL },
	{ "fmod-ret-prog", "fmod_ret on security_bpf and security_bpf_prog, returning 1; freplace by id",
	  modify_then_replace, 0, NO_TYPE },
	{ "fmod-ret-hook", "fmod_ret on bpf_lsm_inode_symlink, returning 1", modify_hook, 0,
	  "the kernel allows it on security_* alone" },
	{ "lsm-positive", "an LSM program that returns 1", positive, 0, RUNS_BEHIND },
	{ "program-id", "a program that writes the gate, got by id", program_id, 0, NULL },
	{ "program-read-only", "the same, by a read-only descriptor", program_read_only, 0, NULL },
	{ "program-older-fd", "the same, by a descriptor from before the seal", program_older, 0, NULL },
	{ "inner-id", "put the gate, got by id, into a map of maps, write there", inner_id, 0, NULL },
	{ "inner-older-fd", "the same, by a descriptor from before the seal", inner_older, 0, NULL },
	{ "iterator-id", "an iterator over the gate, got by id, that writes", iterator_id, 0, NULL },
	{ "iterator-older-fd", "the same, by a descriptor from before the seal", iterator_older, 0, NULL },
	{ "token", "the same, loaded in a user namespace by a BPF token", token_write, 0, NULL },
	{ "bind-map", "BPF_PROG_BIND_MAP of the gate", bind_map, 0,
	  "that holds the map, and gives no way to write it" },
	{ "squat", "take all programs that a hook can have", squat, 0, "what is attached keeps its place" },
	{},
};
