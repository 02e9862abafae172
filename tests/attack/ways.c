// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mounts on the way to the pins, by kind: each of these tries all that is of its kind, one
 * after the other, and stops at the first that weakens the seal.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif

/* Whether it was weakened: 0, or what to return. */
static int weakened(void)
{
	return target_enforced() ? target_hidden() : ATTACK_WON;
}

/* A tmpfs of the attacker's own on /n. */
static int own_place(void)
{
	mkdir("/n", 0700);
	return sys(mount("none", "/n", "tmpfs", 0, NULL));
}

static int own_place_and_shared_sys(void)
{
	int e = own_place();

	return e ? e : sys(mount(NULL, "/sys", NULL, MS_SHARED, NULL));
}

static void leave_place(void)
{
	mount(NULL, "/n", NULL, MS_REC | MS_PRIVATE, NULL);
	umount2("/n", MNT_DETACH);
	mount(NULL, "/sys", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* The bounds that a guard may have, and both sides of each. */
static const int lengths[] = { 1,  2,  3,  4,  5,  7,  8,  9,	10,  15,  16,  17,  23,	 24,
			       25, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 0 };
static const int many[] = { 1, 2, 1022, 1023, 1024, 1025, 0 };

/* /sys receives propagation from a mount that receives from another, n times; bpffs is unmounted in the first. */
static int chain(int n)
{
	int e = own_place_and_shared_sys();

	if (e)
		return e;
	for (int i = 0; i < n && !e; i++) {
		char dir[32];

		snprintf(dir, sizeof(dir), "/n/%d", i);
		if (mkdir(dir, 0700) || mount("/sys", dir, NULL, MS_BIND | (i ? 0 : MS_REC), NULL) ||
		    mount(NULL, "/sys", NULL, MS_SLAVE, NULL) || mount(NULL, "/sys", NULL, MS_SHARED, NULL))
			e = -errno;
	}
	return e ? e : sys(umount2("/n/0/fs/bpf", MNT_DETACH));
}

/* n mounts lie one in the other, and a peer of /sys in the last; the first is unmounted with all. */
static int nested(int n)
{
	char dir[1024] = "/n";
	int e = own_place_and_shared_sys();

	if (e)
		return e;
	for (int i = 0; i < n && !e; i++) {
		strcat(dir, "/d");
		e = mkdir(dir, 0700) || (i < n - 1 && mount("none", dir, "tmpfs", 0, NULL)) ? -errno : 0;
	}
	if (!e && mount("/sys", dir, NULL, MS_BIND | MS_REC, NULL))
		e = -errno;
	return e ? e : sys(umount2("/n", MNT_DETACH));
}

/* n peers of /sys; bpffs is unmounted in the last. */
static int peers(int n)
{
	char dir[64] = "";
	int e = own_place_and_shared_sys();

	if (e)
		return e;
	for (int i = 0; i < n && !e; i++) {
		snprintf(dir, sizeof(dir), "/n/%d", i);
		if (mkdir(dir, 0700) || mount("/sys", dir, NULL, MS_BIND | (i == n - 1 ? MS_REC : 0), NULL))
			e = -errno;
	}
	strcat(dir, "/fs/bpf");
	return e ? e : sys(umount2(dir, MNT_DETACH));
}

static int each_length(const int *lengths_of, int (*try)(int n))
{
	int e = 0, how = 0;

	for (const int *n = lengths_of; *n && !how; n++) {
		e = try(*n);
		how = weakened();
		leave_place();
	}
	return how ? how : e;
}

static int unmount_chains(void)
{
	return each_length(lengths, chain);
}

static int unmount_nests(void)
{
	return each_length(lengths, nested);
}

static int unmount_peers(void)
{
	return each_length(many, peers);
}

/* --- moving it to where it is lost --- */

static int move_old(const char *from, const char *to)
{
	return sys(mount(from, to, NULL, MS_MOVE, NULL));
}

static int move_new(const char *from, const char *to)
{
	return sys(syscall(SYS_move_mount, AT_FDCWD, from, AT_FDCWD, to, 0));
}

static pid_t mortal;

static const char *to_process(void)
{
	static char path[64];

	mortal = fork();
	if (!mortal)
		pause();
	snprintf(path, sizeof(path), "/proc/%d/task", mortal);
	return path;
}

static void end_process(void)
{
	kill(mortal, SIGKILL);
	waitpid(mortal, NULL, 0);
}

static const char *to_cgroup(void)
{
	mkdir("/sys/fs/cgroup/n", 0755);
	return "/sys/fs/cgroup/n";
}

static void end_cgroup(void)
{
	rmdir("/sys/fs/cgroup/n");
}

static const char *to_directory(void)
{
	mkdir("/p", 0700);
	return "/p";
}

/* Where it is no mountpoint. */
static void end_directory(void)
{
	pid_t pid = fork();

	if (!pid) {
		unshare(CLONE_NEWNS);
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
		umount2("/p", MNT_DETACH);
		_exit(rmdir("/p"));
	}
	waitpid(pid, NULL, 0);
}

static const char *to_place(void)
{
	mkdir("/n/d", 0700);
	return "/n/d";
}

static void end_place(void)
{
	umount2("/n", MNT_DETACH);
}

static int moves(void)
{
	static int (*const calls[])(const char *from, const char *to) = { move_old, move_new };
	static const char *const carriers[] = { BPFFS, "/sys" };
	static const struct {
		const char *(*make)(void);
		void (*end)(void);
	} graves[] = {
		{ to_process, end_process },
		{ to_cgroup, end_cgroup },
		{ to_directory, end_directory },
		{ to_place, end_place },
	};
	int e = 0, how = 0;

	for (size_t i = 0; i < 16 && !how; i++) {
		const char *carrier = carriers[i & 1], *to;

		own_place();
		to = graves[i / 4].make();
		e = calls[i / 2 & 1](carrier, to);
		graves[i / 4].end();
		how = weakened();
		if (!e)
			move_old(to, carrier);
		leave_place();
	}
	return how ? how : e;
}

/* --- covering --- */

static int cover_tmpfs(const char *path)
{
	return sys(mount("none", path, "tmpfs", 0, NULL));
}

static int cover_bind(const char *path)
{
	return sys(mount("/n", path, NULL, MS_BIND, NULL));
}

static int cover_itself(const char *path)
{
	return sys(mount(path, path, NULL, MS_BIND, NULL));
}

static int move_detached(int mnt, const char *path, unsigned int flags)
{
	int e = mnt < 0 ? mnt : sys(syscall(SYS_move_mount, mnt, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH | flags));

	if (mnt >= 0)
		close(mnt);
	return e;
}

static int new_tmpfs(void)
{
	int fs = sys(syscall(SYS_fsopen, "tmpfs", 0));

	if (fs < 0)
		return fs;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	return sys(syscall(SYS_fsmount, fs, 0, 0));
}

static int cover_fsmount(const char *path)
{
	return move_detached(new_tmpfs(), path, 0);
}

static int cover_tree(const char *path)
{
	return move_detached(sys(syscall(SYS_open_tree, AT_FDCWD, "/n", OPEN_TREE_CLONE)), path, 0);
}

static int cover_beneath(const char *path)
{
	return move_detached(new_tmpfs(), path, MOVE_MOUNT_BENEATH);
}

/* Where it was put beneath, what is on top goes, so that it is seen. */
static void uncover(const char *path)
{
	umount2(path, MNT_DETACH);
}

/* In a namespace whose mounts are peers of those of init. */
static int in_peers(int (*cover)(const char *path), const char *path)
{
	int status = 0;
	pid_t pid;

	mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
	pid = fork();
	if (!pid) {
		unshare(CLONE_NEWNS);
		_exit(-cover(path));
	}
	waitpid(pid, &status, 0);
	return -WEXITSTATUS(status);
}

static int covers(void)
{
	static int (*const ways[])(const char *path) = { cover_tmpfs,	cover_bind, cover_itself,
							 cover_fsmount, cover_tree, cover_beneath };
	static const char *const paths[] = { "/sys", "/sys/fs",	     BPFFS,	     BPFFS "/latch",
					     PINDIR, PINDIR "/iter", PINDIR "/maps", PINDIR "/links" };
	int e = 0, how = 0;

	for (size_t w = 0; w < sizeof(ways) / sizeof(*ways); w++)
		for (size_t p = 0; p < sizeof(paths) / sizeof(*paths); p++)
			for (int apart = 0; apart < 2 && !how; apart++) {
				own_place();
				e = apart ? in_peers(ways[w], paths[p]) : ways[w](paths[p]);
				how = weakened();
				mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
				if (!e)
					uncover(paths[p]);
				leave_place();
			}
	return how ? how : e;
}

const struct attack way_attacks[] = {
	{ "chains", "/sys a slave of 1 to 257 mounts, one of the other: umount -l bpffs in the first", unmount_chains,
	  0, NULL },
	{ "nests", "a peer of /sys below 1 to 257 mounts, one in the other: umount -l the first", unmount_nests, 0,
	  NULL },
	{ "peers", "/sys with 1 to 1025 peers: umount -l bpffs in the last", unmount_peers, 0, NULL },
	{ "moves", "move bpffs or /sys, by both calls, to what then ends: a process, a cgroup, a directory, a mount",
	  moves, 0, NULL },
	{ "covers",
	  "mount over, or beneath, each directory from /sys to the pins, by six calls, here and in a namespace of "
	  "peers",
	  covers, HIDES, NULL },
	{},
};
