// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody else reads or writes the memory of the process that seals, nor takes its
 * descriptors: tracing, /proc/PID/mem and its kin, process_vm_writev(2), pidfd_getfd(2).
 */
#include "seal/types.bpf.h"

const volatile int fresh_process; /* thread group, in the initial pid namespace */

SEC("lsm/ptrace_access_check")
long fresh_ptrace_access_check(__u64 *ctx)
{
	struct task_struct *child = (void *)ctx[0];

	if (child->tgid != fresh_process || (int)(bpf_get_current_pid_tgid() >> 32) == fresh_process)
		return 0;
	return -EPERM;
}

char latch_license[] SEC("license") = "GPL";
