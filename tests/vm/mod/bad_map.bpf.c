// SPDX-License-Identifier: GPL-2.0-only
/* A map that no kernel makes: keys of a ring. */
#include <latch/module.bpf.h>

LATCH_MODULE("bad_map", "1.0", "Wants a map that cannot be");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4095);
} crooked SEC(".maps");

LATCH_HOOK(inode_symlink)
{
	return bpf_ringbuf_query(&crooked, 0) ? -EPERM : 0;
}
