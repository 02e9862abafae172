// SPDX-License-Identifier: GPL-2.0-only
/* What an attacker loads. One at a time: see programs.h. */
#include <latch/abi.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

/* --- in the place of a sealed program, or around it */

SEC("?freplace") long replace_verdict(__u64 *ctx)
{
	return 0;
}

SEC("?fentry") int enter_verdict(__u64 *ctx)
{
	return 0;
}

SEC("?fexit") int leave_verdict(__u64 *ctx)
{
	return 0;
}

SEC("?fmod_ret/security_inode_symlink") int modify_security(__u64 *ctx)
{
	return 1;
}

/* bpf(2) takes only a negative verdict for a denial. */
SEC("?fmod_ret/security_bpf") int modify_bpf(__u64 *ctx)
{
	return 1;
}

SEC("?fmod_ret/security_bpf_map") int modify_bpf_map(__u64 *ctx)
{
	return 1;
}

SEC("?fmod_ret/security_bpf_prog") int modify_bpf_prog(__u64 *ctx)
{
	return 1;
}

SEC("?fmod_ret/bpf_lsm_inode_symlink") int modify_hook(__u64 *ctx)
{
	return 1;
}

SEC("?lsm/inode_symlink") int positive(__u64 *ctx)
{
	return 1;
}

SEC("?lsm/bpf") int positive_bpf(__u64 *ctx)
{
	return 1;
}

SEC("?lsm/bpf_map") int positive_bpf_map(__u64 *ctx)
{
	return 1;
}

SEC("?lsm/bpf_prog") int positive_bpf_prog(__u64 *ctx)
{
	return 1;
}

SEC("?lsm/bpf") int nothing_bpf(__u64 *ctx)
{
	return 0;
}

SEC("?lsm/bpf_map") int nothing_bpf_map(__u64 *ctx)
{
	return 0;
}

SEC("?lsm/bpf_prog") int nothing_bpf_prog(__u64 *ctx)
{
	return 0;
}

SEC("?lsm/inode_symlink") int nothing(__u64 *ctx)
{
	return 0;
}

/* --- functions of the guard's */

int __attribute__((noinline)) denied(__u32 seal, __u32 rule, __u32 whose)
{
	return seal + rule + whose;
}

int __attribute__((noinline)) passes(__u64 on, __u64 point)
{
	return on == point;
}

SEC("?lsm/inode_symlink") int calls_denied(__u64 *ctx)
{
	return denied(bpf_get_prandom_u32(), 1, 2) == 12345 ? -1 : 0;
}

SEC("?lsm/inode_symlink") int calls_passes(__u64 *ctx)
{
	return passes(bpf_get_prandom_u32(), bpf_get_prandom_u32()) ? -1 : 0;
}

SEC("?freplace/denied") int replace_denied(__u32 seal, __u32 rule, __u32 whose)
{
	return 0;
}

SEC("?freplace/passes") int replace_passes(__u64 on, __u64 point)
{
	return 0;
}

SEC("?freplace/sysctl_allow") int replace_sysctl(struct bpf_sysctl *ctx)
{
	return 1;
}

/* --- sysctl */

SEC("?cgroup/sysctl") int sysctl_allow(struct bpf_sysctl *ctx)
{
	return 1;
}

SEC("?cgroup/sysctl") int sysctl_overrule(struct bpf_sysctl *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("?cgroup/sysctl") int sysctl_rewrite(struct bpf_sysctl *ctx)
{
	char zero[] = "0\n";

	if (ctx->write)
		bpf_sysctl_set_new_value(ctx, zero, 2);
	return 1;
}

/* --- writing a gate: as a map of the program's own, or as one in another map */

struct gate {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latch_gate);
};

struct gate own SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct gate);
} outer SEC(".maps");

SEC("?syscall") int write_gate(void *ctx)
{
	struct latch_gate off = { 0 };
	__u32 zero = 0;

	return bpf_map_update_elem(&own, &zero, &off, 0) ? 1 : 0;
}

SEC("?syscall") int write_inner(void *ctx)
{
	struct latch_gate *gate;
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&outer, &zero);

	if (!map)
		return 1;
	gate = bpf_map_lookup_elem(map, &zero);
	if (!gate)
		return 1;
	gate->mode = 0;
	return 0;
}

struct bpf_iter_meta;
struct bpf_map;

struct elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	struct latch_gate *value;
};

SEC("?iter/bpf_map_elem") int write_element(struct elem *ctx)
{
	struct latch_gate *gate = ctx->value;

	if (gate)
		gate->mode = 0;
	return 0;
}
