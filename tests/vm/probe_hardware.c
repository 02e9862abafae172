// SPDX-License-Identifier: GPL-2.0-only
/* Lockdown reasons that protect devices: those of the guest's own chipset (q35). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probe.h"

/* The one device that has both a memory and an I/O BAR; nothing drives it. */
#define AHCI "/sys/bus/pci/devices/0000:00:1f.2/"

static int map(const char *path)
{
	int err = 0, fd = probe_open(path, O_RDWR);
	void *mem;

	if (fd < 0)
		return fd;
	mem = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED)
		err = -errno;
	else if (!probe_holds)
		munmap(mem, 4096);
	close(fd);
	return err;
}

static int run_map(char **args)
{
	return map(args[0]);
}

static int run_pci_map(char **args)
{
	(void)args;
	return map(AHCI "resource5");
}

/* The same BAR through procfs: the offset is its address. */
static int run_pci_map_proc(char **args)
{
	const unsigned long map_is_memory = 'P' << 24 | 'C' << 16 | 'I' << 8 | 2;
	int err = 0, fd = probe_open("/proc/bus/pci/00/1f.2", O_RDWR);
	FILE *list = fopen(AHCI "resource", "re");
	unsigned long at = 0;
	void *bar;

	(void)args;
	if (fd < 0 || !list)
		return fd < 0 ? fd : -ENOENT;
	for (int i = 0; i <= 5; i++)
		if (fscanf(list, "%lx %*x %*x", &at) != 1)
			return -EIO;
	fclose(list);
	if (ioctl(fd, map_is_memory, 0) < 0)
		err = -errno;
	bar = err ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, (off_t)at);
	if (!err && bar == MAP_FAILED)
		err = -errno;
	else if (!err && !probe_holds)
		munmap(bar, 4096);
	close(fd);
	return err;
}

static int run_pci_io(char **args)
{
	int err = 0, fd = probe_open(AHCI "resource4", O_RDWR);
	uint8_t value;

	(void)args;
	if (fd < 0)
		return fd;
	if (pread(fd, &value, 1, 0) != 1 || pwrite(fd, &value, 1, 0) != 1)
		err = -errno;
	close(fd);
	return err;
}

static int run_pci_ioctl(char **args)
{
	const unsigned long get_domain = 'P' << 24 | 'C' << 16 | 'I' << 8;
	int err = 0, fd = probe_open("/proc/bus/pci/00/1f.2", O_RDONLY);

	(void)args;
	if (fd < 0)
		return fd;
	if (ioctl(fd, get_domain, 0) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* The same register as msr_write; the kernel wants all eight of the call's registers. */
static int run_msr_ioctl(char **args)
{
	uint32_t regs[8] = { [1] = 0x1b0 };
	int err = 0, fd = probe_open("/dev/cpu/0/msr", O_RDWR);

	(void)args;
	if (fd < 0)
		return fd;
	if (ioctl(fd, _IOWR('c', 0xA0, uint32_t[8]), regs))
		err = -errno;
	regs[1] = 0x1b0;
	if (!err && ioctl(fd, _IOWR('c', 0xA1, uint32_t[8]), regs))
		err = -errno;
	close(fd);
	return err;
}

/* A serial port without hardware behind it: moved by one port, and back. */
static int run_tiocsserial(char **args)
{
	struct serial_struct is, want;
	int err = 0, fd = probe_open("/dev/ttyS3", O_RDWR | O_NONBLOCK | O_NOCTTY);

	(void)args;
	if (fd < 0)
		return fd;
	if (ioctl(fd, TIOCGSERIAL, &is)) {
		err = -errno;
		goto out;
	}
	want = is;
	want.port += 8;
	if (ioctl(fd, TIOCSSERIAL, &want) || ioctl(fd, TIOCSSERIAL, &is))
		err = -errno;
out:
	close(fd);
	return err;
}

/* VFIO and IOMMUFD have a type of ioctls for themselves. What is no such file says ENOTTY. */
static int run_vfio(char **args)
{
	const unsigned int cmd = (unsigned int)_IO(';', args[1] ? atoi(args[1]) : 100);
	int err = 0, fd = probe_open(args[0], O_RDWR);
	long ret = 54; /* ioctl of a 32-bit process */

	if (fd < 0)
		return fd;
	if (args[1] && args[2]) {
		asm volatile("int $0x80" : "+a"(ret) : "b"(fd), "c"(cmd), "d"(0) : "memory");
		err = ret < 0 ? (int)ret : 0;
	} else if (ioctl(fd, cmd, 0) < 0) {
		err = -errno;
	}
	if (!probe_holds)
		close(fd);
	return err;
}

/* Nobody is refused to read this; what may not be done is missing in what it says. */
static int run_power_state(char **args)
{
	char text[128] = "";
	int fd = probe_open("/sys/power/state", O_RDONLY);
	ssize_t n;

	(void)args;
	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return -errno;
	return strstr(text, "disk") ? 0 : -EOPNOTSUPP;
}

/*
 * Asks to hibernate while the snapshot device is in use, which is looked at after the
 * reasons: EBUSY is what a caller gets who was let through.
 */
static int run_power_disk(char **args)
{
	int snapshot = probe_open("/dev/snapshot", O_RDONLY), err, fd;

	(void)args;
	if (snapshot < 0 && snapshot != -EPERM)
		return snapshot;
	fd = probe_open("/sys/power/state", O_WRONLY);
	err = fd < 0 ? fd : write(fd, "disk", 4) < 0 ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	if (snapshot >= 0)
		close(snapshot);
	return err == -EBUSY ? 0 : err;
}

const struct probe hardware_probes[] = {
	{ "power_disk", run_power_disk, 0, 0, "" },
	{ "pci_map", run_pci_map, 0, 0, "" },
	{ "pci_map_proc", run_pci_map_proc, 0, 0, "" },
	{ "pci_io", run_pci_io, 0, 0, "" },
	{ "pci_ioctl", run_pci_ioctl, 0, 0, "" },
	{ "msr_ioctl", run_msr_ioctl, 0, 0, "" },
	{ "vfio", run_vfio, 1, 3, "PATH [NUMBER [32]]" },
	{ "map", run_map, 1, 1, "PATH" },
	{ "tiocsserial", run_tiocsserial, 0, 0, "" },
	{ "power_state", run_power_state, 0, 0, "" },
	{},
};
