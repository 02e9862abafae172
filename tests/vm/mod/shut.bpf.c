// SPDX-License-Identifier: GPL-2.0-only
/* Denies what latch itself needs; or, so that it can be loaded, only to programs called `victim`. */
#include <latch/module.bpf.h>

LATCH_MODULE("shut", "1.0", "Deny latch what it needs to unload");
LATCH_FLAGS(what, 0, "dir,exe,pins,victim_dir,victim_pins", "what is denied");

#define BPF_FS 0xcafe4a11

static __always_inline bool victim(void)
{
	char comm[16] = "";

	bpf_get_current_comm(comm, sizeof(comm));
	return *(__u32 *)comm == *(const __u32 *)"vict";
}

LATCH_HOOK(file_open, struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;

	if (file->f_inode->i_sb->s_magic == BPF_FS)
		return what & 1 || (what & 8 && victim()) ? -EPERM : 0;
	/* The file of latch, unless it is opened to be run. */
	return what & 2 && dentry->d_name.len == 5 && *(__u32 *)dentry->d_iname == *(const __u32 *)"latc" ? -EACCES : 0;
}

LATCH_HOOK(bpf)
{
	return what & 4 || (what & 16 && victim()) ? -EPERM : 0;
}
