// SPDX-License-Identifier: GPL-2.0-only
/*
 * loadpin: what the kernel takes into itself comes from one file system, that
 * of the first such file, as LoadPin has it.
 *
 *	kernel_read_file	the kernel reads a module, firmware, ... from a file
 *	kernel_load_data	the same from memory: init_module(2), kexec_load(2)
 *	sb_free_security	a file system goes away, perhaps the pinned one
 *
 * Where it differs from LoadPin:
 * - Pinned is the first file's file system since the module was loaded, not
 *   since boot.
 * - Observe pins like enforce and keeps the pin of a file system that is gone,
 *   so that it reports just what enforce would deny; LoadPin then pins anew.
 * - No dm-verity: a file system with a trusted root digest is no exception.
 */
#include <latch/module.bpf.h>

LATCH_MODULE("loadpin", "1.0", "Kernel files only from the file system of the first one loaded");
LATCH_FLAGS(exclude, 0, "firmware,module,kexec_image,kexec_initramfs,policy,x509_certificate",
	    "kinds of file that may come from anywhere");

/* Bits of exclude. */
enum { FIRMWARE, MODULE, KEXEC_IMAGE, KEXEC_INITRAMFS, POLICY, X509_CERTIFICATE };

/*
 * The address of the pinned super block, as a number. It names this super block
 * until that is freed, which sb_free_security sees before it happens.
 */
static __u64 pin;
#define PIN_NONE 0
#define PIN_GONE 1

/* The numbers differ by kernel; one kind in this module may be several there. */
#define BIT_IF(id, type, value, bit)                                                                                   \
	(bpf_core_enum_value_exists(type, value) && (id) == bpf_core_enum_value(type, value) ? 1U << (bit) : 0U)

static __always_inline __u32 bit_of_file(enum kernel_read_file_id id)
{
	return BIT_IF(id, enum kernel_read_file_id, READING_FIRMWARE, FIRMWARE) |
	       BIT_IF(id, enum kernel_read_file_id, READING_MODULE, MODULE) |
	       BIT_IF(id, enum kernel_read_file_id, READING_MODULE_COMPRESSED, MODULE) |
	       BIT_IF(id, enum kernel_read_file_id, READING_KEXEC_IMAGE, KEXEC_IMAGE) |
	       BIT_IF(id, enum kernel_read_file_id, READING_KEXEC_INITRAMFS, KEXEC_INITRAMFS) |
	       BIT_IF(id, enum kernel_read_file_id, READING_POLICY, POLICY) |
	       BIT_IF(id, enum kernel_read_file_id, READING_X509_CERTIFICATE, X509_CERTIFICATE);
}

static __always_inline __u32 bit_of_data(enum kernel_load_data_id id)
{
	return BIT_IF(id, enum kernel_load_data_id, LOADING_FIRMWARE, FIRMWARE) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_MODULE, MODULE) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_MODULE_COMPRESSED, MODULE) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_KEXEC_IMAGE, KEXEC_IMAGE) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_KEXEC_INITRAMFS, KEXEC_INITRAMFS) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_POLICY, POLICY) |
	       BIT_IF(id, enum kernel_load_data_id, LOADING_X509_CERTIFICATE, X509_CERTIFICATE);
}

LATCH_HOOK(kernel_read_file, struct file *file, enum kernel_read_file_id id)
{
	struct vfsmount *mnt;
	__u64 sb, old;

	if (bit_of_file(id) & exclude)
		return 0;
	mnt = file ? file->f_path.mnt : 0;
	sb = mnt ? (__u64)mnt->mnt_sb : 0;
	if (!sb)
		return -EPERM;
	old = __sync_val_compare_and_swap(&pin, PIN_NONE, sb);
	return old == PIN_NONE || old == sb ? 0 : -EPERM;
}

LATCH_HOOK(kernel_load_data, enum kernel_load_data_id id)
{
	return bit_of_data(id) & exclude ? 0 : -EPERM;
}

/*
 * Not by LATCH_HOOK, for it denies nothing, and must run whatever the gate
 * says: another file system may get the address of one that went unseen.
 */
LATCH_INFO(hook_sb_free_security, "hook", LATCH_STR(__COUNTER__) ":sb_free_security");

SEC("lsm/sb_free_security") int latch_sb_free_security(__u64 *ctx)
{
	__sync_val_compare_and_swap(&pin, ctx[0], PIN_GONE);
	return 0;
}
