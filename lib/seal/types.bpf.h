/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of kernel/bpf that latch's own programs look into. */
#ifndef LATCH_TYPES_BPF_H
#define LATCH_TYPES_BPF_H

#include <latch/abi.h>
#include <latch/kernel.bpf.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__s64 counter;
} atomic64_t;

struct bpf_map {
	enum bpf_map_type map_type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u32 id;
	atomic64_t refcnt;
	atomic64_t usercnt;
};

struct bpf_prog;

struct bpf_prog_aux {
	__u32 id;
	__u32 attach_btf_id;
	__u32 used_map_cnt;
	__u32 max_rdonly_access; /* of the elements that an iterator is shown, bytes */
	__u32 max_rdwr_access;
	struct bpf_prog *dst_prog; /* until it is attached */
	enum bpf_prog_type saved_dst_prog_type;
	atomic64_t refcnt;
};

struct bpf_prog {
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	__u8 tag[8];
	struct bpf_prog_aux *aux;
};

struct bpf_link {
	__u32 id;
	struct bpf_prog *prog;
};

#pragma clang attribute pop

/*
 * Whether it can be put into the place of a function of a program of latch's, which may be another than it was
 * loaded for (BPF_LINK_CREATE): that is of the same type.
 */
static inline bool replaces_a_guards(const struct bpf_prog *prog)
{
	enum bpf_prog_type type = prog->aux->saved_dst_prog_type;

	return prog->type == BPF_PROG_TYPE_EXT && (type == BPF_PROG_TYPE_LSM || type == BPF_PROG_TYPE_CGROUP_SYSCTL ||
						   type == BPF_PROG_TYPE_SYSCALL || type == BPF_PROG_TYPE_TRACING);
}

#endif
