// SPDX-License-Identifier: GPL-2.0-only
/* A map that no kernel makes: it has room for nothing. */
#include <latch/module.bpf.h>

LATCH_MODULE("bad_map", "1.0", "Wants a map that cannot be");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 0);
	__type(key, int);
	__type(value, long);
} crooked SEC(".maps");

LATCH_HOOK(inode_symlink)
{
	int key = 1;

	return bpf_map_lookup_elem(&crooked, &key) ? -EPERM : 0;
}
