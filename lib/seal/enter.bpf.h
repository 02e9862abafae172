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

/* The place of the seal that is being put on, or would be. */
static __always_inline __u32 next_place(struct latch_guard *g)
{
	return LATCH_GUARD_SEALS(guard_now(g));
}

static __always_inline struct latch_guard_seal *next_seal(struct latch_guard *g)
{
	return &g->seal[next_place(g) & (LATCH_SEALS_MAX - 1)];
}

/* In one store. */
static __always_inline void set_now(struct latch_guard *g, __u32 seals, __u32 state)
{
	__sync_lock_test_and_set(&g->now, LATCH_GUARD_NOW(seals, state));
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

	if (g && LATCH_KEPT_SEAL(*value) >= next_place(g))
		bpf_map_delete_elem(map, key);
	return 0;
}

/* Whether a name ends, and is followed by zeros: two that read the same are the same. */
static __always_inline bool is_name(const char *name)
{
	bool over = !name[0], ok = !over;

#pragma unroll
	for (int i = 1; i < LATCH_NAME_MAX; i++) {
		ok &= !over | !name[i];
		over |= !name[i];
	}
	return ok & over;
}

static __always_inline long begin(struct latch_guard *g, const struct latch_guard_call *call)
{
	struct naming n = { .call = call };
	__u32 seals = next_place(g);

	/* Who loaded the guard has a descriptor of that map, and is not its owner yet; the owner may begin anew. */
	if (g->owner && guard_owned() && !guard_is_owner(g))
		return -EBUSY;
	if (seals >= LATCH_SEALS_MAX)
		return -ENOSPC;
	if (!is_name(call->module))
		return -EINVAL;
	bpf_loop(seals, compare_name, &n, 0);
	if (n.found)
		return -EEXIST;
	set_now(g, seals, LATCH_GUARD_DONE);
	g->owner = bpf_get_current_pid_tgid() >> 32;
	g->learning = LATCH_LEARN_NOTHING;
	bpf_for_each_map_elem(&guard_kept, forget, NULL, 0);
	__builtin_memcpy(next_seal(g)->module, call->module, LATCH_NAME_MAX);
	next_seal(g)->flags = 0;
	set_now(g, seals, LATCH_GUARD_OPEN);
	return 0;
}

/* What weakens the guard is entered by the first seal only, which is counted and tried with the guard. */
static __always_inline long keep(struct latch_guard *g, struct latch_guard_call *call)
{
	struct latch_kept key = call->key;
	__u32 seals = next_place(g), value = LATCH_KEPT_VALUE(LATCH_KEPT_HOW(call->how), seals), *old;

	old = bpf_map_lookup_elem(&guard_kept, &key);
	if (old) {
		call->had = LATCH_KEPT_SEAL(*old) < seals;
		return LATCH_KEPT_HOW(*old) == LATCH_KEPT_HOW(call->how) ? 0 : -EEXIST;
	}
	if (seals && (key.kind >= LATCH_KEPT_FUNC || call->how & LATCH_KEPT_OPENED))
		return -EPERM;
	return bpf_map_update_elem(&guard_kept, &key, &value, BPF_NOEXIST);
}

static __always_inline long advance(struct latch_guard *g, const struct latch_guard_call *call)
{
	if (call->state != LATCH_GUARD_HOLD && call->state != LATCH_GUARD_REHEARSE)
		return -EINVAL;
	next_seal(g)->flags = call->flags & LATCH_SEAL_LAST;
	set_now(g, next_place(g), call->state);
	return 0;
}

static __always_inline long arm(struct latch_guard *g, const struct latch_guard_call *call)
{
	__u32 tamper = call->flags & LATCH_SEAL_TAMPER, lasting = LATCH_SEAL_LAST, seals = next_place(g);

	if (LATCH_GUARD_STATE(guard_now(g)) != LATCH_GUARD_HOLD || seals >= LATCH_SEALS_MAX)
		return -EINVAL;
	/* latch.ko has the queue of the guard from the first seal on, or never. */
	if (!seals)
		lasting |= LATCH_SEAL_TOLD;
	next_seal(g)->flags = call->flags;
	g->flags |= call->flags & lasting;
	if (tamper > (g->flags & LATCH_SEAL_TAMPER))
		g->flags = (g->flags & ~LATCH_SEAL_TAMPER) | tamper;
	set_now(g, seals + 1, LATCH_GUARD_DONE);
	return 0;
}

/* What is armed stays: but for this, it is the owner's until he has armed it that anything is entered. */
static __always_inline long held(struct latch_guard *g)
{
	__u32 seals = next_place(g);

	if (LATCH_GUARD_STATE(guard_now(g)) != LATCH_GUARD_DONE || !seals)
		return -EINVAL;
	g->seal[(seals - 1) & (LATCH_SEALS_MAX - 1)].flags |= LATCH_SEAL_HOLD;
	return 0;
}

/* What a program's tag stands for is asked of the guard's programs, and nothing else: see undoes(). */
static long count_tag(struct bpf_map *map, const struct latch_kept *key, const __u32 *value, __u32 *tags)
{
	*tags += key->kind == LATCH_KEPT_TAG;
	return 0;
}

static __always_inline long serve(struct latch_guard *g, struct latch_guard_call *call)
{
	if (call->op == LATCH_GUARD_BEGIN)
		return begin(g, call);
	if (!guard_owned() || !guard_is_owner(g))
		return -EPERM;
	if (call->op == LATCH_GUARD_HELD)
		return held(g);
	if (LATCH_GUARD_STATE(guard_now(g)) == LATCH_GUARD_DONE)
		return -EPERM;
	switch (call->op) {
	case LATCH_GUARD_KEEP:
		return keep(g, call);
	case LATCH_GUARD_ADVANCE:
		return advance(g, call);
	case LATCH_GUARD_LEARN:
		g->learning = LATCH_LEARN_MOUNT;
		return 0;
	case LATCH_GUARD_LOOK:
		return 0;
	case LATCH_GUARD_TAGS:
		bpf_for_each_map_elem(&guard_kept, count_tag, &call->had, 0);
		return 0;
	case LATCH_GUARD_ARM:
		return arm(g, call);
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
	ctx->seals = next_place(g);
	ctx->learnt = g->learning == LATCH_LEARN_DONE;
	__sync_lock_test_and_set(&g->busy, 0);
	return e;
}

#endif
