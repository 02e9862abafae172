// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds what a switch of lockdown does not take back: open files, mappings, I/O ports.
 *
 * task		iopl(2) and ioperm(2), of which /proc says nothing
 * task_file	open files, by device number and file system: a name proves nothing
 * task_vma	mapped files
 * bpf_prog	programs that could write to the elements of a map
 *
 * Read by the kernel's own lists, so that no process hides behind hidepid or behind who may
 * trace whom. No bpf_probe_read_kernel, so that they load under lockdown=confidentiality.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <latch/abi.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
	unsigned short i_mode;
	__u32 i_rdev;
};

struct dentry;

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_mode;
};

struct vm_area_struct {
	struct file *vm_file;
	unsigned long vm_flags;
};

struct io_bitmap {
	unsigned int max;
};

struct thread_struct {
	unsigned long iopl_emul;
	struct io_bitmap *io_bitmap;
};

struct task_struct {
	int tgid;
	char comm[16];
	struct thread_struct thread;
};

struct bpf_prog_aux {
	__u32 id;
	__u32 used_map_cnt;
	__u32 max_rdwr_access;
	char name[16];
};

struct bpf_prog {
	__u8 tag[8];
	struct bpf_prog_aux *aux;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

#pragma clang attribute pop

char latch_license[] SEC("license") = "GPL";

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define FMODE_WRITE 2
#define VM_MAYWRITE 0x20

#define PROC_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define DEBUGFS_MAGIC 0x64626720
#define TRACEFS_MAGIC 0x74726163
#define ANON_INODE_MAGIC 0x09041934

static __always_inline void name(struct latch_holder *h, struct task_struct *task)
{
	h->pid = task->tgid;
	__builtin_memcpy(h->comm, task->comm, sizeof(h->comm));
}

/* Whether it may matter; what it is, is liblatch's to say. */
static __always_inline bool look(struct latch_holder *h, struct file *file)
{
	struct inode *inode = file->f_inode;

	if (!inode)
		return false;
	h->mode = inode->i_mode;
	h->magic = inode->i_sb->s_magic;
	if ((h->mode & S_IFMT) == S_IFCHR)
		h->dev = inode->i_rdev;
	else if (h->magic != PROC_MAGIC && h->magic != SYSFS_MAGIC && h->magic != DEBUGFS_MAGIC &&
		 h->magic != TRACEFS_MAGIC && h->magic != ANON_INODE_MAGIC)
		return false;
	h->path_size = bpf_d_path(&file->f_path, h->path, sizeof(h->path));
	return true;
}

SEC("iter/task_file")
int files(struct bpf_iter__task_file *ctx)
{
	struct latch_holder h = { .kind = LATCH_HOLDS_FILE };
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || !look(&h, file))
		return 0;
	h.writable = file->f_mode & FMODE_WRITE;
	name(&h, task);
	bpf_seq_write(ctx->meta->seq, &h, sizeof(h));
	return 0;
}

SEC("iter/task_vma")
int maps(struct bpf_iter__task_vma *ctx)
{
	struct latch_holder h = { .kind = LATCH_HOLDS_MAP };
	struct task_struct *task = ctx->task;
	struct vm_area_struct *vma = ctx->vma;
	struct file *file;

	if (!task || !vma)
		return 0;
	file = vma->vm_file;
	if (!file || !look(&h, file))
		return 0;
	h.writable = vma->vm_flags & VM_MAYWRITE;
	name(&h, task);
	bpf_seq_write(ctx->meta->seq, &h, sizeof(h));
	return 0;
}

/* Each thread has its own; architectures without ports have neither field. */
SEC("iter/task")
int ports(struct bpf_iter__task *ctx)
{
	struct latch_holder h = { .kind = LATCH_HOLDS_PORTS };
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	if (bpf_core_field_exists(task->thread.iopl_emul))
		h.iopl = task->thread.iopl_emul;
	if (!h.iopl && !(bpf_core_field_exists(task->thread.io_bitmap) && task->thread.io_bitmap))
		return 0;
	name(&h, task);
	bpf_seq_write(ctx->meta->seq, &h, sizeof(h));
	return 0;
}

SEC("iter/bpf_prog")
int writers(struct bpf_iter__bpf_prog *ctx)
{
	struct latch_holder h = { .kind = LATCH_HOLDS_WRITER };
	struct bpf_prog *prog = ctx->prog;
	struct bpf_prog_aux *aux;

	if (!prog)
		return 0;
	aux = prog->aux;
	if (!aux->max_rdwr_access)
		return 0;
	h.pid = aux->id;
	__builtin_memcpy(h.comm, aux->name, sizeof(h.comm));
	if (!aux->used_map_cnt)
		h.magic = *(__u64 *)prog->tag;
	bpf_seq_write(ctx->meta->seq, &h, sizeof(h));
	return 0;
}
