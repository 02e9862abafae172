// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a trial: a timer in the kernel that puts a module's gate and
 * parameters back as they were, whether or not any process is left to run.
 * Nothing of it is on the path of a hook.
 *
 * liblatch puts the module's own maps in the place of `gate` and `param`, and
 * sizes the copies after them. The timer lives as long as the pin of `trial`.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <latch/abi.h>

#define CLOCK_BOOTTIME 7

struct trial {
	struct latch_trial t; /* first: what liblatch reads */
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trial);
} latch_trial SEC(".maps");

#define COPY(name)                                \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, 1);           \
		__uint(key_size, 4);              \
		__uint(value_size, 4);            \
	} name SEC(".maps")

COPY(gate);
COPY(gate_before);
COPY(param);
COPY(param_before);

char latch_license[] SEC("license") = "GPL";

static const __u32 zero;

static int over(void *map, __u32 *key, struct trial *trial)
{
	void *param_value = bpf_map_lookup_elem(&param_before, &zero);
	void *gate_value = bpf_map_lookup_elem(&gate_before, &zero);

	if (!param_value || !gate_value)
		return 0;
	bpf_map_update_elem(&param, &zero, param_value, BPF_ANY);
	bpf_map_update_elem(&gate, &zero, gate_value, BPF_ANY);
	trial->t.over = 1;
	return 0;
}

/* Starts the timer, for trial.t.length nanoseconds. Returns 0 or a negative errno. */
SEC("syscall")
int start(void *ctx)
{
	struct trial *trial = bpf_map_lookup_elem(&latch_trial, &zero);
	long e;

	if (!trial)
		return -ENOENT;
	trial->t.deadline = bpf_ktime_get_boot_ns() + trial->t.length;
	e = bpf_timer_init(&trial->timer, &latch_trial, CLOCK_BOOTTIME);
	if (!e)
		e = bpf_timer_set_callback(&trial->timer, over);
	if (!e)
		e = bpf_timer_start(&trial->timer, trial->t.length, 0);
	return e;
}

/* Stops it. Returns 1 if it was over already, so that the state before holds, else 0. */
SEC("syscall")
int stop(void *ctx)
{
	struct trial *trial = bpf_map_lookup_elem(&latch_trial, &zero);

	if (!trial)
		return -ENOENT;
	bpf_timer_cancel(&trial->timer); /* waits for over(), if that runs just now */
	return trial->t.over;
}
