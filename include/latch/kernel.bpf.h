/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types that the SDK and the programs shipped here touch, no more of
 * each than is read. CO-RE finds the real offsets in the running kernel's BTF,
 * so the machine that builds needs no BTF, and one object is for all
 * architectures. A module that wants more declares it the same way.
 */
#ifndef LATCH_KERNEL_BPF_H
#define LATCH_KERNEL_BPF_H

#ifdef __VMLINUX_H__
#error "vmlinux.h declares what <latch/module.bpf.h> does: leave it out, and declare the types you need"
#endif

#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	__u32 len;
};

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
	struct dentry *s_root;
};

struct timespec64 {
	long tv_sec; /* a time64_t */
	long tv_nsec;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned short i_mode;
	__u32 i_rdev;
	long i_size; /* a loff_t */
	struct timespec64 i_ctime;
};

/* Its name from 6.6 on. */
struct inode___renamed {
	struct timespec64 __i_ctime;
};

/* From 6.11 on; since 6.13 the top bit of the nanoseconds is a mark. */
struct inode___split {
	long i_ctime_sec;
	__u32 i_ctime_nsec;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[LATCH_PATH_NAME];
};

union shortname_store {
	unsigned char string[LATCH_PATH_NAME];
};

/* d_iname became d_shortname in 6.14. */
struct dentry___shortname {
	union shortname_store d_shortname;
};

struct vfsmount {
	struct super_block *mnt_sb;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file_operations {
	void *open; /* int (*)(struct inode *, struct file *) */
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	const struct file_operations *f_op;
};

struct mm_struct {
	struct file *exe_file;
};

struct user_namespace {
	struct user_namespace *parent;
	int level;
	struct {
		__u32 val;
	} owner;
};

struct pid_namespace {
	unsigned int level;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	__u64 val;
} kernel_cap_t;

/* Two words until 6.2. */
typedef struct {
	__u32 cap[2];
} kernel_cap_t___words;

struct cred {
	struct {
		__u32 val;
	} euid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

struct cred___words {
	kernel_cap_t___words cap_effective;
};

struct signal_struct;

struct kernfs_node {
	unsigned int hash;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level;
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	int pid;
	int tgid;
	__u64 start_boottime;
	struct task_struct *real_parent;
	struct task_struct *parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct mm_struct *mm;
	const struct cred *real_cred;
	const struct cred *cred;
	struct signal_struct *signal;
	struct css_set *cgroups;
	unsigned int ptrace;
	unsigned int flags;
};

struct pt_regs___orig_ax {
	unsigned long orig_ax;
};

struct pt_regs___syscallno {
	int syscallno;
};

/* The preemption count of a CPU was in here from 6.2 to 6.14 on x86. */
struct pcpu_hot {
	int preempt_count;
};

/* And is in here on arm64. */
struct thread_info {
	__u64 preempt_count;
};

struct task_struct___thread_info {
	struct thread_info thread_info;
};

#pragma clang attribute pop

enum lockdown_reason {
	LOCKDOWN_NONE,
	LOCKDOWN_MODULE_SIGNATURE,
};

/* Only what the modules ask for; the values are the running kernel's. */
enum kernel_read_file_id {
	READING_UNKNOWN,
	READING_FIRMWARE,
	READING_MODULE,
	READING_KEXEC_IMAGE,
	READING_KEXEC_INITRAMFS,
	READING_POLICY,
	READING_X509_CERTIFICATE,
	READING_MODULE_COMPRESSED, /* 6.18 */
};

enum kernel_load_data_id {
	LOADING_UNKNOWN,
	LOADING_FIRMWARE,
	LOADING_MODULE,
	LOADING_KEXEC_IMAGE,
	LOADING_KEXEC_INITRAMFS,
	LOADING_POLICY,
	LOADING_X509_CERTIFICATE,
	LOADING_MODULE_COMPRESSED, /* 6.18 */
};

#endif
