// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody else reads or writes the memory of the process that seals, nor takes its
 * descriptors: tracing, /proc/PID/mem and its kin, process_vm_writev(2), pidfd_getfd(2). Nor does
 * anybody get at a map or program by its id that is younger than this: what the first seal makes of the guard is,
 * and the record of each. Whoever lists all goes on with the next then.
 */
#include "seal/types.bpf.h"

const volatile int fresh_process; /* thread group, in the initial pid namespace */
/* The first ids, which the kernel counts upwards, that are not for others. */
const volatile __u32 fresh_map, fresh_prog;

SEC("lsm/ptrace_access_check")
long fresh_ptrace_access_check(__u64 *ctx)
{
	struct task_struct *child = (void *)ctx[0];

	if (child->tgid != fresh_process || (int)(bpf_get_current_pid_tgid() >> 32) == fresh_process)
		return 0;
	return -EPERM;
}

SEC("lsm/bpf")
long fresh_bpf(__u64 *ctx)
{
	union bpf_attr *attr = (void *)ctx[1];
	__u32 cmd = (__u32)ctx[0], first;

	if (cmd == BPF_MAP_GET_FD_BY_ID)
		first = fresh_map;
	else if (cmd == BPF_PROG_GET_FD_BY_ID)
		first = fresh_prog;
	else
		return 0;
	if (attr->map_id < first || (int)(bpf_get_current_pid_tgid() >> 32) == fresh_process)
		return 0;
	return -ENOENT;
}

char latch_license[] SEC("license") = "GPL";
