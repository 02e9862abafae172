// SPDX-License-Identifier: GPL-2.0-only
/* The mounts on the way to the pins. */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attack.h"

static int umount_plain(void)
{
	return sys(umount2(BPFFS, 0));
}

static int umount_lazy(void)
{
	return sys(umount2(BPFFS, MNT_DETACH));
}

static int umount_force(void)
{
	return sys(umount2(BPFFS, MNT_FORCE));
}

/* The first marks the mount, the second takes it away. */
static int umount_expire(void)
{
	umount2(BPFFS, MNT_EXPIRE);
	return sys(umount2(BPFFS, MNT_EXPIRE));
}

static int umount_parent(void)
{
	return sys(umount2("/sys", MNT_DETACH));
}

static int share_all(void)
{
	return sys(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
}

/* In a namespace whose mounts are peers of the initial one's. */
static int umount_shared(void)
{
	int e = share_all();

	if (e)
		return e;
	if (unshare(CLONE_NEWNS))
		return -errno;
	return sys(umount2(BPFFS, MNT_DETACH));
}

static int umount_shared_parent(void)
{
	int e = share_all();

	if (e)
		return e;
	if (unshare(CLONE_NEWNS))
		return -errno;
	return sys(umount2("/sys", MNT_DETACH));
}

/* In the same namespace: the bind of the parent is its peer. */
static int umount_bind_peer(void)
{
	int e = share_all();

	mkdir("/n", 0700);
	if (e || mount("/sys", "/n", NULL, MS_BIND | MS_REC, NULL))
		return e ? e : -errno;
	e = sys(umount2("/n/fs/bpf", MNT_DETACH));
	mount(NULL, "/n", NULL, MS_REC | MS_PRIVATE, NULL);
	umount2("/n", MNT_DETACH);
	return e;
}

/* What was moved and could not be unmounted there hides the record; it is moved back. */
static int look_and_move(const char *from, const char *to, int e)
{
	int hidden = e ? target_hidden() : 0;

	if (!hidden)
		return e;
	mount(NULL, "/n", NULL, MS_REC | MS_PRIVATE, NULL);
	mount(from, to, NULL, MS_MOVE, NULL);
	return hidden;
}

/* The peer group is one of the attacker's own making, the bpffs moved under it. */
static int umount_moved_peer(void)
{
	int e;

	mkdir("/n", 0700);
	mkdir("/p", 0700);
	if (mount("none", "/n", "tmpfs", 0, NULL) || mkdir("/n/bpf", 0700) ||
	    mount(BPFFS, "/n/bpf", NULL, MS_MOVE, NULL))
		return -errno;
	mount(NULL, "/n", NULL, MS_SHARED, NULL);
	if (mount("/n", "/p", NULL, MS_BIND, NULL))
		return -errno;
	e = look_and_move("/n/bpf", BPFFS, sys(umount2("/n/bpf", MNT_DETACH)));
	umount2("/p", MNT_DETACH);
	umount2("/n", MNT_DETACH);
	return e;
}

static int move_then_umount(void)
{
	mkdir("/n", 0700);
	if (mount(BPFFS, "/n", NULL, MS_MOVE, NULL))
		return -errno;
	return look_and_move("/n", BPFFS, sys(umount2("/n", MNT_DETACH)));
}

static int move_parent_then_umount(void)
{
	mkdir("/n", 0700);
	if (mount("/sys", "/n", NULL, MS_MOVE, NULL))
		return -errno;
	return look_and_move("/n", "/sys", sys(umount2("/n", MNT_DETACH)));
}

static int move_away(void)
{
	int e;

	mkdir("/n", 0700);
	if (syscall(SYS_move_mount, AT_FDCWD, BPFFS, AT_FDCWD, "/n", 0))
		return -errno;
	e = target_hidden();
	syscall(SYS_move_mount, AT_FDCWD, "/n", AT_FDCWD, BPFFS, 0);
	return e;
}

static int move_parent_away(void)
{
	int e;

	mkdir("/n", 0700);
	if (mount("/sys", "/n", NULL, MS_MOVE, NULL))
		return -errno;
	e = target_hidden();
	mount("/n", "/sys", NULL, MS_MOVE, NULL);
	return e;
}

/* A directory that is no mountpoint in this namespace is removed, and the kernel detaches
 * what others have mounted on it. */
static int rmdir_mountpoint(void)
{
	if (umount2("/sys", MNT_DETACH))
		return -errno;
	return sys(rmdir("/sys"));
}

static int rename_over_mountpoint(void)
{
	if (umount2("/sys", MNT_DETACH) || mkdir("/sys.new", 0755))
		return -errno;
	return sys(rename("/sys.new", "/sys"));
}

/* Renaming a mountpoint takes the mount along: no path leads to the pins any more. */
static int rename_mountpoint(void)
{
	int e;

	if (umount2("/sys", MNT_DETACH))
		return -errno;
	e = sys(rename("/sys", "/sys.old"));
	return e ? e : sys(mkdir("/sys", 0755));
}

static int setns_umount(void)
{
	int e, fd = open_fd("/proc/1/ns/mnt", O_RDONLY);

	if (fd < 0)
		return fd;
	e = sys(setns(fd, CLONE_NEWNS));
	return e ? e : sys(umount2(BPFFS, MNT_DETACH));
}

static int proc_umount(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root/sys/fs/bpf", getppid());
	return sys(umount2(path, MNT_DETACH));
}

static int fd_umount(void)
{
	char path[64];
	int fd = open_fd(BPFFS, O_PATH);

	if (fd < 0 || fchdir(fd))
		return -errno;
	snprintf(path, sizeof(path), ".");
	close(fd);
	return sys(umount2(path, MNT_DETACH));
}

/* What was mounted over the pins goes again, once it is seen that it hid them. */
static int look_and_unmount(const char *path, int e)
{
	if (e)
		return e;
	e = target_hidden();
	umount2(path, MNT_DETACH);
	return e;
}

static int overmount(void)
{
	return look_and_unmount(BPFFS, sys(mount("none", BPFFS, "bpf", 0, NULL)));
}

static int overmount_parent(void)
{
	return look_and_unmount("/sys/fs", sys(mount("none", "/sys/fs", "tmpfs", 0, NULL)));
}

static int overmount_root(void)
{
	return look_and_unmount(BPFFS "/latch", sys(mount("none", BPFFS "/latch", "tmpfs", 0, NULL)));
}

static int overmount_pindir(void)
{
	return look_and_unmount(PINDIR, sys(mount("none", PINDIR, "tmpfs", 0, NULL)));
}

/* The new interface: fsopen, fsmount, move_mount on top. */
static int fsopen_overmount(void)
{
	int e, mnt, fs = sys(syscall(SYS_fsopen, "bpf", 0));

	if (fs < 0)
		return fs;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	mnt = sys(syscall(SYS_fsmount, fs, 0, 0));
	if (mnt < 0)
		return mnt;
	e = sys(syscall(SYS_move_mount, mnt, "", AT_FDCWD, BPFFS, MOVE_MOUNT_F_EMPTY_PATH));
	close(mnt);
	return look_and_unmount(BPFFS, e);
}

static int remount_ro(void)
{
	int e = sys(mount(NULL, BPFFS, NULL, MS_REMOUNT | MS_RDONLY, NULL));

	mount(NULL, BPFFS, NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return e;
}

static int reconfigure(void)
{
	int e, fs = sys(syscall(SYS_fspick, AT_FDCWD, BPFFS, 0));

	if (fs < 0)
		return fs;
	syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0777", 0);
	e = sys(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
	close(fs);
	return e;
}

static int setattr_shared(void)
{
	struct mount_attr attr = { .propagation = MS_SHARED };

	if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) || unshare(CLONE_NEWNS))
		return -errno;
	return sys(umount2(BPFFS, MNT_DETACH));
}

static int private_umount(void)
{
	return sys(umount2(BPFFS, MNT_DETACH));
}

static int userns_umount(void)
{
	int e = share_all();

	if (e || unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return e ? e : -errno;
	return sys(umount2("/sys", MNT_DETACH));
}

/* As container runtimes do it; here on a root of the attacker's own. */
static int pivot(void)
{
	mkdir("/n", 0700);
	if (mount("none", "/n", "tmpfs", 0, NULL) || mkdir("/n/old", 0700))
		return -errno;
	if (syscall(SYS_pivot_root, "/n", "/n/old"))
		return -errno;
	return sys(umount2("/old", MNT_DETACH));
}

const struct attack mount_attacks[] = {
	{ "umount", "umount bpffs", umount_plain, 0, NULL },
	{ "umount-lazy", "umount -l bpffs", umount_lazy, 0, NULL },
	{ "umount-force", "umount -f bpffs", umount_force, 0, NULL },
	{ "umount-expire", "let the mount expire (MNT_EXPIRE twice)", umount_expire, 0, NULL },
	{ "umount-parent", "umount -l /sys", umount_parent, 0, NULL },
	{ "umount-shared", "share all mounts, unshare, umount -l bpffs there", umount_shared, 0, NULL },
	{ "umount-shared-parent", "share all mounts, unshare, umount -l /sys there", umount_shared_parent, 0, NULL },
	{ "umount-peer", "share all mounts, bind /sys, umount -l bpffs below the bind", umount_bind_peer, 0, NULL },
	{ "umount-moved-peer", "move bpffs below a shared tmpfs, umount it there", umount_moved_peer, 0, NULL },
	{ "umount-setattr", "share all mounts by mount_setattr, unshare, umount there", setattr_shared, 0, NULL },
	{ "umount-setns", "from a private namespace back into that of init (setns), umount", setns_umount, PRIVATE,
	  NULL },
	{ "umount-proc", "from a private namespace, umount by /proc/PID/root", proc_umount, PRIVATE,
	  "the kernel unmounts in the caller's own namespace alone" },
	{ "umount-fd", "umount by the descriptor of a directory", fd_umount, 0, NULL },
	{ "move-umount", "move bpffs elsewhere, umount it there", move_then_umount, 0, NULL },
	{ "move-parent-umount", "move /sys elsewhere, umount -l it there", move_parent_then_umount, 0, NULL },
	{ "move-away", "move bpffs elsewhere (move_mount): nobody finds the module", move_away, HIDES, NULL },
	{ "move-parent-away", "move /sys elsewhere", move_parent_away, HIDES, NULL },
	{ "rmdir-mountpoint", "in a private namespace: umount -l /sys, rmdir /sys", rmdir_mountpoint, PRIVATE, NULL },
	{ "rename-over", "in a private namespace: umount -l /sys, rename a directory over it", rename_over_mountpoint,
	  PRIVATE, NULL },
	{ "rename-mountpoint", "in a private namespace: umount -l /sys, rename /sys", rename_mountpoint,
	  PRIVATE | HIDES, NULL },
	{ "overmount", "mount another bpffs over it", overmount, HIDES, NULL },
	{ "overmount-parent", "mount a tmpfs over /sys/fs", overmount_parent, HIDES, NULL },
	{ "overmount-root", "mount a tmpfs over latch's directory in bpffs", overmount_root, HIDES, NULL },
	{ "overmount-pindir", "mount a tmpfs over the pin directory", overmount_pindir, HIDES, NULL },
	{ "fsopen-overmount", "fsopen bpf, fsmount, move_mount over it", fsopen_overmount, HIDES, NULL },
	{ "remount-ro", "remount bpffs read-only", remount_ro, 0, "what is attached needs no write" },
	{ "reconfigure", "reconfigure bpffs (fspick)", reconfigure, 0, "its options reach no pin" },
	{ "private-umount", "umount -l bpffs in a private namespace", private_umount, PRIVATE,
	  "a private namespace's mounts are its own" },
	{ "userns-umount", "share all mounts, umount -l /sys in a user namespace", userns_umount, 0,
	  "a user namespace's mounts are slaves, and locked" },
	{ "pivot-root", "pivot_root, umount -l the old root", pivot, PRIVATE,
	  "the guest's root is the initramfs, which cannot be pivoted" },
	{},
};
