// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways into the kernel's memory, below any policy. To have been granted one is to have won:
 * what one does with it is not tried. They are those of the guests' probe.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../vm/probe.h"

bool probe_holds; /* an attack lets go of what it got */
#include "attack.h"

int probe_open(const char *path, int flags)
{
	return open_fd(path, flags);
}

static const struct probe *find(const char *name)
{
	static const struct probe *const tables[] = {
		lockdown_probes, module_probes, hardware_probes, bypass_probes, kernel_file_probes,
	};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct probe *p = tables[t]; p->name; p++)
			if (!strcmp(p->name, name))
				return p;
	return NULL;
}

static int granted(const char *name, const char *arg)
{
	char *args[] = { (char *)arg, NULL };
	const struct probe *p = find(name);
	int e = p ? p->run(args) : -EINVAL;

	switch (-e) {
	case 0:
		return ATTACK_WON;
	case ENOENT:
	case ENOSYS:
	case ENODEV:
	case ENXIO:
		return attack_absent("the guest has no such device or interface (%s)", strerror(-e));
	}
	return e;
}

#define WAY(id, name, arg)                                                                                             \
	static int way_##id(void)                                                                                      \
	{                                                                                                              \
		return granted(#name, arg);                                                                            \
	}

WAY(devmem, devmem, NULL)
WAY(port, port, NULL)
WAY(ioperm, ioperm, NULL)
WAY(iopl, iopl, NULL)
WAY(pci_write, pci_write, NULL)
WAY(pci_map, pci_map, NULL)
WAY(pci_io, pci_io, NULL)
WAY(pci_ioctl, pci_ioctl, NULL)
WAY(tiocsserial, tiocsserial, NULL)
WAY(hibernation, hibernation, NULL)
WAY(kexec_load, kexec_load, NULL)
WAY(kprobe, kprobe, NULL)
WAY(kprobe_events, kprobe_events, NULL)
WAY(debugfs, debugfs, NULL)
WAY(debugfs_chmod, debugfs_chmod, NULL)

static int way_msr(void)
{
	return granted("msr_write", NULL);
}

static int way_msr_ioctl(void)
{
	return granted("msr_ioctl", NULL);
}

/* A livepatch is one. */
static int load(const char *probe, const char *file)
{
	int e = granted(probe, file);

	command("rmmod dummy 2>/dev/null");
	return e;
}

static int way_module(void)
{
	return load("module_load", "/test/unsigned.ko");
}

static int way_module_mem(void)
{
	return load("module_load_mem", "/test/unsigned.ko");
}

/* A module with a good signature, its version magic ignored: the signature is, too. */
static int way_module_forced(void)
{
	struct utsname name;
	char path[160];

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/dummy.ko", name.release);
	return load("module_load_forced", path);
}

static int way_kexec_file(void)
{
	char *args[] = { "/tmp/kernel", NULL };
	int e = find("make_image")->run(args), fd;

	fd = e ? e : open_fd(args[0], O_RDONLY);
	if (fd < 0)
		return fd;
	e = sys(syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS));
	syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	close(fd);
	/* what it says of a kernel of this size after it was let through */
	return e == -EPERM || e == -EACCES ? e : ATTACK_WON;
}

/* The crash kernel: entered by any panic, which root can have. */
static int way_kexec_crash(void)
{
	int e = sys(syscall(SYS_kexec_load, 0UL, 0UL, NULL, (unsigned long)KEXEC_ON_CRASH | KEXEC_ARCH_X86_64));

	if (e == -EADDRNOTAVAIL || e == -ENOMEM)
		return attack_absent("the guest reserves no memory for a crash kernel");
	return e ? e : ATTACK_WON;
}

/* Their modules are in since before trio, which denies the kernel itself the device nodes. */
static int way_uio(void)
{
	return granted("map", "/dev/uio0");
}

static int way_vfio(void)
{
	return granted("vfio", "/dev/vfio/vfio");
}

static int way_livepatch(void)
{
	return attack_absent("Debian ships no livepatch; one of root's own is an unsigned module");
}

static int way_efi(void)
{
	return granted("open", "/dev/efi_test");
}

static int way_acpi(void)
{
	return granted("open", "/sys/kernel/debug/acpi/custom_method");
}

static int way_mmiotrace(void)
{
	return access("/sys/kernel/debug/mmiotrace", F_OK) ? attack_absent("the kernel has no mmiotrace") : ATTACK_WON;
}

const struct attack below_attacks[] = {
	{ "module-unsigned", "load an unsigned module", way_module, 0, NULL },
	{ "module-memory", "the same, by init_module", way_module_mem, 0, NULL },
	{ "module-forced", "load a module whose version magic is ignored", way_module_forced, 0, NULL },
	{ "livepatch", "load a livepatch", way_livepatch, 0, NULL },
	{ "dev-mem", "open /dev/mem to write", way_devmem, 0, NULL },
	{ "dev-port", "open /dev/port to write", way_port, 0, NULL },
	{ "ioperm", "ioperm", way_ioperm, 0, NULL },
	{ "iopl", "iopl", way_iopl, 0, NULL },
	{ "msr-write", "write a model-specific register", way_msr, 0, NULL },
	{ "msr-ioctl", "the same, by ioctl", way_msr_ioctl, 0, NULL },
	{ "pci-write", "write to a device's configuration", way_pci_write, 0, NULL },
	{ "pci-map", "map a device's memory", way_pci_map, 0, NULL },
	{ "pci-io", "write to a device's ports", way_pci_io, 0, NULL },
	{ "pci-ioctl", "ioctl of a device in /proc/bus/pci", way_pci_ioctl, 0, NULL },
	{ "tiocsserial", "move a serial port (TIOCSSERIAL)", way_tiocsserial, 0, NULL },
	{ "kexec-load", "kexec_load", way_kexec_load, 0, NULL },
	{ "kexec-file", "kexec_file_load of an unsigned kernel", way_kexec_file, 0, NULL },
	{ "kexec-crash", "kexec_load of a crash kernel", way_kexec_crash, 0, NULL },
	{ "hibernation", "open /dev/snapshot", way_hibernation, 0, NULL },
	{ "kprobe-perf", "a kprobe by perf_event_open", way_kprobe, 0, NULL },
	{ "kprobe-tracefs", "a kprobe by tracefs", way_kprobe_events, 0, NULL },
	{ "debugfs", "open a file in debugfs to write", way_debugfs, 0, NULL },
	{ "debugfs-chmod", "chmod a file in debugfs", way_debugfs_chmod, 0, NULL },
	{ "uio", "DMA by UIO", way_uio, 0, NULL },
	{ "vfio", "DMA by VFIO", way_vfio, 0, NULL },
	{ "efi-test", "open /dev/efi_test", way_efi, 0, NULL },
	{ "acpi-method", "an ACPI method of root's own", way_acpi, 0, NULL },
	{ "mmiotrace", "mmiotrace", way_mmiotrace, 0, NULL },
	{},
};
