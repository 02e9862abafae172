// SPDX-License-Identifier: GPL-2.0-only
/*
 * The latch directory in bpffs. Each loaded module has a pin directory there:
 *	NAME/info, NAME/maps/{gate,param,count,tally,events}, NAME/links/HOOK, NAME/progs/HOOK
 * and, sealed, NAME/seal and NAME/iter; beside them is the guard's room, guard~.
 * A pin directory that is being made or taken down is NAME~PID: it may deny, and there may be a
 * NAME beside it, which is the module then. (bpffs keeps names with
 * a dot to itself: bpf_lookup() in kernel/bpf/inode.c.)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include "loaded/loaded.h"

#define LOCK_WAIT_MS 30000
#define LOCK_STEP_MS 20
#define ROOT_INODE 1 /* of bpffs: bpf_fill_super() */

int latch_pindir_make(const char *pindir)
{
	static const char *const parts[] = { "", "/maps", "/links", "/progs" };
	char path[256];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(path, sizeof(path), LATCH_ROOT "/%s%s", pindir, parts[i]);
		if (mkdir(path, 0700))
			return -errno;
	}
	return 0;
}

/* Removes dir/name and what is in it, links first so that nothing of a module is called without its maps. */
static int remove_tree(int dir, const char *name, void *unused)
{
	static const char *const first[] = { "links", "progs", "maps" };
	char path[256];
	struct stat st;
	int e = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dir, name, 0) ? -errno : 0;
	for (size_t i = 0; i < sizeof(first) / sizeof(*first) && !e; i++) {
		snprintf(path, sizeof(path), "%s/%s", name, first[i]);
		e = remove_tree(dir, path, unused);
	}
	if (!e)
		e = latch_entries_each(dir, name, remove_tree, unused);
	return e ? e : unlinkat(dir, name, AT_REMOVEDIR) ? -errno : 0;
}

int latch_pindir_remove(struct latch *l, const char *pindir)
{
	return remove_tree(l->dir, pindir, NULL);
}

static int mount_bpffs(bool *mounted, struct latch_error *err)
{
	struct latch_error why;
	struct statfs fs;

	if (statfs(LATCH_BPFFS, &fs)) {
		_cleanup_close_ int fd = latch_kernel_open(LATCH_BPFFS, O_PATH, &why);

		return latch_fail(err, -EOPNOTSUPP, "%.1900s%s", why.text,
				  fd == -ENOENT ? ": this takes a kernel built with CONFIG_BPF_SYSCALL" : "");
	}
	if ((unsigned long)fs.f_type == BPF_FS_MAGIC)
		return 0;
	if (mount("bpf", LATCH_BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return latch_fail(err, -errno, "cannot mount bpffs: %m: run `mount -t bpf bpf " LATCH_BPFFS "`");
	*mounted = true;
	return 0;
}

int latch_bpffs_writable(struct latch_error *err)
{
	struct statfs fs;

	if (statfs(LATCH_BPFFS, &fs) || (unsigned long)fs.f_type != BPF_FS_MAGIC || !(fs.f_flags & ST_RDONLY))
		return 0;
	return latch_fail(err, -EROFS,
			  LATCH_BPFFS
			  " is mounted read-only, so that nothing can be pinned or changed there: `mount -o "
			  "remount,rw " LATCH_BPFFS "`");
}

static int lock(int dir, int how, struct latch_error *err)
{
	for (int waited = 0; flock(dir, how | LOCK_NB); waited += LOCK_STEP_MS) {
		if (errno != EWOULDBLOCK)
			return latch_fail(err, -errno, "cannot lock " LATCH_ROOT ": %m");
		if (waited >= LOCK_WAIT_MS)
			return latch_fail(err, -EBUSY,
					  "another latch has held " LATCH_ROOT
					  " for %d s: find it with `fuser -v " LATCH_ROOT "`",
					  LOCK_WAIT_MS / 1000);
		usleep(LOCK_STEP_MS * 1000);
	}
	return 0;
}

static int make_root(struct latch *l, struct latch_error *err)
{
	int e = latch_hidden_look(l, err);

	if (!e)
		e = latch_hidden_refuse(l, err);
	if (!e)
		e = mount_bpffs(&l->mounted, err);
	if (!e && mkdir(LATCH_ROOT, 0700) && errno != EEXIST)
		e = latch_fail(err, -errno, "cannot make " LATCH_ROOT ": %m");
	return e;
}

static int refuse_without_privilege(struct latch_error *err)
{
	struct latch_error why;
	int has = latch_capability(CAP_SYS_ADMIN, &why);

	if (has > 0)
		return 0;
	if (!has)
		return latch_fail(err, -EPERM, "no privilege: this needs CAP_SYS_ADMIN: run it as root");
	if (has == -EXDEV)
		return latch_fail(err, -EPERM,
				  "no privilege: this is root of a user namespace only, which the kernel does not "
				  "count: run it as root outside of it");
	return latch_fail(err, -EPERM, "cannot tell what privilege this process has: %.1900s", why.text);
}

/* The one in the root of the bpffs that is mounted there. -EXDEV: something else is, or is mounted over it. */
static int open_root(void)
{
	_cleanup_close_ int bpffs = open(LATCH_BPFFS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;
	int fd;

	if (bpffs < 0 || fstatfs(bpffs, &fs) || fstat(bpffs, &st))
		return -errno;
	fd = latch_open_below(bpffs, "latch", O_RDONLY | O_DIRECTORY);
	if (fd < 0 || ((unsigned long)fs.f_type == BPF_FS_MAGIC && st.st_ino == ROOT_INODE))
		return fd;
	close(fd);
	return -EXDEV;
}

/* With the mode that the kernel gives bpffs, 1777, anybody can be first to make a directory of that name. */
static int refuse_foreign(int dir, struct latch_error *err)
{
	struct stat own, above;

	if (fstat(dir, &own) || fstatat(dir, "..", &above, 0))
		return latch_fail(err, -errno, LATCH_ROOT ": %m");
	if (!own.st_uid && own.st_mode & (S_IWGRP | S_IWOTH))
		return latch_fail(err, -EBADMSG,
				  LATCH_ROOT
				  " is open to others (mode %03o), so nothing in it is believed: look at what is in "
				  "it, and `chmod 700 " LATCH_ROOT "`",
				  own.st_mode & 07777);
	if (own.st_uid)
		return latch_fail(err, -EBADMSG,
				  LATCH_ROOT
				  " belongs to uid %u, so nothing in it is believed: look at what is in it: where it was "
				  "root's, `chown root " LATCH_ROOT "`, else `rm -r " LATCH_ROOT "`",
				  own.st_uid);
	if (above.st_uid || (above.st_mode & (S_IWGRP | S_IWOTH) && !(above.st_mode & S_ISVTX)))
		return latch_fail(err, -EBADMSG,
				  LATCH_BPFFS " lets others rename what is root's (uid %u, mode %03o), so nothing in "
					      "it is believed: `chown root " LATCH_BPFFS "; chmod 700 " LATCH_BPFFS "`",
				  above.st_uid, above.st_mode & 07777);
	return 0;
}

int latch_root_refuse(struct latch_error *err)
{
	_cleanup_close_ int dir = open_root();

	if (dir >= 0)
		return refuse_foreign(dir, err);
	if (dir == -ENOENT)
		return 0;
	return latch_fail(err, dir, LATCH_ROOT ": %s", latch_pin_error(dir));
}

int latch_directory_open(struct latch **out, enum latch_purpose purpose, struct latch_error *err)
{
	bool make = purpose == LATCH_MAKES;
	struct latch *l;
	int e = 0;

	*out = NULL;
	e = refuse_without_privilege(err);
	if (e)
		return e;
	*out = l = calloc(1, sizeof(*l));
	if (!l)
		return latch_fail(err, -ENOMEM, "out of memory");
	l->dir = -1;
	if (purpose != LATCH_READS)
		e = latch_bpffs_writable(err);
	if (e)
		return e;
	l->dir = open_root();
	if (make && l->dir == -ENOENT) {
		e = make_root(l, err);
		if (e)
			return e;
		l->dir = open_root();
	}
	l->covered = l->dir == -EXDEV;
	if (l->dir < 0)
		return l->covered || (!make && l->dir == -ENOENT) ?
			       0 :
			       latch_fail_denied(err, l->dir, LATCH_DENIED_FILE, LATCH_ROOT);
	e = refuse_foreign(l->dir, err);
	return e ? e : lock(l->dir, purpose == LATCH_READS ? LOCK_SH : LOCK_EX, err);
}

void latch_close(struct latch *l)
{
	if (!l)
		return;
	latch_close_fd(&l->dir);
	while (l->nnotes)
		free(l->notes[--l->nnotes]);
	free(l->notes);
	free(l);
}

/* As the kernel knows the file that runs; what cannot be told is nobody's own. */
void latch_count_self_apart(struct latch *l)
{
	struct statx stx;
	uint64_t dev;

	if (statx(AT_FDCWD, "/proc/self/exe", 0, STATX_BASIC_STATS | STATX_MNT_ID, &stx) ||
	    latch_mount_device(stx.stx_mnt_id, &dev))
		return;
	l->self.id[0] = dev;
	l->self.id[1] = stx.stx_ino;
	l->self.id[2] = stx.stx_size;
	l->self.id[3] = (uint64_t)stx.stx_ctime.tv_sec * 1000000000 + stx.stx_ctime.tv_nsec;
}

bool latch_mounted_bpffs(const struct latch *l)
{
	return l->mounted;
}
