/* SPDX-License-Identifier: GPL-2.0-only */
/* What every room uses: errors, words, times, pins, and facts of the running kernel. */
#ifndef LATCH_BASE_H
#define LATCH_BASE_H

#include <latch/latch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define LATCH_BPFFS "/sys/fs/bpf"
#define LATCH_ROOT LATCH_BPFFS "/latch"

/*
 * Stores the sentence, fit to be shown, and returns code. A line break in it is taken for that of
 * a name that it quotes, and shown as such; where it quotes a sentence of several lines it is
 * latch_fail_lines(), and then names in it have to be shown by latch_text_shown().
 */
int latch_fail(struct latch_error *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int latch_fail_lines(struct latch_error *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* shown.c: writes a line, fit to be shown, where somebody asked for notes. */
void latch_say(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline void latch_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void latch_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_free_ __attribute__((cleanup(latch_free_ptr)))
#define _cleanup_close_ __attribute__((cleanup(latch_close_fd)))

/* error.c: the lines that libbpf would have printed go here, until the next call. */
void latch_libbpf_capture(void);
const char *latch_libbpf_said(void);

/* words.c */
/* Whether it can be the name of a module, a parameter or a hook. */
bool latch_name_ok(const char *name);
/* Where word stands in a comma-separated list, or -1. len: of word, bytes. */
int latch_list_find(const char *list, const char *word, size_t len);

/* time.c */
uint64_t latch_boot_ns(void); /* CLOCK_BOOTTIME, nanoseconds */
struct latch_time latch_now(void);
/* Of what a program recorded: CLOCK_TAI becomes CLOCK_REALTIME. */
void latch_time_of_program(struct latch_time *t);

/* kernel.c */
struct btf;
/* The running kernel's BTF, kept for the next who asks; NULL and err without. */
const struct btf *latch_kernel_btf(struct latch_error *err);
/* Before libbpf reads it for itself, some MiB; what latch_kernel_btf() returned is void then. */
void latch_kernel_btf_drop(void);
/* Of the function that programs for an LSM hook are attached to. -ENOENT: no such hook. */
int latch_kernel_function_id(const char *name);
int latch_kernel_hook_id(const char *hook);
/*
 * Gives the kernel a program that only returns `value`, for an LSM hook or, of another type,
 * for a function. An fd, what the kernel said, or -ENOENT as above.
 */
int latch_kernel_try(uint32_t type, uint32_t attach_type, const char *function, int value);
/* false only if the kernel's BTF can be read and does not have it. */
bool latch_kernel_has_function(const char *name);
/* PROC_USER_INIT_INO in include/linux/proc_ns.h */
#define LATCH_INITIAL_USER_NS 0xefffffffu - 2
/*
 * Whether this process has a capability that reaches the kernel: 1 or 0; -EXDEV: only in a user
 * namespace that is not the initial one, which bpf(2) does not count; other errno: not known, and err says why.
 */
int latch_capability(unsigned int cap, struct latch_error *err);

/*
 * kernel_file.c: paths below /proc, /sys or /sys/kernel/security. -ENOENT: it is missing for sure; any other
 * error: nothing is known of it, and err says why and what helps. It is never read from another file system.
 */
int latch_kernel_open(const char *path, int flags, struct latch_error *err);
/* The first line. -EBADMSG: empty, or not text. */
int latch_kernel_read(const char *path, char *buf, size_t size, struct latch_error *err);
int latch_kernel_number(const char *path, long *value, struct latch_error *err);
/* Of /proc/self/status: the number behind `key:`. */
int latch_kernel_status(const char *key, int *value, struct latch_error *err);
/* fdopen(3) for reading, without fcntl(2), which a hook may deny. Closes fd also where it returns NULL. */
FILE *latch_stream(int fd);
/* Whether it is missing for sure. */
bool latch_kernel_lacks(const char *path);
/* Of a file in /proc/PID/ns. */
int latch_namespace(const char *path, ino_t *inode, struct latch_error *err);

/* ready.c: each fills c; what is BAD keeps programs from working, or from being called. */
void latch_check_say(struct latch_check *c, enum latch_check_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void latch_check_release(struct latch_check *c);
void latch_check_btf(struct latch_check *c);
void latch_check_active(struct latch_check *c);
void latch_check_ftrace(struct latch_check *c);
void latch_check_arch(struct latch_check *c);
/* -EOPNOTSUPP and the remedy, if one of these five is BAD, or UNKNOWN. */
int latch_kernel_ready(struct latch_error *err);
/* Whether programs can be detached from their hooks without a fault of the kernel: 0 or -EOPNOTSUPP. */
int latch_detach_ready(struct latch_error *err);

/*
 * own_mount.c: a file system of that type, or a file in it, by a mount of latch's own. The descriptor or
 * the stream is the caller's to close. -errno; NULL and errno.
 */
int latch_own_mount(const char *type);
FILE *latch_own_stream(const char *type, const char *path);

/*
 * mount.c: the device of the super block behind a mount, as the kernel's dev_t. mount: stx_mnt_id of statx(2).
 * -ENOENT: that mount is not to be seen here.
 */
int latch_mount_device(uint64_t mount, uint64_t *dev);
/*
 * Calls fn with each mount point from that mount up to the root, and the type of the file system that it is in,
 * until it returns non-zero. -EBADMSG: a line is not understood; -ENOENT: a mount of the way is not shown.
 */
int latch_mount_points_each(uint64_t mount, int (*fn)(const char *point, const char *type, void *arg), void *arg);

/* cgroup.c: programs attached to the root of the default cgroup hierarchy */
int latch_cgroup_attach(int prog, int type);
/* -ENOENT: it is not attached. */
int latch_cgroup_detach(int prog, int type);
/* Attaches a program that allows, and detaches it. */
int latch_cgroup_try(int type, int prog_type);
/* The program that was attached last. -ENOENT: there is none; -ENOSPC: there are more than 64. */
int latch_cgroup_last(int type, uint32_t *id);

/*
 * directory.c: 1: it is there; 0: it is missing for sure; negative errno: not known; -EXDEV: of a path that is
 * not AT_FDCWD's, something is mounted on the way. A symbolic link is there.
 */
int latch_there(int dir, const char *path);
/* Opens what is below dir by way of no mount (-EXDEV) and no symbolic link (-ELOOP). Returns an fd, or negative errno.
 */
int latch_open_below(int dir, const char *path, int flags);
/*
 * Calls fn with each entry of dir/name, without "." and "..", until it returns
 * non-zero, and returns that; or negative errno where it cannot be read. fn gets the directory's
 * own descriptor, and may remove the entry. A symbolic link is no directory, nor is what is
 * mounted there, unless dir is AT_FDCWD: -EXDEV.
 */
typedef int (*latch_entry_fn)(int dir, const char *entry, void *arg);
int latch_entries_each(int dir, const char *name, latch_entry_fn fn, void *arg);
/* For these: returns 1 for the first. */
int latch_entry_any(int dir, const char *entry, void *unused);
/* The same for a directory in which the kernel says something of itself; missing for sure is -ENOENT. fn fills err. */
int latch_kernel_entries_each(const char *path, latch_entry_fn fn, void *arg, struct latch_error *err);

/*
 * pins.c: bpf() on a pin below the latch directory. Returns an fd, or negative errno; -EXDEV: something
 * is mounted over it.
 */
int latch_pin_get(const char *module, const char *kind, const char *name);
/* Opens a file or directory of a pin directory: the same. */
int latch_pin_open(const char *module, const char *kind, const char *name, int flags);
/* Why a pin cannot be opened, in words: of -EXDEV, what is meant by it and what helps. */
const char *latch_pin_error(int code);
int latch_pin_put(int fd, const char *pindir, const char *kind, const char *name);
int latch_pin_drop(const char *pindir, const char *kind, const char *name);
/*
 * Calls fn with the name of each pin in pindir/kind until it returns non-zero, and returns that.
 * The ring of events is left out: it is a channel, and not kept. No such directory: no pins.
 */
int latch_pins_each(const char *pindir, const char *kind, int (*fn)(const char *name, void *arg), void *arg);

#endif
