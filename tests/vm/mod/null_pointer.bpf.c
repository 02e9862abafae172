// SPDX-License-Identifier: GPL-2.0-only
/* The verifier refuses it: what a lookup finds is used unseen. */
#include <latch/module.bpf.h>

LATCH_MODULE("null_pointer", "1.0", "Uses what it may not have found");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, int);
	__type(value, long);
} table SEC(".maps");

LATCH_HOOK(inode_symlink)
{
	int key = 1;
	long *found = bpf_map_lookup_elem(&table, &key);

	return *found ? -EPERM : 0;
}
