/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a seal is entered into the guard: by running guard_enter, which whoever may load programs can open and run.
 * But for the event ring, guard_life, and what latch.ko has, nobody has a descriptor of the guard's maps, so this is
 * the only way to them; and to what is armed it only adds. One call is
 * over before another begins, however long its CPU is taken away from it, so that no late part of one meets
 * what was entered since.
 */
#ifndef LATCH_ENTER_BPF_H
#define LATCH_ENTER_BPF_H

#include "seal/guard.bpf.h"

static __always_inline struct latch_guard_seal *next_seal(struct latch_guard *g)
{
	return &g->seal[guard_next(g) & (LATCH_SEALS_MAX - 1)];
}

struct naming {
	const struct latch_guard_call *call;
	bool found;
};

/* Whether the seal at that place is of the module. */
static long compare_name(__u64 i, struct naming *n)
{
	const __u64 *name = (const __u64 *)n->call->module, *its;
	struct latch_guard *g = guard();

	if (!g || i >= LATCH_SEALS_MAX)
		return 1;
	its = (const __u64 *)g->seal[i].module;
	n->found = its[0] == name[0] && its[1] == name[1] && its[2] == name[2] && its[3] == name[3];
	return n->found;
}

/* What a process left that began and did not arm. */
static long forget(struct bpf_map *map, const struct latch_kept *key, const __u32 *value, void *unused)
{
	struct latch_guard *g = guard();

	if (g && LATCH_KEPT_SEAL(*value) >= guard_next(g))
		bpf_map_delete_elem(map, key);
	return 0;
}

static __always_inline long begin(struct latch_guard *g, const struct latch_guard_call *call)
{
	struct naming n = { .call = call };

	/* Who loaded the guard has a descriptor of that map, and is not its owner yet. */
	if (g->owner && guard_owned())
		return -EBUSY;
	if (g->seals >= LATCH_SEALS_MAX)
		return -ENOSPC;
	if (call->module[LATCH_NAME_MAX - 1] || !call->module[0])
		return -EINVAL;
	bpf_loop(g->seals, compare_name, &n, 0);
	if (n.found)
		return -EEXIST;
	g->state = LATCH_GUARD_OPEN;
	g->owner = bpf_get_current_pid_tgid() >> 32;
	bpf_for_each_map_elem(&guard_kept, forget, NULL, 0);
	__builtin_memcpy(next_seal(g)->module, call->module, LATCH_NAME_MAX);
	next_seal(g)->flags = 0;
	next_seal(g)->unlisted = 0;
	return 0;
}

static __always_inline long keep(struct latch_guard *g, struct latch_guard_call *call)
{
	struct latch_kept key = call->key;
	__u32 value = LATCH_KEPT_VALUE(LATCH_KEPT_HOW(call->how), guard_next(g)), *old;

	if (g->seals && (key.kind >= LATCH_KEPT_FUNC || call->how & LATCH_KEPT_OPENED))
		return -EPERM;
	old = bpf_map_lookup_elem(&guard_kept, &key);
	if (!old)
		return bpf_map_update_elem(&guard_kept, &key, &value, BPF_NOEXIST);
	call->had = LATCH_KEPT_SEAL(*old) < guard_next(g);
	return LATCH_KEPT_HOW(*old) == LATCH_KEPT_HOW(call->how) ? 0 : -EEXIST;
}

static __always_inline long advance(struct latch_guard *g, const struct latch_guard_call *call)
{
	if (call->state != LATCH_GUARD_HOLD && call->state != LATCH_GUARD_REHEARSE)
		return -EINVAL;
	next_seal(g)->flags = call->flags & LATCH_SEAL_LAST;
	g->state = call->state;
	return 0;
}

static __always_inline long arm(struct latch_guard *g, const struct latch_guard_call *call)
{
	__u32 tamper = call->flags & LATCH_SEAL_TAMPER, lasting = LATCH_SEAL_LAST;

	/* latch.ko has the queue of the guard from the first seal on, or never. */
	if (!g->seals)
		lasting |= LATCH_SEAL_TOLD;

	if (g->state != LATCH_GUARD_HOLD || g->seals >= LATCH_SEALS_MAX)
		return -EINVAL;
	next_seal(g)->flags = call->flags;
	g->flags |= call->flags & lasting;
	if (tamper > (g->flags & LATCH_SEAL_TAMPER))
		g->flags = (g->flags & ~LATCH_SEAL_TAMPER) | tamper;
	/* In this order: at no moment is it in force in neither way. */
	barrier();
	__sync_fetch_and_add(&g->seals, 1);
	g->state = LATCH_GUARD_DONE;
	return 0;
}

static __always_inline long serve(struct latch_guard *g, struct latch_guard_call *call)
{
	if (call->op == LATCH_GUARD_BEGIN)
		return begin(g, call);
	if (!guard_owned() || bpf_get_current_pid_tgid() >> 32 != g->owner)
		return -EPERM;
	switch (call->op) {
	case LATCH_GUARD_KEEP:
		return keep(g, call);
	case LATCH_GUARD_ADVANCE:
		return advance(g, call);
	case LATCH_GUARD_LEARN:
		if (g->seals)
			return -EPERM;
		g->learn = 1;
		return 0;
	case LATCH_GUARD_LOOK:
		return 0;
	case LATCH_GUARD_ARM:
		return arm(g, call);
	case LATCH_GUARD_HELD:
		if (g->state != LATCH_GUARD_DONE)
			return -EINVAL;
		g->seal[(g->seals - 1) & (LATCH_SEALS_MAX - 1)].flags |= LATCH_SEAL_HOLD;
		return 0;
	}
	return -EINVAL;
}

/* The verifier wants each access to the context by its own constant. */
SEC("syscall")
long guard_enter(volatile struct latch_guard_call *ctx)
{
	struct latch_guard_call call = *(struct latch_guard_call *)ctx;
	struct latch_guard *g = guard();
	long e;

	if (!g)
		return -ENOENT;
	if (__sync_val_compare_and_swap(&g->busy, 0, 1))
		return -EAGAIN;
	call.had = 0;
	e = serve(g, &call);
	ctx->had = call.had;
	ctx->life = ((struct bpf_map *)&guard_life)->id;
	ctx->denied = g->denied;
	ctx->mount = g->mount;
	__sync_lock_test_and_set(&g->busy, 0);
	return e;
}

#endif
