// SPDX-License-Identifier: GPL-2.0-only
/* The module's maps, links and programs by bpf(2), and by latch itself. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <latch/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"

static const uint32_t zero;
static const struct latch_gate off;

static int latch_unload(void)
{
	return command("latch unload trio >/dev/null 2>&1");
}

static int latch_mode(void)
{
	return command("latch mode trio observe >/dev/null 2>&1");
}

static int latch_set(void)
{
	return command("latch set trio deny=0 >/dev/null 2>&1");
}

static int lockdown_set(void)
{
	return command("latch set lockdown perf=off >/dev/null 2>&1");
}

static int lockdown_unload(void)
{
	return command("latch unload lockdown >/dev/null 2>&1");
}

static int close_gate(int fd)
{
	return fd < 0 ? fd : bpf_map_update_elem(fd, &zero, &off, 0);
}

static int update_pin(void)
{
	return close_gate(bpf_obj_get(MAPS "/gate"));
}

static int update_id(void)
{
	return close_gate(bpf_map_get_fd_by_id(target.gate));
}

static int update_older(void)
{
	return close_gate(target.gate_fd);
}

static int update_batch(void)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	int fd = bpf_map_get_fd_by_id(target.gate);
	uint32_t n = 1;

	return fd < 0 ? fd : bpf_map_update_batch(fd, &zero, &off, &n, &opts);
}

static int map_and_clear(int fd)
{
	struct latch_gate *gate;

	if (fd < 0)
		return fd;
	gate = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (gate == MAP_FAILED)
		return -errno;
	gate->mode = LATCH_OFF;
	munmap(gate, 4096);
	return 0;
}

static int mmap_pin(void)
{
	return map_and_clear(bpf_obj_get(MAPS "/gate"));
}

static int mmap_older(void)
{
	return map_and_clear(target.gate_fd);
}

/* mapped to be read, made writable then */
static int mprotect_older(void)
{
	struct latch_gate *gate = mmap(NULL, 4096, PROT_READ, MAP_SHARED, target.gate_fd, 0);

	if (gate == MAP_FAILED)
		return -errno;
	if (mprotect(gate, 4096, PROT_READ | PROT_WRITE))
		return -errno;
	gate->mode = LATCH_OFF;
	return 0;
}

static int clear_param(void)
{
	char nothing[4096] = { 0 };
	int fd = bpf_map_get_fd_by_id(target.param);

	return fd < 0 ? fd : bpf_map_update_elem(fd, &zero, nothing, 0);
}

/* the same value as seen by the next reader */
static int forge_count(void)
{
	struct latch_count forged = { .denied = 1ULL << 40 }, seen = { 0 };
	int e, fd = bpf_map_get_fd_by_id(target.count);

	if (fd < 0)
		return fd;
	e = bpf_map_update_elem(fd, &zero, &forged, 0);
	if (e || bpf_map_lookup_elem(fd, &zero, &seen))
		return e ? e : -errno;
	return seen.denied >= forged.denied ? ATTACK_WON : 0;
}

static int clear_tally(void)
{
	struct latch_tally_key key;
	int e, fd = bpf_map_get_fd_by_id(target.tally);

	if (fd < 0)
		return fd;
	e = bpf_map_get_next_key(fd, NULL, &key);
	e = e ? e : bpf_map_delete_elem(fd, &key);
	return e ? e : ATTACK_WON;
}

static int forge_tally(void)
{
	struct latch_tally_key key = { .ino = 1 };
	struct latch_tally tally = { .count = 1 };
	int e, fd = bpf_obj_get(MAPS "/tally");

	if (fd < 0)
		return fd;
	e = bpf_map_update_elem(fd, &key, &tally, BPF_ANY);
	return e ? e : ATTACK_WON;
}

static int forge_info(void)
{
	char nothing[8192] = { 0 };
	int fd = bpf_obj_get(PINDIR "/info");

	return fd < 0 ? fd : bpf_map_update_elem(fd, &zero, nothing, 0);
}

static int delete_gate(void)
{
	int fd = bpf_map_get_fd_by_id(target.gate);

	return fd < 0 ? fd : bpf_map_delete_elem(fd, &zero);
}

static int freeze(void)
{
	int fd = bpf_map_get_fd_by_id(target.gate);

	return fd < 0 ? fd : bpf_map_freeze(fd);
}

static int detach_id(void)
{
	int fd = bpf_link_get_fd_by_id(target.link[0]);

	return fd < 0 ? fd : bpf_link_detach(fd);
}

static int detach_pin(void)
{
	int fd = bpf_obj_get(LINKS "/inode_symlink");

	return fd < 0 ? fd : bpf_link_detach(fd);
}

static int detach_program(void)
{
	int e, fd = bpf_prog_get_fd_by_id(target.prog[0]);

	if (fd < 0)
		return fd;
	e = bpf_prog_detach2(fd, 0, BPF_LSM_MAC);
	bpf_prog_detach2(fd, open_fd("/sys/fs/cgroup", O_RDONLY), BPF_LSM_CGROUP);
	return e;
}

static int update_link(void)
{
	int own = program_load("nothing", BPF_PROG_TYPE_LSM, BPF_LSM_MAC);
	int fd = bpf_link_get_fd_by_id(target.link[0]);

	if (own < 0 || fd < 0)
		return own < 0 ? own : fd;
	return bpf_link_update(fd, own, NULL);
}

/* A second attachment of the program, whose end could be mistaken for that of the first. */
static int attach_twice(void)
{
	int fd = bpf_raw_tracepoint_open(NULL, target.prog_fd);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* What latch reads a sealed module by: an iterator, whose program is exchanged. */
static int update_iter(void)
{
	int own = program_load("write_element", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER), fd;

	if (access(PINDIR "/iter", F_OK))
		return attack_absent("what is not sealed has no iterator");
	fd = bpf_obj_get(PINDIR "/iter/gate");
	if (own < 0 || fd < 0)
		return own < 0 ? own : fd;
	return bpf_link_update(fd, own, NULL) ?: ATTACK_WON;
}

#define ARRAY_KEEPS "elements of an array cannot be deleted"
#define NO_UPDATE "the kernel has no such operation on a tracing link"

const struct attack object_attacks[] = {
	{ "latch-unload", "latch unload", latch_unload, 0, NULL },
	{ "latch-mode", "latch mode observe", latch_mode, 0, NULL },
	{ "latch-set", "latch set deny=0", latch_set, 0, NULL },
	{ "lockdown-set", "latch set lockdown perf=off", lockdown_set, LOCKDOWN, NULL },
	{ "lockdown-unload", "latch unload lockdown", lockdown_unload, LOCKDOWN, NULL },
	{ "gate-pin", "write the gate by its pin", update_pin, 0, NULL },
	{ "gate-id", "write the gate by its id", update_id, 0, NULL },
	{ "gate-older-fd", "write the gate by a descriptor from before the seal", update_older, 0, NULL },
	{ "gate-batch", "write the gate by BPF_MAP_UPDATE_BATCH", update_batch, 0, NULL },
	{ "gate-mmap", "map the gate by its pin, write to memory", mmap_pin, 0, NULL },
	{ "gate-mmap-older", "map the gate by a descriptor from before the seal", mmap_older, 0, NULL },
	{ "gate-mprotect", "map it to be read, make that writable", mprotect_older, 0,
	  "what was mapped to be read stays so" },
	{ "gate-delete", "delete the gate's element", delete_gate, 0, ARRAY_KEEPS },
	{ "gate-freeze", "freeze the gate", freeze, 0, "that is what a seal does" },
	{ "param", "write the parameters", clear_param, 0, NULL },
	{ "count-forge", "write the counters", forge_count, 0, NULL },
	{ "tally-clear", "delete an entry of the tally", clear_tally, 0, NULL },
	{ "tally-forge", "add an entry to the tally", forge_tally, 0, NULL },
	{ "info-forge", "write the module's information", forge_info, 0, "it is frozen at load" },
	{ "link-detach-id", "BPF_LINK_DETACH by id", detach_id, 0, NO_UPDATE },
	{ "link-detach-pin", "BPF_LINK_DETACH by the pin", detach_pin, 0, NO_UPDATE },
	{ "link-update", "BPF_LINK_UPDATE to a program that allows", update_link, 0, NO_UPDATE },
	{ "iter-update", "exchange the program of the iterator of the gate (BPF_LINK_UPDATE)", update_iter, 0, NULL },
	{ "prog-detach", "BPF_PROG_DETACH", detach_program, 0, NO_UPDATE },
	{ "attach-twice", "attach the program once more, by a descriptor from before the seal, detach that",
	  attach_twice, 0, "each link is a thing of its own" },
	{},
};
