/* SPDX-License-Identifier: GPL-2.0-only */
/* What census.bpf.c writes for each map, for each program, and for each link: the id of its program. */
#ifndef LATCH_CENSUS_H
#define LATCH_CENSUS_H

#include <linux/types.h>

struct latch_census {
	__u32 id;
	__u32 type; /* enum bpf_map_type or bpf_prog_type */
	/* Of maps. */
	__u32 key_size, value_size, max_entries, flags;
	/* Of programs. */
	__u32 attach_type; /* enum bpf_attach_type */
	__u32 function;	   /* BTF id of what it is attached to */
	__u32 target;	   /* id of the program that it is loaded for; 0: none */
	__u32 access;	   /* to the elements that an iterator is shown: bytes of them */
	__u32 maps;	   /* how many it uses */
	__u32 replaces;	   /* 1: it can be put into the place of a function of latch's */
	__u64 tag;
	__s64 references;
};

#endif
