// SPDX-License-Identifier: GPL-2.0-only
/* BPF iterators over the elements of maps. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define BTF_MAX (64 << 20)

static char *read_btf(size_t *size)
{
	int fd = probe_open("/sys/kernel/btf/vmlinux", O_RDONLY);
	char *data = fd < 0 ? NULL : malloc(BTF_MAX);
	ssize_t n = 0;

	*size = 0;
	while (data && *size < BTF_MAX && (n = read(fd, data + *size, BTF_MAX - *size)) > 0)
		*size += (size_t)n;
	if (fd >= 0)
		close(fd);
	return data;
}

/* Bytes behind a type's first twelve. */
static size_t more_of(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * n;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * n;
	}
	return 0;
}

/* The number of a kernel function in the kernel's BTF, or a negative errno. */
static int function_id(const char *name)
{
	size_t size;
	char *data = read_btf(&size);
	const struct btf_header *h = (void *)data;
	int id = 0, found = -ENOENT;

	if (!data || size < sizeof(*h)) {
		free(data);
		return -ENOENT;
	}
	for (const char *at = data + h->hdr_len + h->type_off, *end = at + h->type_len; at < end && found < 0;) {
		const struct btf_type *t = (const void *)at;

		id++;
		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC &&
		    !strcmp(data + h->hdr_len + h->str_off + t->name_off, name))
			found = id;
		at += sizeof(*t) + more_of(t);
	}
	free(data);
	return found;
}

#define INSN(c, d, s, o, i)                                                                                            \
	{                                                                                                              \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                                    \
	}
#define LOAD(d, s, o) INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define KEY 16 /* their places in what the program is given */
#define VALUE 24

/* It takes a pointer, and does that with what is there, unless it is NULL. */
static int load_iterator(const char *function, int place, struct bpf_insn access)
{
	const struct bpf_insn insns[] = {
		LOAD(1, 1, place),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1, 0),
		access,
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = BPF_TRACE_ITER,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t) "GPL",
		.prog_name = "probe",
	};
	int fd = function_id(function);

	if (fd < 0)
		return fd;
	attr.attach_btf_id = (uint32_t)fd;
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return -errno;
	if (!probe_holds)
		close(fd);
	return 0;
}

static int run_bpf_iter(char **args)
{
	const struct bpf_insn nothing = INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 0), read = LOAD(1, 1, 0),
			      write = INSN(BPF_ST | BPF_MEM | BPF_DW, 1, 0, 0, 0);

	if (!strcmp(args[1], "value=write"))
		return load_iterator(args[0], VALUE, write);
	if (!strcmp(args[1], "value=read"))
		return load_iterator(args[0], VALUE, read);
	if (!strcmp(args[1], "key=read"))
		return load_iterator(args[0], KEY, read);
	return load_iterator(args[0], 0, nothing);
}

const struct probe bpf_probes[] = {
	{ "bpf_iter", run_bpf_iter, 2, 2, "FUNCTION value=write|value=read|key=read|nothing" },
	{},
};
