/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the SDK that is not for authors: gate, verdict, tally, events.
 *
 * No bpf_probe_read_kernel here, so that a module loads under
 * lockdown=confidentiality: kernel memory is read by direct dereference only.
 * No per-CPU scratch memory either: LSM programs may be preempted and may
 * recurse. What is too large for the stack is written in place.
 */
#ifndef LATCH_RECORD_BPF_H
#define LATCH_RECORD_BPF_H

#include <latch/identity.bpf.h>

/*
 * The only map that is mapped into memory: so latch closes it where a module denies it bpf(2). But who had it
 * mapped can have its page yet (a registered buffer of io_uring's), and no count shows that.
 */
struct latch_gate latch_gate SEC(".data.gate") = { .abi = LATCH_ABI };
/* Not 0: the mode of a module that is sealed, whatever the gate says. */
struct latch_gate latch_sealed SEC(".data.sealed");
struct latch_count latch_count SEC(".data.count");
/* Whoever loads the module sets those that it declares; denying for another is an author's mistake. */
volatile struct latch_feature latch_feature[LATCH_FEATURES_MAX] SEC(".data.param") = {
	[0 ... LATCH_FEATURES_MAX - 1] = { .mode = LATCH_ENFORCE },
};
/* Filled in before the module is loaded, and frozen then. */
const volatile struct latch_self latch_self SEC(".rodata.self") = { 0 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LATCH_TALLY_SIZE);
	__type(key, struct latch_tally_key);
	__type(value, struct latch_tally);
} latch_tally SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LATCH_EVENTS_SIZE);
} latch_events SEC(".maps");

static const struct latch_tally latch_tally_new;

/* A trial needs no look at the clock here: see lib/control/trial.bpf.c. */
static __always_inline __u32 latch_gate_mode(void)
{
	__u32 sealed = *(volatile __u32 *)&latch_sealed.mode;

	return sealed ? sealed : *(volatile __u32 *)&latch_gate.mode;
}

/* Copies a dentry's name if the dentry itself holds it. to: LATCH_PATH_NAME bytes. */
static __always_inline void latch_name_copy(__u64 *to, struct dentry *dentry)
{
	struct dentry___shortname *d = (void *)dentry;
	const __u64 *from;
	__u32 size, i;

	if (bpf_core_field_exists(dentry->d_iname)) {
		from = (void *)__builtin_preserve_access_index(&dentry->d_iname);
		size = bpf_core_field_size(dentry->d_iname);
	} else {
		from = (void *)__builtin_preserve_access_index(&d->d_shortname);
		size = bpf_core_field_size(d->d_shortname);
	}
	if (dentry->d_name.len >= size)
		return;
#pragma unroll
	for (i = 0; i < LATCH_PATH_NAME / sizeof(*to); i++)
		if ((i + 1) * sizeof(*to) <= size)
			to[i] = from[i];
}

/* The running program's file, or NULL for a kernel thread. */
static __always_inline struct file *latch_exe_file(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	return mm ? mm->exe_file : 0;
}

/* Which kernel this is, decided at load: the verifier removes what is for the other one. */
static __always_inline bool latch_on_x86(void)
{
	return bpf_core_field_exists(((struct pt_regs___orig_ax *)0)->orig_ax);
}

extern const int __preempt_count __ksym __weak;
extern const struct pcpu_hot pcpu_hot __ksym __weak;

/* NMI, hard interrupt, or a soft interrupt being served: include/linux/preempt.h */
#define LATCH_INTERRUPT 0xff0100

/*
 * One function, and one mention of each variable: for each, the kernel searches all its types
 * when a program is loaded, which takes as long as verifying the rest of it. A kernel that has
 * the count in none of these places refuses the program.
 */
static __noinline int latch_in_interrupt(void)
{
	struct task_struct___thread_info *task = (void *)bpf_get_current_task_btf();
	const struct pcpu_hot *hot = &pcpu_hot;
	const int *own = &__preempt_count;

	if (!latch_on_x86())
		return task->thread_info.preempt_count & LATCH_INTERRUPT;
	barrier_var(own);
	barrier_var(hot);
	if (bpf_core_field_exists(hot->preempt_count))
		return ((const struct pcpu_hot *)bpf_this_cpu_ptr(hot))->preempt_count & LATCH_INTERRUPT;
	return *(const int *)bpf_this_cpu_ptr(own) & LATCH_INTERRUPT;
}

/*
 * Number of the system call that the current program is in; not for kernel threads and
 * interrupts. On x86 only the lower half of the register counts; the upper one holds what
 * the caller put there.
 */
static __always_inline __u32 latch_syscall(void)
{
	void *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

	if (latch_on_x86())
		return ((struct pt_regs___orig_ax *)regs)->orig_ax;
	return ((struct pt_regs___syscallno *)regs)->syscallno;
}

#define LATCH_PF_IO_WORKER 0x10 /* include/linux/sched.h */

/*
 * read, pread64 or readv, also those of a 32-bit program: in the other table these numbers
 * are calls that ask for nothing, or none. preadv is left out: its number is openat there.
 * A worker of io_uring has the number of the call in which it was made.
 */
static __always_inline bool latch_in_read(void)
{
	__u32 nr = latch_syscall();

	if (bpf_get_current_task_btf()->flags & LATCH_PF_IO_WORKER)
		return false;
	if (nr == 3 || nr == 145 || nr == 180) /* i386, arm */
		return true;
	if (latch_on_x86())
		return nr == 0 || nr == 17 || nr == 19;
	return nr == 63 || nr == 65 || nr == 67;
}

/* dentry: of the running program's file, or NULL */
static __noinline int latch_who_fill(struct latch_who *who, struct dentry *dentry)
{
	__u32 i;

	who->pid = bpf_get_current_pid_tgid() >> 32;
	who->uid = bpf_get_current_uid_gid();
	who->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(who->comm, sizeof(who->comm));
	who->depth = 0;
	who->pad = 0;
	for (i = 0; i < LATCH_PATH_DEPTH; i++) {
		struct dentry *parent;

		if (!dentry)
			return 0;
		parent = dentry->d_parent;
		if (dentry == parent)
			return 0;
		latch_name_copy((__u64 *)who->path[i], dentry);
		who->depth = i + 1;
		dentry = parent;
	}
	if (dentry && dentry != dentry->d_parent)
		who->depth = LATCH_PATH_DEPTH + 1;
	return 0;
}

/* Whether there was room for it. */
static __noinline int latch_tally_add(struct latch_tally_key *key, struct latch_time *now, struct dentry *exe)
{
	struct latch_tally *t = bpf_map_lookup_elem(&latch_tally, key);

	if (!t) {
		/* EEXIST: another CPU was first, and the lookup finds its entry. */
		bpf_map_update_elem(&latch_tally, key, &latch_tally_new, BPF_NOEXIST);
		t = bpf_map_lookup_elem(&latch_tally, key);
		if (!t) {
			__sync_fetch_and_add(&latch_count.tally_lost, 1);
			return 0;
		}
		if (!t->first.boot) {
			t->first = *now;
			if (key->dev || key->ino != LATCH_INO_INTERRUPT)
				latch_who_fill(&t->who, exe);
		}
	}
	__sync_fetch_and_add(&t->count, 1);
	t->last = *now;
	return 1;
}

static __noinline void latch_event_send(struct latch_tally_key *key, struct latch_time *now, __u32 error,
					struct dentry *exe)
{
	struct latch_event *e;

	/* An exception is there so that nobody need hear of it. */
	if (key->verdict == LATCH_EXCEPTED || key->how & LATCH_HOW_SELF)
		return;
	e = bpf_ringbuf_reserve(&latch_events, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&latch_count.events_lost, 1);
		return;
	}
	__builtin_memset(&e->who, 0, sizeof(e->who));
	e->time = *now;
	e->error = -(__s32)error;
	e->pad = 0;
	e->key = *key;
	if (key->dev || key->ino != LATCH_INO_INTERRUPT)
		latch_who_fill(&e->who, exe);
	bpf_ringbuf_submit(e, 0);
}

/*
 * 1 or 0, without a branch. Linux 6.1's verifier can take what it knows of a register on one
 * path for all that come behind a call, find one side of a branch on it dead, and remove that:
 * a denial would be counted and not made. What is computed in one straight line stays.
 */
static __always_inline __u64 latch_is_enforce(__u32 verdict)
{
	return verdict >> 1 & ~verdict & 1;
}

static __always_inline __u64 latch_is_observe(__u32 verdict)
{
	return verdict & ~(verdict >> 1) & 1;
}

/*
 * Whether that is the file of the latch that loaded the module. A traced program does what its
 * tracer wants.
 */
static __always_inline bool latch_is_self(struct task_struct *task, struct inode *inode, struct latch_tally_key *key)
{
	return key->ino == latch_self.id[1] && key->dev == latch_self.id[0] &&
	       (__u64)inode->i_size == latch_self.id[2] && latch_change_time(inode) == latch_self.id[3] &&
	       !task->ptrace;
}

/*
 * What is read of the program is read here, once: for each pointer that is followed from
 * a trusted one, the kernel searches all its types when a program is loaded.
 * by_syscall: how it was asked can be told, by the system call; see latch_record(). Returns
 * whether the tally has it.
 */
static __always_inline int latch_record_how(__u32 id, __u32 verdict, __u32 error, bool by_syscall)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = latch_exe_file(task);
	struct latch_tally_key key = { .id = id, .verdict = verdict };
	struct dentry *exe = file ? file->f_path.dentry : 0;
	struct latch_time now = { bpf_ktime_get_boot_ns(), bpf_ktime_get_tai_ns() };
	__u64 observed = latch_is_observe(verdict), self = 0;
	int listed;

	if (latch_in_interrupt()) {
		key.ino = LATCH_INO_INTERRUPT;
	} else if (file) {
		struct inode *inode = file->f_inode;

		if (by_syscall && latch_in_read())
			key.how = LATCH_HOW_READ;
		if (inode) {
			key.ino = inode->i_ino;
			key.dev = inode->i_sb->s_dev;
			self = latch_is_self(task, inode, &key);
		}
	}
	self &= observed;
	key.how |= self * LATCH_HOW_SELF;
	__sync_fetch_and_add(&latch_count.denied, latch_is_enforce(verdict));
	__sync_fetch_and_add(&latch_count.observed, observed & ~self);
	listed = latch_tally_add(&key, &now, exe);
	latch_event_send(&key, &now, error, exe);
	return listed;
}

/* The records of one denial, made, observed or excepted. id: see struct latch_tally_key. */
static __always_inline void latch_record(__u32 id, __u32 verdict, __u32 error)
{
	latch_record_how(id, verdict, error, true);
}

#endif
