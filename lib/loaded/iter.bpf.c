// SPDX-License-Identifier: GPL-2.0-only
/*
 * An iterator of a map: a file in bpffs that reads as the map's elements, keys and
 * values one behind the other. A sealed module's maps have no other reader:
 * a descriptor of a map, even a read-only one, would let a program write it.
 *
 * A program for each kind of map, as the size of what is written has to be a constant. It is one in
 * the code, and no program has a map of its own: so the tag, which the kernel makes of the
 * code, tells the guard that it is one of these and no other. Each writes no more than the map that it is shown
 * holds, whichever that is.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "loaded/guard_state.h"

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_map {
	__u32 key_size;
	__u32 value_size;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

/* key_bytes 0: keys are not written */
#define ITER(name, key_bytes, value_bytes)                                                                             \
	SEC("iter/bpf_map_elem")                                                                                       \
	int name(struct bpf_iter__bpf_map_elem *ctx)                                                                   \
	{                                                                                                              \
		struct seq_file *seq = ctx->meta->seq;                                                                 \
		struct bpf_map *map = ctx->map;                                                                        \
		void *key = ctx->key, *value = ctx->value;                                                             \
		__u64 mark = LATCH_VIEW_MARK(LATCH_VIEW_##name);                                                       \
                                                                                                                       \
		if (!key || !value || !map)                                                                            \
			return 0;                                                                                      \
		bpf_seq_write(seq, &mark, sizeof(mark));                                                               \
		if (map->key_size < key_bytes || map->value_size < value_bytes)                                        \
			return 0;                                                                                      \
		if (key_bytes)                                                                                         \
			bpf_seq_write(seq, key, key_bytes);                                                            \
		bpf_seq_write(seq, value, value_bytes);                                                                \
		return 0;                                                                                              \
	}

LATCH_VIEWS(ITER)

char latch_license[] SEC("license") = "GPL";
