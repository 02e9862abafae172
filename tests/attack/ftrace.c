// SPDX-License-Identifier: GPL-2.0-only
/* kernel.ftrace_enabled = 0 turns off every BPF LSM program, silently. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"

#define CGROUP "/sys/fs/cgroup"

static int older_fd(void)
{
	return write_fd(target.ftrace_fd, "0\n");
}

static int other_procfs(void)
{
	int e;

	mkdir("/n", 0700);
	if (mount("proc", "/n", "proc", 0, NULL))
		return -errno;
	e = write_file("/n/sys/kernel/ftrace_enabled", "0\n");
	umount2("/n", MNT_DETACH);
	return e;
}

static int other_namespaces(void)
{
	if (unshare(CLONE_NEWCGROUP | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWNS))
		return -errno;
	return ftrace_off();
}

static int child_cgroup(void)
{
	int e;

	mkdir(CGROUP "/attack", 0755);
	e = write_file(CGROUP "/attack/cgroup.procs", "0");
	if (!e)
		e = ftrace_off();
	write_file(CGROUP "/cgroup.procs", "0");
	rmdir(CGROUP "/attack");
	return e;
}

/* written with any other number in it than 0, in the kernel's eyes the same */
static int spellings(void)
{
	static const char *const zeros[] = { "0",  "00",  " 0",	  "\t0\n", "-0",
					     "+0", "0x0", "0\n1", "0 1",   "000000000000000000000" };
	char long_one[300];
	int e = -EINVAL;

	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]) && e; i++)
		e = write_file(FTRACE, zeros[i]);
	memset(long_one, ' ', sizeof(long_one));
	strcpy(long_one + sizeof(long_one) - 3, "0\n");
	return e ? write_file(FTRACE, long_one) : 0;
}

static int by_splice(void)
{
	int e, pipe_fd[2], fd = open_fd(FTRACE, O_WRONLY);

	if (fd < 0 || pipe(pipe_fd) || write(pipe_fd[1], "0\n", 2) != 2)
		return -errno;
	e = sys(splice(pipe_fd[0], NULL, fd, NULL, 2, 0));
	return e < 0 ? e : 0;
}

static int by_uring(void)
{
	int fd = open_fd(FTRACE, O_WRONLY);

	return fd < 0 ? fd : uring_op(IORING_OP_WRITE, fd, "0\n", 2, 0, 0);
}

/* After cgroup2 is gone from the tree. */
static int without_cgroup2(void)
{
	umount2(CGROUP, MNT_DETACH);
	return ftrace_off();
}

static int sysctl_programs(unsigned int *ids, unsigned int max)
{
	unsigned int flags = 0, n = max;
	int e, cg = open_fd(CGROUP, O_RDONLY | O_DIRECTORY);

	if (cg < 0)
		return cg;
	e = bpf_prog_query(cg, BPF_CGROUP_SYSCTL, 0, &flags, ids, &n);
	close(cg);
	return e ? e : (int)n;
}

static int detach(void)
{
	unsigned int ids[64];
	int n = sysctl_programs(ids, 64), cg = open_fd(CGROUP, O_RDONLY | O_DIRECTORY);

	for (int i = 0; i < n; i++) {
		int fd = bpf_prog_get_fd_by_id(ids[i]);

		bpf_prog_detach2(fd, cg, BPF_CGROUP_SYSCTL);
		close(fd);
	}
	bpf_prog_detach2(-1, cg, BPF_CGROUP_SYSCTL);
	bpf_prog_detach(cg, BPF_CGROUP_SYSCTL);
	close(cg);
	return ftrace_off();
}

static int load_sysctl(const char *name)
{
	return program_load(name, BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL);
}

/* Each of those there gets an allowing one in its place, as far as the kernel gives its fd. */
static int replace(void)
{
	unsigned int ids[64];
	int n = sysctl_programs(ids, 64), cg = open_fd(CGROUP, O_RDONLY | O_DIRECTORY);
	int own = load_sysctl("sysctl_allow"), e;

	if (own < 0)
		return own;
	for (int i = 0; i < n; i++) {
		LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = BPF_F_ALLOW_MULTI | BPF_F_REPLACE);

		opts.replace_prog_fd = bpf_prog_get_fd_by_id(ids[i]);
		bpf_prog_attach_opts(own, cg, BPF_CGROUP_SYSCTL, &opts);
	}
	e = ftrace_off();
	bpf_prog_detach2(own, cg, BPF_CGROUP_SYSCTL);
	return e;
}

/* The program of the attacker's puts a 0 in the place of what anybody writes. */
static int rewrite_in(const char *dir, unsigned int flags)
{
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = flags);
	int own = load_sysctl("sysctl_rewrite"), e, cg;

	mkdir(dir, 0755);
	cg = open_fd(dir, O_RDONLY | O_DIRECTORY);
	if (own < 0 || cg < 0)
		return own < 0 ? own : cg;
	e = bpf_prog_attach_opts(own, cg, BPF_CGROUP_SYSCTL, &opts);
	if (e)
		return e;
	if (strcmp(dir, CGROUP))
		write_file(CGROUP "/attack/cgroup.procs", "0");
	e = write_file(FTRACE, "1\n");
	bpf_prog_detach2(own, cg, BPF_CGROUP_SYSCTL);
	write_file(CGROUP "/cgroup.procs", "0");
	rmdir(CGROUP "/attack");
	return e;
}

static int rewrite_root(void)
{
	return rewrite_in(CGROUP, BPF_F_ALLOW_MULTI);
}

static int rewrite_child(void)
{
	return rewrite_in(CGROUP "/attack", BPF_F_ALLOW_MULTI);
}

/* before those that are there already; from 6.16 */
static int rewrite_first(void)
{
	return rewrite_in(CGROUP, BPF_F_ALLOW_MULTI | 1U << 6);
}

/* one that is asked last */
static int behind(const char *program)
{
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = BPF_F_ALLOW_MULTI);
	int own = load_sysctl(program), e, cg = open_fd(CGROUP, O_RDONLY | O_DIRECTORY);

	if (own < 0)
		return own;
	e = bpf_prog_attach_opts(own, cg, BPF_CGROUP_SYSCTL, &opts);
	e = e ? e : ftrace_off();
	bpf_prog_detach2(own, cg, BPF_CGROUP_SYSCTL);
	return e;
}

static int allow_too(void)
{
	return behind("sysctl_allow");
}

static int overrule(void)
{
	return behind("sysctl_overrule");
}

#define BY_73 "newer kernels do not let it be cleared"

const struct attack ftrace_attacks[] = {
	{ "ftrace", "write 0 to ftrace_enabled", ftrace_off, 0, BY_73 },
	{ "ftrace-older-fd", "by a descriptor opened before the seal", older_fd, 0, BY_73 },
	{ "ftrace-procfs", "by another mount of procfs", other_procfs, 0, BY_73 },
	{ "ftrace-namespaces", "from new cgroup, pid, ipc, uts, net, mount namespaces", other_namespaces, 0, BY_73 },
	{ "ftrace-cgroup", "from a child cgroup", child_cgroup, 0, BY_73 },
	{ "ftrace-spellings", "0 written as 00, -0, 0x0, behind 300 blanks...", spellings, 0, BY_73 },
	{ "ftrace-splice", "by splice from a pipe", by_splice, 0, BY_73 },
	{ "ftrace-uring", "by io_uring", by_uring, 0, BY_73 },
	{ "ftrace-no-cgroup2", "after umount -l of cgroup2", without_cgroup2, 0, BY_73 },
	{ "ftrace-detach", "after detaching the programs that guard it (BPF_PROG_DETACH)", detach, 0, BY_73 },
	{ "ftrace-replace", "after replacing them (BPF_F_REPLACE)", replace, 0, BY_73 },
	{ "ftrace-allow", "with an own program behind them that allows it", allow_too, 0, BY_73 },
	{ "ftrace-overrule", "with one that takes a denial back (bpf_set_retval)", overrule, 0, BY_73 },
	{ "ftrace-rewrite", "write 1, an own sysctl program makes it 0", rewrite_root, 0, BY_73 },
	{ "ftrace-rewrite-child", "the same, in a child cgroup", rewrite_child, 0, BY_73 },
	{ "ftrace-rewrite-first", "the same, before all others (BPF_F_PREORDER)", rewrite_first, 0,
	  "newer kernels do not let it be cleared, older know no order" },
	{},
};
