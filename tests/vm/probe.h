/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LATCH_TESTS_VM_PROBE_H
#define LATCH_TESTS_VM_PROBE_H

#include <stdbool.h>

/*
 * One kernel interface: run() returns 0 when the kernel let it happen, else a negative
 * errno, and leaves things as they were. args counts what follows the name.
 */
struct probe {
	const char *name;
	int (*run)(char **args);
	int min_args, max_args;
	const char *usage;
};

extern const struct probe lockdown_probes[];
extern const struct probe module_probes[];
extern const struct probe task_probes[];
extern const struct probe ptrace_probes[];
extern const struct probe kernel_file_probes[];
extern const struct probe hardware_probes[];
extern const struct probe xfrm_probes[];
extern const struct probe bypass_probes[];
extern const struct probe bpf_probes[];

/* `probe hold NAME`: what it was given is kept. Opening, mapping and ports heed it. */
extern bool probe_holds;

int probe_open(const char *path, int flags);

#endif
