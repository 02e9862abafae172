// SPDX-License-Identifier: GPL-2.0-only
/*
 * latch.ko: keeps BPF links until reboot, so that no pin has to be guarded.
 *
 *	/sys/kernel/security/latch/
 *	version	the number of this interface, and the release
 *	hold	write the number of an open descriptor of yours: its link is held
 *	held	one line for each link held, see latch_held_show()
 *	tamper	write those of a BPF queue and a BPF ring buffer, which the guard puts attempts
 *		on seals into: they are told in the log, or panic
 *
 * There is no way to take any of it back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <latch/abi.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include "latch.h"

static int version_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%d %s\n", LATCH_HOLD_ABI, LATCH_VERSION);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(version);

static const struct {
	const char *name;
	umode_t mode;
	const struct file_operations *fops;
} files[] = {
	{ "version", 0444, &version_fops },
	{ "hold", 0200, &latch_hold_fops },
	{ "held", 0400, &latch_held_fops },
	{ "tamper", 0600, &latch_tamper_fops },
};

static struct dentry *dir, *dentries[ARRAY_SIZE(files)];

static void remove_files(void)
{
	for (size_t i = ARRAY_SIZE(files); i-- > 0;)
		if (dentries[i])
			securityfs_remove(dentries[i]);
	securityfs_remove(dir);
}

static int __init latch_init(void)
{
	dir = securityfs_create_dir("latch", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct dentry *d = securityfs_create_file(files[i].name, files[i].mode, dir, NULL, files[i].fops);

		if (IS_ERR(d)) {
			remove_files();
			return PTR_ERR(d);
		}
		dentries[i] = d;
	}
	return 0;
}

static void __exit latch_exit(void)
{
	latch_hold_leave();
	remove_files();
}

module_init(latch_init);
module_exit(latch_exit);
MODULE_DESCRIPTION("Keeps BPF links until reboot");
MODULE_VERSION(LATCH_VERSION);
MODULE_LICENSE("GPL");
/*
 * bpf_link_get_from_fd() and bpf_map_get() were moved there in 6.16 (and in stable kernels), for
 * the kernel's own bpf_preload.ko; MODULE_IMPORT_NS() takes a string from 6.13 on only.
 */
MODULE_INFO(import_ns, "BPF_INTERNAL");
