// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel asks its lockdown reasons about. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kexec.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static int close_after(int fd)
{
	if (fd < 0)
		return fd;
	if (!probe_holds)
		close(fd);
	return 0;
}

static int open_and_close(const char *path, int flags)
{
	return close_after(probe_open(path, flags));
}

/* writes back the bytes that are there */
static int rewrite(const char *path, off_t at, size_t size)
{
	uint64_t value;
	int err = 0, fd = probe_open(path, O_RDWR);

	if (fd < 0)
		return fd;
	if (pread(fd, &value, size, at) != (ssize_t)size || pwrite(fd, &value, size, at) != (ssize_t)size)
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

static int run_open(char **args)
{
	const char *mode = args[1] ? args[1] : "r";

	if (!strcmp(mode, "rw"))
		return open_and_close(args[0], O_RDWR);
	return open_and_close(args[0], *mode == 'w' ? O_WRONLY : O_RDONLY);
}

static int run_devmem(char **args)
{
	(void)args;
	return open_and_close("/dev/mem", O_RDWR);
}

static int run_port(char **args)
{
	(void)args;
	return open_and_close("/dev/port", O_RDWR);
}

static int run_kcore(char **args)
{
	(void)args;
	return open_and_close("/proc/kcore", O_RDONLY);
}

/* The flags are looked at last: EINVAL is what a caller gets who was let through. */
static int run_kexec_load(char **args)
{
	const unsigned long wrong_flags = 0x8000;

	(void)args;
	syscall(SYS_kexec_load, 0, 0, NULL, wrong_flags);
	return errno == EINVAL ? 0 : -errno;
}

/* One page that is never started, or none: what is loaded goes. */
static int run_kexec_page(char **args)
{
	static char page[4096];
	struct kexec_segment segment = { .buf = page, .bufsz = 16, .mem = (void *)(16UL << 20), .memsz = sizeof(page) };
	long n = strcmp(args[0], "load") ? 0 : 1;

	return syscall(SYS_kexec_load, n ? segment.mem : NULL, n, &segment, KEXEC_ARCH_DEFAULT) ? -errno : 0;
}

static int run_kexec_file_load(char **args)
{
	int err = 0, fd = probe_open(args[0], O_RDONLY);

	if (fd < 0)
		return fd;
	if (syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS))
		err = -errno;
	else
		syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	close(fd);
	return err;
}

static int run_ioperm(char **args)
{
	(void)args;
	if (ioperm(0x80, 1, 1))
		return -errno;
	if (!probe_holds)
		ioperm(0x80, 1, 0);
	return 0;
}

static int run_iopl(char **args)
{
	(void)args;
	if (iopl(3))
		return -errno;
	if (!probe_holds)
		iopl(0);
	return 0;
}

/* IA32_ENERGY_PERF_BIAS is the one register whose write does not taint the kernel. */
static int run_msr_write(char **args)
{
	(void)args;
	return rewrite("/dev/cpu/0/msr", 0x1b0, 8);
}

static int run_msr_read(char **args)
{
	uint64_t value;
	int err = 0, fd = probe_open("/dev/cpu/0/msr", O_RDONLY);

	(void)args;
	if (fd < 0)
		return fd;
	if (pread(fd, &value, sizeof(value), 0x1b0) != sizeof(value))
		err = -errno;
	close(fd);
	return err;
}

static int run_hibernation(char **args)
{
	(void)args;
	return open_and_close("/dev/snapshot", O_RDONLY);
}

static int run_pci_write(char **args)
{
	const off_t interrupt_line = 0x3c;

	(void)args;
	return rewrite("/sys/bus/pci/devices/0000:00:00.0/config", interrupt_line, 1);
}

static int perf_event(struct perf_event_attr *attr)
{
	int fd;

	attr->size = sizeof(*attr);
	attr->disabled = 1;
	fd = syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return close_after(fd < 0 ? -errno : fd);
}

static int run_perf_regs(char **args)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000000,
		.sample_type = PERF_SAMPLE_REGS_INTR,
		.sample_regs_intr = 1,
	};

	(void)args;
	return perf_event(&attr);
}

static int run_kprobe(char **args)
{
	struct perf_event_attr attr = { .config1 = (uintptr_t) "vfs_fsync" };
	FILE *f = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	int got;

	(void)args;
	if (!f)
		return -errno;
	got = fscanf(f, "%u", &attr.type);
	fclose(f);
	return got == 1 ? perf_event(&attr) : -EIO;
}

static int run_tracefs(char **args)
{
	(void)args;
	return open_and_close("/sys/kernel/tracing/tracing_on", O_RDONLY);
}

/* Files of mode 0444 are never asked about; this one is 0200. */
static int run_debugfs(char **args)
{
	(void)args;
	return open_and_close("/sys/kernel/debug/clear_warn_once", O_WRONLY);
}

/*
 * A raw tracepoint program that calls a helper(r10 - 8 or 0, 8 or r10 - 8, 8 or 0). The
 * kernel hides a helper that is locked down: the verifier then says EINVAL.
 */
static int load_helper_caller(int helper, int writes_user)
{
#define INSN(c, d, s, o, i)                                                                                            \
	{                                                                                                              \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                                    \
	}
#define MOV_REG(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
	const int stack = writes_user ? 2 : 1;
	const struct bpf_insn insns[] = {
		INSN(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -8, 0),
		MOV_IMM(1, 0),
		MOV_IMM(2, 8),
		MOV_IMM(3, writes_user ? 8 : 0),
		MOV_REG(stack, 10),
		ADD_IMM(stack, -8),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper),
		MOV_IMM(0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t) "GPL",
	};
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	return close_after(fd < 0 ? -errno : fd);
}

static int run_bpf_read_kernel(char **args)
{
	(void)args;
	return load_helper_caller(BPF_FUNC_probe_read_kernel, 0);
}

static int run_bpf_write_user(char **args)
{
	(void)args;
	return load_helper_caller(BPF_FUNC_probe_write_user, 1);
}

const struct probe lockdown_probes[] = {
	{ "open", run_open, 1, 2, "PATH [r|w|rw]" },
	{ "devmem", run_devmem, 0, 0, "" },
	{ "port", run_port, 0, 0, "" },
	{ "kcore", run_kcore, 0, 0, "" },
	{ "kexec_load", run_kexec_load, 0, 0, "" },
	{ "kexec_page", run_kexec_page, 1, 1, "load|unload" },
	{ "kexec_file_load", run_kexec_file_load, 1, 1, "FILE" },
	{ "ioperm", run_ioperm, 0, 0, "" },
	{ "iopl", run_iopl, 0, 0, "" },
	{ "msr_write", run_msr_write, 0, 0, "" },
	{ "msr_read", run_msr_read, 0, 0, "" },
	{ "hibernation", run_hibernation, 0, 0, "" },
	{ "pci_write", run_pci_write, 0, 0, "" },
	{ "perf_regs", run_perf_regs, 0, 0, "" },
	{ "kprobe", run_kprobe, 0, 0, "" },
	{ "tracefs", run_tracefs, 0, 0, "" },
	{ "debugfs", run_debugfs, 0, 0, "" },
	{ "bpf_read_kernel", run_bpf_read_kernel, 0, 0, "" },
	{ "bpf_write_user", run_bpf_write_user, 0, 0, "" },
	{},
};
