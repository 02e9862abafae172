// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel lockdown in separate features, each off, observe or enforce: one for
 * each reason of the running kernel, and six that the kernel has no reason for.
 *
 * locked_down			the kernel's reasons
 * kernel_read_file		module_load, kexec_load_signed: from a file; and which file a
 *				module comes from, while module_signature has exceptions for that
 * kernel_load_data		module_load, kexec_load_signed: from memory
 * capable			module_unload
 * file_ioctl			dma: the calls of VFIO and IOMMUFD; of 32 bits: file_ioctl_compat
 * mmap_file			dma: mapping the registers of a UIO device
 * kernel_module_request	module_autoload
 * bpf_prog			bpf_iter_write, whenever a descriptor of a program is made
 *
 * A hook is attached only while one of its features is on: `capable` above all
 * is asked too often to be listened to in vain. It can only add to the kernel's
 * own lockdown, never relax it.
 */
#define LATCH_FILE_EXCEPTIONS
#include <latch/module.bpf.h>

LATCH_MODULE("lockdown", "1.0", "Kernel lockdown, feature by feature");

/* Beyond any reason: enum lockdown_reason has 29 values in 7.3. */
#define MODULE_LOAD 96
#define MODULE_UNLOAD 97
#define MODULE_AUTOLOAD 98
#define KEXEC_LOAD_SIGNED 99
#define DMA 100
#define BPF_ITER_WRITE 101

LATCH_FEATURE_ENUM(lockdown_reason, "LOCKDOWN_", "locked_down");

LATCH_FEATURE_FILES(module_signature, "kernel_read_file,kernel_load_data");

LATCH_FEATURE(module_load, 96, "kernel_read_file,kernel_load_data", "loading any kernel module, signed ones too");
LATCH_FEATURE(module_unload, 97, "capable", "unloading kernel modules");
LATCH_FEATURE(module_autoload, 98, "kernel_module_request", "kernel modules that the kernel asks for by itself");

LATCH_FEATURE(kexec_load_signed, 99, "kernel_read_file,kernel_load_data", "kexec of any image, signed ones too");
LATCH_FEATURE(dma, 100, "file_ioctl,file_ioctl_compat,mmap_file", "ioctl of VFIO and IOMMUFD, mapping of UIO devices");

/* In the groups of the kernel's reasons for integrity: what it closes is a way to write what is the kernel's. */
LATCH_INFO(feature_bpf_iter_write, "feature",
	   "bpf_iter_write:" LATCH_STR(BPF_ITER_WRITE) ":bpf_prog:integrity,confidentiality:"
						       "BPF iterators that could write to the elements of a map");

LATCH_FEATURE_DOC(module_signature, "loading unsigned kernel modules, or with an unknown key");
LATCH_FEATURE_DOC(dev_mem, "/dev/mem, /dev/kmem and /dev/port");
LATCH_FEATURE_DOC(efi_test, "/dev/efi_test");
LATCH_FEATURE_DOC(kexec, "kexec of unsigned images");
LATCH_FEATURE_DOC(hibernation, "hibernation; also asked when /sys/power/state is read");
LATCH_FEATURE_DOC(pci_access, "PCI config writes, and BARs through sysfs and procfs");
LATCH_FEATURE_DOC(ioport, "raw I/O ports: ioperm and iopl");
LATCH_FEATURE_DOC(msr, "writing model-specific registers");
LATCH_FEATURE_DOC(acpi_tables, "replacing ACPI tables, custom ACPI methods");
LATCH_FEATURE_DOC(device_tree, "changing the device tree (powerpc)");
LATCH_FEATURE_DOC(pcmcia_cis, "storing PCMCIA CIS data");
LATCH_FEATURE_DOC(tiocsserial, "changing ports and interrupts of serial devices");
LATCH_FEATURE_DOC(module_parameters, "module parameters that name hardware addresses");
LATCH_FEATURE_DOC(mmiotrace, "tracing memory-mapped I/O");
LATCH_FEATURE_DOC(debugfs, "debugfs files that are not plainly read-only");
LATCH_FEATURE_DOC(xmon_wr, "xmon with write access (powerpc)");
LATCH_FEATURE_DOC(bpf_write_user, "BPF programs that write user memory");
LATCH_FEATURE_DOC(dbg_write_kernel, "kgdb with write access");
LATCH_FEATURE_DOC(rtas_error_injection, "RTAS error injection (powerpc)");
LATCH_FEATURE_DOC(xen_user_actions, "Xen operations from user space");
LATCH_FEATURE_DOC(kcore, "/proc/kcore");
LATCH_FEATURE_DOC(kprobes, "kprobes through tracefs and perf");
LATCH_FEATURE_DOC(bpf_read_kernel, "BPF programs that read kernel memory");
LATCH_FEATURE_DOC(dbg_read_kernel, "kgdb with read access");
LATCH_FEATURE_DOC(perf, "perf samples that hold registers of interrupts");
LATCH_FEATURE_DOC(tracefs, "tracefs");
LATCH_FEATURE_DOC(xmon_rw, "xmon (powerpc)");
LATCH_FEATURE_DOC(xfrm_secret, "IPsec keys in dumps: denied means left out");

LATCH_HOOK(locked_down, enum lockdown_reason what)
{
	return LATCH_DENY((__u32)what);
}

#define MODULE_SIGNATURE ((__u32)bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_MODULE_SIGNATURE))

/* Modules compressed in their file have an id of their own from 6.18. */
static __always_inline bool reading_module(enum kernel_read_file_id id)
{
	return id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE) ||
	       (bpf_core_enum_value_exists(enum kernel_read_file_id, READING_MODULE_COMPRESSED) &&
		id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE_COMPRESSED));
}

/* Sleepable: the kernel computes the digest of the file. */
LATCH_HOOK_SLEEPABLE(kernel_read_file, struct file *file, enum kernel_read_file_id id, bool contents)
{
	if (reading_module(id))
		return latch_file_read(MODULE_SIGNATURE, file) ? LATCH_DENY(MODULE_LOAD) : LATCH_DENY(MODULE_SIGNATURE);
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_KEXEC_IMAGE))
		return LATCH_DENY(KEXEC_LOAD_SIGNED);
	return 0;
}

LATCH_HOOK(kernel_load_data, enum kernel_load_data_id id, bool contents)
{
	if (id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE))
		return latch_memory_read(MODULE_SIGNATURE) ? LATCH_DENY(MODULE_LOAD) : LATCH_DENY(MODULE_SIGNATURE);
	if (id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_KEXEC_IMAGE))
		return LATCH_DENY(KEXEC_LOAD_SIGNED);
	return 0;
}

#define CAP_SYS_MODULE 16

/*
 * Loading and unloading ask for the same capability, and unloading has no hook
 * of its own: it is told by the system call that the task is in. The compat
 * number needs no test of its own: neither number means a call that asks for
 * CAP_SYS_MODULE in the other table.
 */
static __always_inline bool in_delete_module(void)
{
	__u32 nr = latch_syscall();

	if (latch_on_x86())
		return nr == 176 || nr == 129; /* x86_64, i386 */
	return nr == 106 || nr == 129;	       /* arm64, arm */
}

LATCH_HOOK(capable, const struct cred *cred, struct user_namespace *ns, int cap)
{
	return cap == CAP_SYS_MODULE && in_delete_module() ? LATCH_DENY(MODULE_UNLOAD) : 0;
}

LATCH_HOOK(kernel_module_request)
{
	return LATCH_DENY(MODULE_AUTOLOAD);
}

/*
 * What a device is goes by what is asked of it, not by a number, a name or a node, all of
 * which are given out at run time: so nothing is to be learned, and who opened it before has
 * no more of it.
 *
 * Without an ioctl a VFIO or IOMMUFD file does nothing, and these have a type for themselves:
 * Documentation/userspace-api/ioctl/ioctl-number.rst. Numbers below VFIO_BASE are nobody's.
 */
#define VFIO_TYPE ';'
#define VFIO_BASE 100

static __always_inline bool of_vfio(unsigned int cmd)
{
	return (cmd >> 8 & 0xff) == VFIO_TYPE && (cmd & 0xff) >= VFIO_BASE;
}

LATCH_HOOK(file_ioctl, struct file *file, unsigned int cmd)
{
	return of_vfio(cmd) ? LATCH_DENY(DMA) : 0;
}

/* Kernels without it ask file_ioctl for both. */
LATCH_HOOK_OPTIONAL(file_ioctl_compat, struct file *file, unsigned int cmd)
{
	return of_vfio(cmd) ? LATCH_DENY(DMA) : 0;
}

#define S_IFMT 0170000
#define S_IFCHR 0020000

/*
 * A UIO device is one that drivers/uio/uio.c opens. A function that the kernel has no symbol
 * for is printed as a number: then it is not known what the device is, and taken for one.
 */
static __always_inline bool of_uio(struct file *file)
{
	static const char symbol[] = "%ps";
	const char uio[] = "uio_open";
	char name[16] = "";
	__u64 open = (__u64)file->f_op->open;

	if (!open)
		return false;
	if (bpf_snprintf(name, sizeof(name), symbol, &open, sizeof(open)) < 0 || name[0] == '0')
		return true;
	for (unsigned int i = 0; i < sizeof(uio) - 1; i++)
		if (name[i] != uio[i])
			return false;
	return true;
}

/* Without a mapping a UIO device only tells of interrupts. file is NULL for anonymous memory. */
LATCH_HOOK(mmap_file, struct file *file)
{
	struct inode *inode = file ? file->f_inode : NULL;

	if (!inode || (inode->i_mode & S_IFMT) != S_IFCHR)
		return 0;
	return of_uio(file) ? LATCH_DENY(DMA) : 0;
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_prog_aux {
	__u32 used_map_cnt;
	__u32 max_rdwr_access; /* of what it is shown writable, bytes */
};

struct bpf_prog {
	__u8 tag[8];
	struct bpf_prog_aux *aux;
};

#pragma clang attribute pop

const volatile struct latch_iter_tags latch_iter_tags SEC(".rodata.iters");

/*
 * A seal loads programs that show the elements of maps. A tag is of the code and leaves out the maps
 * that it uses: so a program without any is what its tag says.
 */
static __always_inline bool of_latch(struct bpf_prog *prog)
{
	__u64 tag = *(__u64 *)prog->tag;

	if (prog->aux->used_map_cnt)
		return false;
	for (unsigned int i = 0; i < LATCH_ITER_TAGS; i++)
		if (tag == latch_iter_tags.tag[i])
			return true;
	return false;
}

/*
 * The kernel keeps one number for what a program reads and what it writes of a value, so that who
 * reads one is taken for who writes one. No other kind of program has that number.
 */
LATCH_HOOK(bpf_prog, struct bpf_prog *prog)
{
	return prog->aux->max_rdwr_access && !of_latch(prog) ? LATCH_DENY(BPF_ITER_WRITE) : 0;
}
