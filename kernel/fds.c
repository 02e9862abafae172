// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors by their numbers, written by who may give them away. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include "latch.h"

/*
 * The opener is asked too: else whoever opens `hold` could have a privileged
 * program write to it, by handing it over as standard output.
 */
static bool may_hold(struct file *file, int capability)
{
	return file_ns_capable(file, &init_user_ns, capability) && capable(capability);
}

int latch_fds_from_user(struct file *file, const char __user *buf, size_t size, unsigned int *fds, size_t n)
{
	char text[32], *rest = text, *word;
	int err;

	if (!may_hold(file, CAP_SYS_ADMIN) || !may_hold(file, CAP_MAC_ADMIN))
		return -EPERM;
	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, size))
		return -EFAULT;
	text[size] = '\0';
	while (n--) {
		word = strsep(&rest, " ");
		err = word ? kstrtouint(word, 10, fds++) : -EINVAL;
		if (err)
			return err;
	}
	return rest ? -EINVAL : 0;
}
