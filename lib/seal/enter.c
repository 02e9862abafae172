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

int latch_keep(struct latch_guarding *g, uint32_t kind, uint32_t dev, uint64_t number, uint32_t how)
{
	struct latch_guard_call call = {
		.op = LATCH_GUARD_KEEP,
		.how = how,
		.key = { .kind = kind, .dev = dev, .number = number },
	};
	int e = ask(g, &call);

	if (e == -E2BIG) /* as the kernel says of a hash map */
		return -ENOSPC;
	return e ? e : (int)call.had;
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

int latch_guard_look(const struct latch_guarding *g, uint64_t *denied, uint64_t *mount)
{
	struct latch_guard_call call = { .op = LATCH_GUARD_LOOK };
	int e = ask(g, &call);

	*denied = call.denied;
	*mount = call.mount;
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
