// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel lockdown in separate features, each off, observe or enforce: one for
 * each reason of the running kernel, and three that the kernel has no reason for.
 *
 * locked_down			the kernel's reasons
 * kernel_read_file		module_load, kexec_load_signed: from a file; and which file a
 *				module comes from, while module_signature has exceptions for that
 * kernel_load_data		module_load, kexec_load_signed: from memory
 * capable			module_unload
 * file_open			dma: opening a device that lets user space start DMA
 * inode_mknod			dma: learns the numbers of such devices as the kernel makes them
 * kernel_module_request	module_autoload
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

LATCH_FEATURE_ENUM(lockdown_reason, "LOCKDOWN_", "locked_down");

LATCH_FEATURE_FILES(module_signature, "kernel_read_file,kernel_load_data");

LATCH_FEATURE(module_load, 96, "kernel_read_file,kernel_load_data",
	      "loading any kernel module, signed ones too");
LATCH_FEATURE(module_unload, 97, "capable", "unloading kernel modules");
LATCH_FEATURE(module_autoload, 98, "kernel_module_request",
	      "kernel modules that the kernel asks for by itself");

LATCH_FEATURE(kexec_load_signed, 99, "kernel_read_file,kernel_load_data",
	      "kexec of any image, signed ones too");
LATCH_FEATURE(dma, 100, "file_open,inode_mknod", "opening VFIO, IOMMUFD and UIO devices");

LATCH_DEVICES("vfio,vfio-dev,uio,misc/vfio,misc/iommu");

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
		return latch_file_read(MODULE_SIGNATURE, file) ? LATCH_DENY(MODULE_LOAD) :
								 LATCH_DENY(MODULE_SIGNATURE);
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
	return nr == 106 || nr == 129; /* arm64, arm */
}

LATCH_HOOK(capable, const struct cred *cred, struct user_namespace *ns, int cap)
{
	return cap == CAP_SYS_MODULE && in_delete_module() ? LATCH_DENY(MODULE_UNLOAD) : 0;
}

LATCH_HOOK(kernel_module_request)
{
	return LATCH_DENY(MODULE_AUTOLOAD);
}

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define PF_KTHREAD 0x00200000

/* By device number, so that a node of root's own making is the same device. */
LATCH_HOOK(file_open, struct file *file)
{
	struct inode *inode = file->f_inode;
	__u32 dev;

	if (!inode || (inode->i_mode & S_IFMT) != S_IFCHR)
		return 0;
	dev = inode->i_rdev;
	return bpf_map_lookup_elem(&latch_devices, &dev) ? LATCH_DENY(DMA) : 0;
}

static __always_inline bool starts_with(struct dentry *dentry, __u32 word, __u32 mask)
{
	__u64 name[LATCH_PATH_NAME / sizeof(__u64)] = { 0 };

	latch_name_copy(name, dentry);
	return ((__u32)name[0] & mask) == word;
}

#define WORD(a, b, c, d) ((__u32)(a) | (__u32)(b) << 8 | (__u32)(c) << 16 | (__u32)(d) << 24)

/*
 * Device numbers are given out at run time, and drivers may come later than
 * this module: the kernel's own thread makes each node in devtmpfs, and there
 * the number stands beside the kernel's name for it: uio0, iommu, vfio/vfio,
 * vfio/12, vfio/devices/vfio0. Nothing is denied here.
 */
LATCH_HOOK(inode_mknod, struct inode *dir, struct dentry *dentry, __u16 mode, __u32 dev)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct dentry *parent = dentry->d_parent, *above;
	__u8 yes = 1;

	if (!(task->flags & PF_KTHREAD) || (mode & S_IFMT) != S_IFCHR || !parent)
		return 0;
	above = parent->d_parent;
	if (starts_with(dentry, WORD('u', 'i', 'o', 0), 0xffffff) ||
	    starts_with(dentry, WORD('i', 'o', 'm', 'm'), ~0) ||
	    starts_with(parent, WORD('v', 'f', 'i', 'o'), ~0) ||
	    (above && starts_with(above, WORD('v', 'f', 'i', 'o'), ~0)))
		bpf_map_update_elem(&latch_devices, &dev, &yes, BPF_ANY);
	return 0;
}
