/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions: for whom a feature is not denied. Not for authors, but for
 * latch_file_read() and latch_memory_read(). Looked for only when a denial has
 * been found, and only if the feature has exceptions at all.
 *
 * Nothing here keeps a tracer out, nor a program that another one loads into
 * itself before it starts: only what the task is at this moment can be seen.
 */
#ifndef LATCH_ALLOW_BPF_H
#define LATCH_ALLOW_BPF_H

#include <latch/identity.bpf.h>
#include <latch/record.bpf.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LATCH_ALLOW_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct latch_allow_key);
	__type(value, struct latch_allow);
} latch_allow SEC(".maps");

static __always_inline bool latch_allow_has(struct latch_allow_key *key)
{
	return bpf_map_lookup_elem(&latch_allow, key);
}

static __always_inline bool latch_allow_exe(struct latch_allow_key *key, struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct file *file = mm ? mm->exe_file : 0;
	struct inode *inode = file ? file->f_inode : 0;

	if (!inode)
		return false;
	key->kind = LATCH_ALLOW_EXE;
	latch_file_id(key->id, inode);
	return latch_allow_has(key);
}

/* Looks for the cgroup of the task, and then for each one above it. */
static __always_inline bool latch_allow_unit(struct latch_allow_key *key, struct task_struct *task)
{
	__u32 level, i;

	key->kind = LATCH_ALLOW_UNIT;
	__builtin_memset(key->place, 0, sizeof(key->place));
	level = latch_cgroup_place(task->cgroups->dfl_cgrp, key->place);
	for (i = 0; i < LATCH_CGROUP_DEPTH && level; i++) {
		if (latch_allow_has(key))
			return true;
		key->place[--level & (LATCH_CGROUP_DEPTH - 1)] = 0;
	}
	return false;
}

#ifdef LATCH_FILE_EXCEPTIONS

#define LATCH_HASH_SHA256 4 /* HASH_ALGO_SHA256 */

struct latch_reading {
	__u64 digest[4];
	__u64 known; /* 1: it is */
};

/* What a task is having the kernel read, from that to the question whether it may be used. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct latch_reading);
} latch_reading SEC(".maps");

/*
 * For a sleepable body of kernel_read_file: the kernel keeps writers out from
 * before that hook to the end of the read. Returns false if the file cannot be
 * remembered: then nothing may be taken for what is remembered.
 */
static __always_inline bool latch_file_read(__u32 feature, struct file *file)
{
	struct latch_reading *r;

	if (!latch_feature[feature & (LATCH_FEATURES_MAX - 1)].exceptions)
		return true;
	r = bpf_task_storage_get(&latch_reading, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!r)
		return false;
	r->known = bpf_ima_file_hash(file, r->digest, sizeof(r->digest)) == LATCH_HASH_SHA256;
	return true;
}

/* For a body of kernel_load_data: what comes now is from no file. Returns as latch_file_read(). */
static __always_inline bool latch_memory_read(__u32 feature)
{
	long e;

	if (!latch_feature[feature & (LATCH_FEATURES_MAX - 1)].exceptions)
		return true;
	e = bpf_task_storage_delete(&latch_reading, bpf_get_current_task_btf());
	return !e || e == -ENOENT;
}

static __always_inline bool latch_allow_file(struct latch_allow_key *key, struct task_struct *task)
{
	struct latch_reading *r = bpf_task_storage_get(&latch_reading, task, 0, 0);
	bool hit = false;

	if (!r || !r->known)
		return false;
	key->kind = LATCH_ALLOW_DIGEST;
	__builtin_memcpy(key->id, r->digest, sizeof(key->id));
	hit = latch_allow_has(key);
	/* Once. Who has no such exception may come to ask for another feature of the same file. */
	if (hit)
		r->known = 0;
	return hit;
}

#else

static __always_inline bool latch_allow_file(struct latch_allow_key *key, struct task_struct *task)
{
	return false;
}

#endif

/* A traced program does what its tracer wants. */
static __noinline int latch_excepted(__u32 feature)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct latch_allow_key key = { .feature = feature };

	/* What an interrupt asks, it asks for nobody. */
	if (latch_in_interrupt())
		return 0;
	if (latch_allow_file(&key, task))
		return 1;
	if (task->ptrace || task->group_leader->ptrace)
		return 0;
	return latch_allow_exe(&key, task) || latch_allow_unit(&key, task);
}

#endif
