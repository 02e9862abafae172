// SPDX-License-Identifier: GPL-2.0-only
/*
 * An iterator of a map: a file in bpffs that reads as the map's elements, keys and
 * values one behind the other. A sealed module's maps have no other reader:
 * a descriptor of a map, even a read-only one, would let a program write it.
 *
 * A program for each map: the size of what is written has to be a constant.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "loaded/guard_state.h"

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

const volatile __u32 key_size[LATCH_ITERS]; /* 0: keys are not written */
const volatile __u32 value_size[LATCH_ITERS];

#define ITER(n)                                                                                                        \
	SEC("iter/bpf_map_elem")                                                                                       \
	int iter##n(struct bpf_iter__bpf_map_elem *ctx)                                                                \
	{                                                                                                              \
		struct seq_file *seq = ctx->meta->seq;                                                                 \
		void *key = ctx->key, *value = ctx->value;                                                             \
                                                                                                                       \
		if (!key || !value)                                                                                    \
			return 0;                                                                                      \
		if (key_size[n])                                                                                       \
			bpf_seq_write(seq, key, key_size[n]);                                                          \
		bpf_seq_write(seq, value, value_size[n]);                                                              \
		return 0;                                                                                              \
	}

ITER(0)
ITER(1)
ITER(2)
ITER(3)
ITER(4)
ITER(5)
ITER(6)

char latch_license[] SEC("license") = "GPL";
