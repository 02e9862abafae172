// SPDX-License-Identifier: GPL-2.0-only
/* The root of the default cgroup hierarchy (cgroup2), wherever it is mounted, or nowhere. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include "base/base.h"

#define INITIAL_CGROUP_NS (0xefffffffu - 4) /* PROC_CGROUP_INIT_INO in include/linux/proc_ns.h */

static int root(void)
{
	_cleanup_close_ int mount = -1;
	struct latch_error unused;
	ino_t ns = INITIAL_CGROUP_NS;
	int fd, e = latch_namespace("/proc/self/ns/cgroup", &ns, &unused);

	/* In another namespace it would not be the root; a kernel without them has one. */
	if (e && e != -ENOENT)
		return e;
	if (ns != INITIAL_CGROUP_NS)
		return -EXDEV;
	mount = latch_own_mount("cgroup2");
	if (mount < 0)
		return mount;
	fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int latch_cgroup_attach(int prog, int type)
{
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = BPF_F_ALLOW_MULTI);
	_cleanup_close_ int fd = root();

	if (fd < 0)
		return fd;
	return bpf_prog_attach_opts(prog, fd, (enum bpf_attach_type)type, &opts) ? -errno : 0;
}

int latch_cgroup_detach(int prog, int type)
{
	_cleanup_close_ int fd = root();

	if (fd < 0)
		return fd;
	return bpf_prog_detach2(prog, fd, (enum bpf_attach_type)type) ? -errno : 0;
}

int latch_cgroup_last(int type, uint32_t *id)
{
	_cleanup_close_ int fd = root();
	uint32_t ids[64], n = sizeof(ids) / sizeof(*ids), flags;

	if (fd < 0)
		return fd;
	if (bpf_prog_query(fd, (enum bpf_attach_type)type, 0, &flags, ids, &n))
		return -errno; /* ENOSPC, too: there are more */
	if (!n)
		return -ENOENT;
	/* Otherwise those below are not asked after their own. */
	if (flags != BPF_F_ALLOW_MULTI)
		return -EPROTO;
	*id = ids[n - 1];
	return 0;
}

int latch_cgroup_try(int type, int prog_type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_close_ int prog = bpf_prog_load((enum bpf_prog_type)prog_type, NULL, "GPL", insns, 2, NULL);
	int e = prog < 0 ? -errno : latch_cgroup_attach(prog, type);

	return e ? e : latch_cgroup_detach(prog, type);
}
