// SPDX-License-Identifier: GPL-2.0-only
/* Secure Boot, as the firmware's variables have it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include "lockdown/lockdown.h"

#define EFI "/sys/firmware/efi"
#define EFIVARS EFI "/efivars"
#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* The one byte of a variable, behind four of attributes; 0 if the firmware has no such variable. */
static int read_flag(const char *name, struct latch_error *err)
{
	_cleanup_close_ int fd = -1;
	unsigned char value[8];
	char path[128];
	struct statfs fs;
	ssize_t n;

	snprintf(path, sizeof(path), EFIVARS "/%s-" GLOBAL, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : latch_fail(err, -errno, "%s: %m", path);
	if (fstatfs(fd, &fs) || fs.f_type != EFIVARFS_MAGIC)
		return latch_fail(err, -EBADMSG, "%s: not the firmware's: something is mounted over it", path);
	n = read(fd, value, sizeof(value));
	if (n < 0)
		return latch_fail(err, -errno, "%s: %m", path);
	if (n != 5 || value[4] > 1)
		return latch_fail(err, -EBADMSG, "%s: not what Secure Boot has there", path);
	return value[4];
}

int latch_secure_boot(struct latch_error *err)
{
	struct latch_error why;
	struct statfs fs;
	int secure, setup;
	_cleanup_close_ int efi = latch_kernel_open(EFI, O_PATH | O_DIRECTORY, &why);

	if (efi == -ENOENT)
		return LATCH_SECURE_BOOT_NONE;
	if (efi < 0)
		return latch_fail(err, efi, "whether Secure Boot is on is not known: %.1900s", why.text);
	if (statfs(EFIVARS, &fs) || fs.f_type != EFIVARFS_MAGIC)
		return latch_fail(err, -ENOENT,
				  "whether Secure Boot is on is not known: efivarfs is not mounted: "
				  "`mount -t efivarfs efivarfs " EFIVARS "`");
	secure = read_flag("SecureBoot", err);
	setup = secure < 0 ? secure : read_flag("SetupMode", err);
	if (setup < 0)
		return setup;
	return setup ? LATCH_SECURE_BOOT_SETUP : secure ? LATCH_SECURE_BOOT_ON : LATCH_SECURE_BOOT_OFF;
}
