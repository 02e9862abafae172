// SPDX-License-Identifier: GPL-2.0-only
/*
 * attachable <LIST: tries each hook with a BPF LSM program that denies, by bpf(2) alone, and
 * prints what it can be attached to. LIST has lines "BTF-ID NAME"; of those refused, the
 * line is "NAME: ERRNO: what the verifier said last", on standard error.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char verifier_log[1 << 16];

static int load(unsigned int btf_id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -EPERM },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_LSM;
	attr.expected_attach_type = BPF_LSM_MAC;
	attr.attach_btf_id = btf_id;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = 2;
	attr.license = (uintptr_t) "GPL";
	attr.log_buf = (uintptr_t)verifier_log;
	attr.log_size = sizeof(verifier_log);
	attr.log_level = 1;
	verifier_log[0] = '\0';
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int attach(int prog)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (unsigned int)prog;
	return (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

int main(void)
{
	unsigned int id;
	char name[128];

	while (scanf("%u %127s", &id, name) == 2) {
		int prog = load(id), link = prog < 0 ? -1 : attach(prog);

		if (link >= 0)
			printf("%s\n", name);
		else
			fprintf(stderr, "%s: %d: %.*s\n", name, errno, (int)strcspn(verifier_log, "\n"), verifier_log);
		close(link);
		close(prog);
	}
	return 0;
}
