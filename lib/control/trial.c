// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trial: a change that the kernel takes back at a deadline unless it is
 * confirmed. It is a timer in the kernel (lib/control/trial.bpf.c), pinned beside the
 * module's maps with the program that stops it; it is started before the
 * change is made.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "control/control.h"
#include "control/trial.skel.h"

static int run(int prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (bpf_prog_test_run_opts(prog, &opts))
		return -errno;
	return (int)opts.retval;
}

/* Puts the module's map in the place of `map`, and its value into a copy of the same size. */
static int adopt(const char *pindir, const char *name, struct bpf_map *map, struct bpf_map *copy)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = latch_pin_get(pindir, "maps", name);
	int e;

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	e = bpf_map__reuse_fd(map, fd);
	return e ? e : bpf_map__set_value_size(copy, info.value_size);
}

static int copy_value(struct bpf_map *from, struct bpf_map *to)
{
	_cleanup_free_ void *value = malloc(bpf_map__value_size(to));
	uint32_t zero = 0;

	if (!value)
		return -ENOMEM;
	if (bpf_map_lookup_elem(bpf_map__fd(from), &zero, value) ||
	    bpf_map_update_elem(bpf_map__fd(to), &zero, value, BPF_ANY))
		return -errno;
	return 0;
}

static int start(const char *pindir, struct trial_bpf *skel, const struct latch_gate *before, uint64_t length)
{
	struct latch_trial trial[4] = {
		{ .length = length, .of_load = before->mode == LATCH_OFF }
	}; /* the value is longer, by a timer */
	uint32_t zero = 0;
	int e = adopt(pindir, "gate", skel->maps.gate, skel->maps.gate_before);

	if (e || (e = adopt(pindir, "param", skel->maps.param, skel->maps.param_before)) ||
	    (e = trial_bpf__load(skel)) || (e = copy_value(skel->maps.param, skel->maps.param_before)))
		return e;
	if (bpf_map__value_size(skel->maps.latch_trial) > sizeof(trial))
		return -EOVERFLOW;
	if (bpf_map_update_elem(bpf_map__fd(skel->maps.gate_before), &zero, before, BPF_ANY) ||
	    bpf_map_update_elem(bpf_map__fd(skel->maps.latch_trial), &zero, trial, BPF_ANY))
		return -errno;
	e = latch_pin_put(bpf_program__fd(skel->progs.stop), pindir, "", "stop");
	if (!e)
		e = latch_pin_put(bpf_map__fd(skel->maps.latch_trial), pindir, "maps", "trial");
	return e ? e : run(bpf_program__fd(skel->progs.start));
}

int latch_trial_start(const char *pindir, unsigned int mode_before, uint64_t length, struct latch_error *err)
{
	struct latch_gate before = { .mode = mode_before };
	struct trial_bpf *skel;
	int e;

	/* What is left of one that was over just now. */
	latch_trial_drop(pindir);
	latch_libbpf_capture();
	skel = trial_bpf__open();
	e = skel ? start(pindir, skel, &before, length) : -errno;
	trial_bpf__destroy(skel);
	if (e) {
		latch_trial_drop(pindir);
		return latch_fail_lines(err, e, "%s: cannot start a trial: %s%s%.1000s", pindir, strerror(-e),
					*latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
	}
	return 0;
}

void latch_trial_drop(const char *pindir)
{
	latch_pin_drop(pindir, "maps", "trial");
	latch_pin_drop(pindir, "", "stop");
}

int latch_confirm(struct latch *l, const char *name, struct latch_error *err)
{
	_cleanup_close_ int stop = -1;
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, err);

	if (e)
		return e;
	latch_state_free(st);
	e = latch_seal_refuse(name, err);
	if (e)
		return e;
	stop = latch_pin_get(name, "", "stop");
	if (stop < 0)
		return latch_fail(err, -ENOENT, "%s is not on trial: nothing to confirm", name);
	e = run(stop);
	latch_audit("confirm", name, e > 0 ? -ETIME : e);
	if (e < 0)
		return latch_fail(err, e, "%s: cannot stop its trial: %s", name, strerror(-e));
	latch_trial_drop(name);
	latch_hooks_tidy(l, name, err);
	if (e)
		return latch_fail(err, -ETIME, "%s: too late: its trial was just over, the state before holds", name);
	return 0;
}
