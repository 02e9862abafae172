// SPDX-License-Identifier: GPL-2.0-only
/* Facts of the running kernel. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include "base/base.h"

static struct btf *kernel_btf; /* reading it takes longer than most of what a command does */

const struct btf *latch_kernel_btf(struct latch_error *err)
{
	struct latch_check c = { 0 };

	if (kernel_btf)
		return kernel_btf;
	latch_check_btf(&c);
	if (c.state != LATCH_CHECK_OK) {
		latch_fail(err, 0, "cannot read the kernel's BTF: %.700s", c.text);
		return NULL;
	}
	latch_libbpf_capture();
	kernel_btf = btf__load_vmlinux_btf();
	if (!kernel_btf)
		latch_fail(err, -errno, "cannot read the kernel's BTF: %m");
	return kernel_btf;
}

void latch_kernel_btf_drop(void)
{
	btf__free(kernel_btf);
	kernel_btf = NULL;
}

int latch_kernel_function_id(const char *name)
{
	struct latch_error unused;
	const struct btf *btf = latch_kernel_btf(&unused);

	return btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : -EOPNOTSUPP;
}

int latch_kernel_hook_id(const char *hook)
{
	char name[LATCH_NAME_MAX + 16];

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	return latch_kernel_function_id(name);
}

bool latch_kernel_has_function(const char *name)
{
	return latch_kernel_function_id(name) != -ENOENT;
}

int latch_kernel_try(uint32_t type, uint32_t attach_type, const char *function, int value)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = value },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_type);
	int id = type == BPF_PROG_TYPE_LSM ? latch_kernel_hook_id(function) : latch_kernel_function_id(function), fd;

	if (id < 0)
		return id;
	opts.attach_btf_id = (uint32_t)id;
	fd = bpf_prog_load(type, NULL, "GPL", insns, 2, &opts);
	return fd < 0 ? -errno : fd;
}

static int effective(unsigned int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	return data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap) ? 1 : 0;
}

int latch_capability(unsigned int cap, struct latch_error *err)
{
	int has = effective(cap), e;
	ino_t ns;

	if (has <= 0)
		return has < 0 ? latch_fail(err, has, "capget: %s", strerror(-has)) : 0;
	e = latch_namespace("/proc/self/ns/user", &ns, err);
	if (e)
		return e;
	return ns == LATCH_INITIAL_USER_NS ? 1 : -EXDEV;
}
