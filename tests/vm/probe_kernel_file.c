// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that the kernel reads into itself, for the test of the loadpin module. The files
 * given need not be good ones: what the kernel says after reading is "allowed".
 */
#define _GNU_SOURCE
#include <asm/bootparam.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/module.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static int unless_refused(long result)
{
	return result < 0 && (errno == EPERM || errno == EACCES) ? -errno : 0;
}

static int run_kexec_image(char **args)
{
	int err, fd = probe_open(args[0], O_RDONLY);

	if (fd < 0)
		return fd;
	err = unless_refused(syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS));
	close(fd);
	return err;
}

/* The least that passes for a kernel: its header is looked at before the initramfs is read. */
static int run_make_image(char **args)
{
	struct setup_header header = {
		.boot_flag = 0xaa55,
		.header = 0x53726448, /* HdrS */
		.version = 0x020f,
		.loadflags = LOADED_HIGH,
		.xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G | XLF_5LEVEL,
	};
	char image[4096] = { 0 };
	int err = 0, fd = open(args[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	memcpy(image + 0x1f1, &header, sizeof(header));
	if (write(fd, image, sizeof(image)) != sizeof(image))
		err = -EIO;
	close(fd);
	return err;
}

static int run_kexec_initramfs(char **args)
{
	int err, kernel = probe_open(args[0], O_RDONLY), initrd = probe_open(args[1], O_RDONLY);

	if (kernel < 0 || initrd < 0)
		return kernel < 0 ? kernel : initrd;
	err = unless_refused(syscall(SYS_kexec_file_load, kernel, initrd, 1UL, "", 0UL));
	syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	close(kernel);
	close(initrd);
	return err;
}

/* Some kernels know this as a kind of file of its own. */
static int run_module_compressed(char **args)
{
	int err, fd = probe_open(args[0], O_RDONLY);

	if (fd < 0)
		return fd;
	err = unless_refused(syscall(SYS_finit_module, fd, "", MODULE_INIT_COMPRESSED_FILE));
	close(fd);
	return err;
}

/* IMA reads the policy from the file that it is told. */
static int run_policy(char **args)
{
	int err, fd = probe_open("/sys/kernel/security/ima/policy", O_WRONLY);

	if (fd < 0)
		return fd;
	err = unless_refused(write(fd, args[0], strlen(args[0])));
	close(fd);
	return err;
}

const struct probe kernel_file_probes[] = {
	{ "make_image", run_make_image, 1, 1, "FILE (a kernel for kexec_initramfs)" },
	{ "module_compressed", run_module_compressed, 1, 1, "FILE" },
	{ "kexec_image", run_kexec_image, 1, 1, "KERNEL" },
	{ "kexec_initramfs", run_kexec_initramfs, 2, 2, "KERNEL INITRAMFS" },
	{ "policy", run_policy, 1, 1, "FILE" },
	{},
};
