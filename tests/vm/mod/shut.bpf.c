// SPDX-License-Identifier: GPL-2.0-only
/* Denies what latch itself needs; or, so that it can be loaded, only to programs called `victim`. */
#include <latch/module.bpf.h>

LATCH_MODULE("shut", "1.0", "Deny latch what it needs to unload");
LATCH_FLAGS(what, 0, "dir,exe,pins,victim_dir,victim_pins,lookup,update", "what is denied");

#define BPF_FS 0xcafe4a11

static __always_inline __u32 comm_begins(void)
{
	__u32 comm[4] = { 0 };

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0];
}

#define VICT 0x74636976
#define LATC 0x6374616c

LATCH_HOOK(file_open, struct file *file)
{
	if (file->f_inode->i_sb->s_magic == BPF_FS)
		return what & 1 || (what & 8 && comm_begins() == VICT) ? -EPERM : 0;
	return what & 2 && comm_begins() == LATC ? -EACCES : 0;
}

LATCH_HOOK(bpf, int cmd)
{
	if ((what & 32 && cmd == BPF_MAP_LOOKUP_ELEM) || (what & 64 && cmd == BPF_MAP_UPDATE_ELEM))
		return comm_begins() == LATC ? -EPERM : 0;
	return what & 4 || (what & 16 && comm_begins() == VICT) ? -EPERM : 0;
}
