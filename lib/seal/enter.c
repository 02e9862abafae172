// SPDX-License-Identifier: GPL-2.0-only
/* What the guard is asked by the process that seals: see enter.bpf.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "seal/sealing.h"

#define BUSY_LOOKS 1000 /* while another process asks */
#define BUSY_STEP_US 1000
#define OWNER_LOOKS 200 /* where there is another owner */

static int ask_once(const struct latch_guarding *g, struct latch_guard_call *call)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = call, .ctx_size_in = sizeof(*call));

	if (bpf_prog_test_run_opts(g->enter, &opts))
		return -errno;
	return (int)opts.retval;
}

static int ask(const struct latch_guarding *g, struct latch_guard_call *call)
{
	int e = -EAGAIN;

	for (int look = 0; e == -EAGAIN && look < BUSY_LOOKS; look++) {
		if (look)
			usleep(BUSY_STEP_US);
		e = ask_once(g, call);
	}
	return e;
}

int latch_guard_begin(struct latch_guarding *g, struct latch_error *err)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_BEGIN };
	int e;

	snprintf(call.module, sizeof(call.module), "%s", g->pindir);
	e = ask(g, &call);
	/* For a moment whoever asks for that map by its id passes for an owner. */
	for (int look = 0; e == -EBUSY && look < OWNER_LOOKS; look++) {
		usleep(BUSY_STEP_US);
		e = ask(g, &call);
	}
	g->life_id = call.life;
	switch (e) {
	case 0:
		return 0;
	case -EBUSY:
		return latch_fail(err, e, "%s is not sealed: another process is putting on a seal", g->pindir);
	case -ENOSPC:
		return latch_fail(err, e, "%s is not sealed: %d seals are put on, and the guard has room for no more",
				  g->pindir, LATCH_SEALS_MAX);
	case -EEXIST:
		return latch_fail(err, e, "%s is not sealed: the guard has a seal of that name, which somebody put on",
				  g->pindir);
	default:
		return latch_fail(err, e, "%s: the guard does not take this process for its owner: %s", g->pindir,
				  strerror(-e));
	}
}

/* Hooks, and what is on the way to the pins, are of several seals; anything else that is kept already is somebody's. */
static bool may_be_had(uint32_t kind, uint32_t how)
{
	return kind == LATCH_KEPT_HOOK || (kind == LATCH_KEPT_INODE && how & LATCH_KEPT_SHARED);
}

int latch_keep(struct latch_guarding *g, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how)
{
	struct latch_guard_call call = {
		.op = LATCH_GUARD_KEEP,
		.how = how,
		.key = { .kind = kind, .dev = dev, .number = number },
	};
	int e = g->pass == LATCH_PASS_EXPECT ? 0 : ask(g, &call);

	if (e == -E2BIG) /* as the kernel says of a hash map */
		return -ENOSPC;
	if (g->pass == LATCH_PASS_PROVE && (e == -EPERM || e == -EEXIST || (!e && !call.had)))
		return -EBADE;
	if (e || g->pass != LATCH_PASS_ENTER)
		return e;
	return !call.had || may_be_had(kind, how) ? 0 : -EEXIST;
}

const char *latch_keep_error(int code)
{
	switch (code) {
	case -EEXIST:
		return "the guard has it already, and not for this seal";
	case -EBADE:
		return "the guard does not keep it so";
	case -ENOSPC:
		return "the guard is full";
	default:
		return strerror(-code);
	}
}

int latch_guard_advance(const struct latch_guarding *g, uint32_t state)
{
	struct latch_guard_call call = {
		.op = LATCH_GUARD_ADVANCE,
		.state = state,
		.flags = g->record.seal.flags,
	};

	return ask(g, &call);
}

int latch_guard_learn(const struct latch_guarding *g)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_LEARN };

	return ask(g, &call);
}

int latch_guard_look(const struct latch_guarding *g, struct latch_guard_call *call)
{
	*call = (struct latch_guard_call){ .op = LATCH_GUARD_LOOK };
	return ask(g, call);
}

int latch_guard_tags(const struct latch_guarding *g, uint32_t *tags)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_TAGS };
	int e = ask(g, &call);

	*tags = call.had;
	return e;
}

int latch_guard_seal(const struct latch_guarding *g, uint32_t flags)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_ARM, .flags = flags };

	return ask(g, &call);
}

int latch_guard_held(const struct latch_guarding *g)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_HELD };

	return ask(g, &call);
}
