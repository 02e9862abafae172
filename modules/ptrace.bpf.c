// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptrace: who may trace whom, as Yama's kernel.yama.ptrace_scope decides it.
 *
 *	ptrace_access_check	attaching, and reaching into another process's memory
 *	ptrace_traceme		a process asks its parent to trace it
 *	task_prctl		PR_SET_PTRACER: a process declares its tracer
 *
 * Where it differs from Yama:
 * - A declared tracer is remembered by number, not by task: BPF on 6.1 cannot
 *   look a process up. Number, pid namespace and a start before the declaration
 *   prove that it is the same process, so a number in use again is not taken
 *   for it, and nothing needs cleaning when it exits. It follows that a number
 *   nobody has replaces an earlier declaration instead of being refused, that
 *   the number of a thread stands for that thread only and what it starts, and
 *   that an exec by another thread of the tracer does not end a declaration.
 * - Capabilities are computed from the credentials alone: to ask the other
 *   security modules, as ns_capable() does, BPF has no way.
 * - The answer to prctl() is not ours: a BPF program can refuse a call of this
 *   hook or let the kernel go on, not answer it. Without Yama in the kernel a
 *   declaration counts, and the caller still gets EINVAL.
 * - The walk from a process to its ancestors ends after ANCESTORS_MAX of them,
 *   and then there is no relation.
 * - Scope 3 is no dead end: whoever may change the module may lower it.
 */
#include <latch/module.bpf.h>

LATCH_MODULE("ptrace", "1.0", "Restrict who may trace whom");
LATCH_PARAM(int, scope, 1, 0, 3, "0 any process, 1 descendants and declared tracers, 2 CAP_SYS_PTRACE, 3 none");

#define PTRACE_MODE_ATTACH 0x02
#define PR_SET_PTRACER 0x59616d61
#define CAP_SYS_PTRACE 19

#define ANCESTORS_MAX 4096
#define NAMESPACE_LEVELS 33 /* of pid and of user namespaces: the kernel's own bound */

enum scope { SCOPE_ANY, SCOPE_RELATED, SCOPE_CAPABLE, SCOPE_NONE };

/* A process's declared tracer: kept with its thread group leader, gone with it. */
struct declaration {
	int nr; /* in the pid namespace of the process that declares; or: */
#define TRACER_ANY (-1)
	__u64 time; /* CLOCK_BOOTTIME nanoseconds */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct declaration);
} declarations SEC(".maps");

/* ---- capabilities: cap_capable() of security/commoncap.c ---- */

static __always_inline bool has_sys_ptrace(const struct cred *cred)
{
	const struct cred___words *old = (void *)cred;

	if (bpf_core_field_exists(cred->cap_effective.val))
		return cred->cap_effective.val & 1ULL << CAP_SYS_PTRACE;
	return old->cap_effective.cap[0] & 1U << CAP_SYS_PTRACE;
}

static __always_inline bool capable_in(struct user_namespace *ns, const struct cred *cred)
{
	struct user_namespace *own = cred->user_ns;
	int i;

	for (i = 0; i < NAMESPACE_LEVELS; i++) {
		if (!ns || !own)
			return false;
		if (ns == own)
			return has_sys_ptrace(cred);
		if (ns->level <= own->level)
			return false;
		/* Who made a namespace holds all capabilities in it. */
		if (ns->parent == own && ns->owner.val == cred->euid.val)
			return true;
		ns = ns->parent;
	}
	return false;
}

/* ---- relations ---- */

/*
 * Up the process tree from a task. By bpf_loop(): the verifier then looks at
 * one step, where it would follow a plain loop through every turn.
 */
struct walk {
	struct task_struct *task;
	bool found;
	/* what descends() looks for */
	struct task_struct *ancestor;
	/* what declared() looks for: the declaration, and where its number is valid */
	const struct declaration *d;
	struct pid_namespace *ns;
	__u32 level;
};

static long descends_step(__u32 n, struct walk *w)
{
	struct task_struct *task = w->task;

	if (!task || task->pid <= 0)
		return 1;
	task = task->group_leader;
	if (task == w->ancestor) {
		w->found = true;
		return 1;
	}
	w->task = task->real_parent;
	return 0;
}

static __always_inline bool descends(struct task_struct *task, struct task_struct *from)
{
	struct walk w = { .task = task, .ancestor = from->group_leader };

	bpf_loop(ANCESTORS_MAX, descends_step, &w, 0);
	return w.found;
}

/* Whoever traces a process already may also read its memory. */
static __always_inline bool traces(struct task_struct *tracer, struct task_struct *child)
{
	struct task_struct *parent = child->parent;

	return child->ptrace && parent && parent->signal == tracer->signal;
}

/*
 * A task's number in its pid namespace of that level, and the namespace. The
 * verifier takes no variable offset into a struct, hence the loop. Before 6.5
 * and 6.1.107, numbers[] is declared with one element and nothing beyond it can
 * be read: there, nobody has a number in a child namespace.
 */
static __always_inline struct pid_namespace *number_at(struct pid *pid, __u32 level, int *nr)
{
	bool flexible = bpf_core_type_size(struct pid) == bpf_core_field_offset(pid->numbers);
	__u32 i;

	for (i = 0; i < NAMESPACE_LEVELS; i++) {
		struct upid *number;

		if (i && !flexible)
			return 0;
		if (i != level)
			continue;
		number = (void *)pid + bpf_core_field_offset(pid->numbers) + i * bpf_core_type_size(struct upid);
		*nr = number->nr;
		return number->ns;
	}
	return 0;
}

/* Not inlined: verifying its loop for both calls at once would take half as long again. */
static __noinline bool is_declared(struct task_struct *task, const struct walk *w)
{
	struct pid *pid = task->thread_pid;
	int nr = 0;

	return pid && pid->level >= w->level && task->start_boottime <= w->d->time &&
	       number_at(pid, w->level, &nr) == w->ns && nr == w->d->nr;
}

static long declared_step(__u32 n, struct walk *w)
{
	struct task_struct *task = w->task;

	if (!task || task->pid <= 0)
		return 1;
	w->found = is_declared(task, w);
	if (w->found)
		return 1;
	task = task->group_leader;
	w->found = is_declared(task, w);
	if (w->found)
		return 1;
	w->task = task->real_parent;
	return 0;
}

/* Whether child declared tracer, or an ancestor of it. */
static __always_inline bool declared(struct task_struct *child, struct task_struct *tracer)
{
	struct walk w = { .task = tracer };
	struct pid *pid = child->thread_pid;
	int nr;

	w.d = bpf_task_storage_get(&declarations, child->group_leader, 0, 0);
	if (!w.d)
		return false;
	if (w.d->nr == TRACER_ANY)
		return true;
	if (!pid)
		return false;
	w.level = pid->level;
	w.ns = number_at(pid, w.level, &nr);
	if (!w.ns)
		return false;
	bpf_loop(ANCESTORS_MAX, declared_step, &w, 0);
	return w.found;
}

static __always_inline bool related(struct task_struct *child, struct task_struct *tracer)
{
	/* A child that is being reaped has no place in the tree any more. */
	return child->thread_pid && (descends(child, tracer) || traces(tracer, child) || declared(child, tracer));
}

LATCH_HOOK(ptrace_access_check, struct task_struct *child, unsigned int mode)
{
	struct task_struct *tracer = bpf_get_current_task_btf();
	const struct cred *of_child;
	int now = scope;

	if (!(mode & PTRACE_MODE_ATTACH) || now == SCOPE_ANY)
		return 0;
	if (now == SCOPE_RELATED && related(child, tracer))
		return 0;
	of_child = child->real_cred;
	if ((now == SCOPE_RELATED || now == SCOPE_CAPABLE) && of_child && child->thread_pid &&
	    capable_in(of_child->user_ns, tracer->cred))
		return 0;
	return -EPERM;
}

LATCH_HOOK(ptrace_traceme, struct task_struct *parent)
{
	struct task_struct *child = bpf_get_current_task_btf();
	int now = scope;

	if (now == SCOPE_ANY || now == SCOPE_RELATED)
		return 0;
	if (now == SCOPE_CAPABLE && capable_in(child->cred->user_ns, parent->real_cred))
		return 0;
	return -EPERM;
}

/*
 * Delete and create, not store: a check sees the old declaration, none, or the
 * new one whole. Where two threads declare at once, either is the last.
 */
static __always_inline long declare(struct task_struct *leader, int nr)
{
	struct declaration d = { .nr = nr, .time = bpf_ktime_get_boot_ns() };
	long e = bpf_task_storage_delete(&declarations, leader);

	if (e && e != -ENOENT)
		return e;
	if (!nr || bpf_task_storage_get(&declarations, leader, &d, BPF_LOCAL_STORAGE_GET_F_CREATE))
		return 0;
	return bpf_task_storage_get(&declarations, leader, 0, 0) ? 0 : -ENOMEM;
}

LATCH_HOOK(task_prctl, int option, unsigned long tracer)
{
	struct task_struct *task = bpf_get_current_task_btf();
	int nr = tracer;

	if (option != PR_SET_PTRACER)
		return 0;
	/* No process has such a number; Yama answers EINVAL, and nothing changes. */
	if (tracer && nr <= 0 && nr != TRACER_ANY)
		return 0;
	return declare(task->group_leader, nr);
}
