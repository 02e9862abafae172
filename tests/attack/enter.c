// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program by which seals are entered into the guard, guard_enter, run by somebody else. A
 * generator: each call with each field at each of a few values, by one who is the owner and by one who is
 * not; by many at once; and until there is no more room. Won is a descriptor of what the seal keeps, or a pin
 * made, removed or renamed.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"
#include "seal/guard.h"

#define ROOM BPFFS "/latch/guard~"

static int enter = -1;

static int ask(struct latch_guard_call *call)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = call, .ctx_size_in = sizeof(*call));

	return bpf_prog_test_run_opts(enter, &opts) ? -errno : (int)opts.retval;
}

static int open_enter(void)
{
	enter = bpf_obj_get(ROOM "/enter");
	return enter < 0 ? -errno : 0;
}

/* Becomes the owner, of a seal that there is none of yet. Returns the descriptor by which it stays so. */
static int own(void)
{
	static int seals;
	struct latch_guard_call call = { .op = LATCH_GUARD_BEGIN };
	int e;

	snprintf(call.module, sizeof(call.module), "e%d_%d", getpid(), seals++);
	e = ask(&call);
	if (e)
		return e;
	e = bpf_map_get_fd_by_id(call.life);
	return e < 0 ? -errno : e;
}

static bool got(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Something that the seal of trio keeps. */
static int won(void)
{
	const uint32_t maps[] = { target.gate, target.param, target.count, target.tally, target.sealed };
	int result = 0;

	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		if (got(bpf_map_get_fd_by_id(maps[i])))
			result = ATTACK_WON;
	for (int i = 0; i < HOOKS; i++)
		if (got(bpf_prog_get_fd_by_id(target.prog[i])) || got(bpf_link_get_fd_by_id(target.link[i])))
			result = ATTACK_WON;
	if (!mkdir(PINDIR "/entered", 0700) || !unlink(LINKS "/inode_link") || !rename(PINDIR, PINDIR "x"))
		result = ATTACK_WON;
	return result;
}

static int try_one(uint32_t op, uint32_t kind, uint64_t number, uint32_t dev, uint32_t how)
{
	struct latch_guard_call call = {
		.op = op,
		.how = how,
		.key = { .kind = kind, .dev = dev, .number = number },
		.state = how & 3,
		/* The others are root's to set, and would be in the way of the next attack. */
		.flags = how & (LATCH_SEAL_WEAK | LATCH_SEAL_HOLD),
	};

	snprintf(call.module, sizeof(call.module), "%s", how & 1 ? "trio" : "entered");
	ask(&call);
	return won();
}

static int try_all(void)
{
	static const uint32_t hows[] = { 0, 1, 2, 3, 4, 8, 9, 0xf, 0xffff, 0x10000, 0x3f0001, 0xffffffff };
	uint64_t numbers[] = { 0, target.gate, target.sealed, target.prog[0], target.link[0], 0, 0 };
	uint32_t dev = 0;
	struct stat st;
	int result = 0;

	if (!stat(PINDIR, &st)) {
		numbers[5] = st.st_ino;
		dev = (uint32_t)st.st_dev;
	}
	if (!stat(LINKS "/inode_link", &st))
		numbers[6] = st.st_ino;
	/* ARM is the last but one: up to then it stays the owner of one seal. */
	for (uint32_t op = 0; op <= LATCH_GUARD_HELD + 1 && !result; op++)
		for (uint32_t kind = 0; kind <= LATCH_KEPT_TAG + 1 && !result; kind++)
			for (size_t n = 0; n < sizeof(numbers) / sizeof(*numbers) && !result; n++)
				for (size_t h = 0; h < sizeof(hows) / sizeof(*hows) && !result; h++)
					if (op == LATCH_GUARD_KEEP || (!kind && !n))
						result = try_one(op, kind, numbers[n],
								 kind == LATCH_KEPT_INODE ? dev : 0, hows[h]);
	return result;
}

static int enter_calls(void)
{
	int e = open_enter();

	return e ? attack_absent("what is not sealed has no guard") : try_all();
}

static int enter_owner(void)
{
	static const uint32_t states[] = { LATCH_GUARD_OPEN, LATCH_GUARD_HOLD, LATCH_GUARD_REHEARSE };
	int e = open_enter(), life;

	if (e)
		return attack_absent("what is not sealed has no guard");
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct latch_guard_call call = { .op = LATCH_GUARD_ADVANCE, .state = states[i] };

		life = own();
		if (life < 0)
			return life;
		ask(&call);
		e = won();
		if (!e)
			e = try_all();
		close(life);
		if (e)
			return e;
	}
	return won();
}

static void keep(uint32_t kind, uint32_t dev, uint64_t number, uint32_t how)
{
	struct latch_guard_call call = {
		.op = LATCH_GUARD_KEEP,
		.how = how,
		.key = { .kind = kind, .dev = dev, .number = number },
	};

	ask(&call);
}

static uint32_t next_program(void)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	struct bpf_insn code[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "next", "GPL", code, 2, NULL);

	bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	return info.id + 1;
}

/* What he has entered and not armed stands before what is armed. */
static int enter_mask(void)
{
	static const uint32_t states[] = { LATCH_GUARD_OPEN, LATCH_GUARD_HOLD, LATCH_GUARD_REHEARSE };
	static const char *const dirs[] = { "/", "/sys", "/sys/fs", BPFFS, BPFFS "/latch", PINDIR, LINKS };
	int e = open_enter(), result = 0, life, prog;
	struct stat st;

	if (e)
		return attack_absent("what is not sealed has no guard");
	for (size_t i = 0; i < sizeof(states) / sizeof(*states) && !result; i++) {
		struct latch_guard_call call = { .op = LATCH_GUARD_ADVANCE, .state = states[i] };
		uint32_t id = next_program();

		life = own();
		if (life < 0)
			return life;
		for (uint32_t n = 0; n < 32; n++)
			keep(LATCH_KEPT_PROG, 0, id + n, LATCH_KEPT_ITSELF);
		for (size_t d = 0; d < sizeof(dirs) / sizeof(*dirs); d++)
			if (!stat(dirs[d], &st))
				keep(LATCH_KEPT_INODE, (uint32_t)st.st_dev, st.st_ino,
				     LATCH_KEPT_ITSELF | LATCH_KEPT_ENTRIES);
		ask(&call);
		prog = program_over_elements(0);
		if (prog >= 0 || !rename(BPFFS "/latch", BPFFS "/masked"))
			result = ATTACK_WON;
		rename(BPFFS "/masked", BPFFS "/latch");
		if (prog >= 0)
			close(prog);
		if (!result)
			result = won();
		close(life);
	}
	return result;
}

/* Programs of his own that the guard would have to know by their tags. */
static int enter_tag(void)
{
	int e = open_enter(), life, prog = program_over_elements(40);
	struct latch_guard_call call = { .op = LATCH_GUARD_KEEP, .how = LATCH_KEPT_ITSELF };
	int link = bpf_obj_get(PINDIR "/iter/gate");

	if (e)
		return attack_absent("what is not sealed has no guard");
	life = own();
	if (life < 0)
		return life;
	call.key.kind = LATCH_KEPT_TAG;
	for (uint64_t tag = 0; tag < 64; tag++) {
		call.key.number = tag;
		if (!ask(&call))
			return ATTACK_WON;
	}
	if (prog >= 0 && link >= 0 && !bpf_link_update(link, prog, NULL))
		return ATTACK_WON;
	return won();
}

static void enter_forever(int seed)
{
	struct sched_param idle = { 0 };
	uint32_t x = 0x9e3779b9u * (uint32_t)(seed + 1);

	sched_setscheduler(0, seed & 1 ? SCHED_IDLE : SCHED_OTHER, &idle);
	for (;;) {
		int life = own();

		for (int i = 0; i < 50; i++) {
			struct latch_guard_call call = { 0 };

			x = x * 1664525u + 1013904223u;
			call.op = LATCH_GUARD_KEEP + (x >> 28) % 3;
			call.how = x >> 8 & 0xf;
			call.key.kind = 1 + (x >> 12) % 5;
			call.key.number = x >> 16 & 0x3ff;
			call.state = x >> 20 & 3;
			ask(&call);
		}
		if (life >= 0)
			close(life);
	}
}

/* Two at once, one of them hardly ever let on a CPU; and a seal is put on meanwhile. */
static int enter_race(void)
{
	int e = open_enter(), status = 0;
	pid_t racers[2];

	if (e)
		return attack_absent("what is not sealed has no guard");
	for (int i = 0; i < 2; i++)
		if (!(racers[i] = fork()))
			enter_forever(i);
	for (int i = 0; i < 2; i++)
		command("latch load /test/mod/parts.bpf.o >/dev/null 2>&1;"
			"latch seal parts --weak >/dev/null 2>&1; latch unload parts >/dev/null 2>&1");
	for (int i = 0; i < 2; i++) {
		kill(racers[i], SIGKILL);
		waitpid(racers[i], &status, 0);
	}
	/* What says that it is sealed is. */
	if (!command("latch list | grep -A 3 '^parts ' | grep -q sealed") &&
	    !command("latch unload parts >/dev/null 2>&1"))
		return ATTACK_WON;
	return won();
}

/* All places taken, of what is kept and of seals. */
static int enter_full(void)
{
	int e = open_enter(), life;

	if (e)
		return attack_absent("what is not sealed has no guard");
	life = own();
	if (life < 0)
		return life;
	for (uint32_t i = 0; i < 2 * LATCH_KEPT_MAX; i++) {
		struct latch_guard_call call = { .op = LATCH_GUARD_KEEP,
						 .how = LATCH_KEPT_ITSELF,
						 .key = { .kind = LATCH_KEPT_LINK, .number = 1u << 30 | i } };

		if (ask(&call) == -E2BIG)
			break;
	}
	close(life);
	for (int i = 0; i < 2 * LATCH_SEALS_MAX; i++) {
		struct latch_guard_call hold = { .op = LATCH_GUARD_ADVANCE, .state = LATCH_GUARD_HOLD },
					arm = { .op = LATCH_GUARD_ARM };

		life = own();
		if (life < 0)
			break;
		ask(&hold);
		e = ask(&arm);
		close(life);
		if (e)
			break;
	}
	/* It seals no more, and says so. */
	if (!command("latch load /test/mod/parts.bpf.o >/dev/null 2>&1; latch seal parts --weak >/dev/null 2>&1"))
		return ATTACK_WON;
	return won();
}

const struct attack enter_attacks[] = {
	{ "enter-calls", "each call of guard_enter with each field at each of a few values", enter_calls, 0, NULL },
	{ "enter-owner", "the same by the owner, in each state", enter_owner, 0, NULL },
	{ "enter-mask", "what is entered and not armed before what is armed", enter_mask, 0, NULL },
	{ "enter-tag", "tags of programs for the places of the views", enter_tag, 0, NULL },
	{ "enter-race", "two processes that ask all the time, while a module is sealed", enter_race, 0, NULL },
	{ "enter-full", "all places of the guard taken", enter_full, 0, NULL },
	{},
};
