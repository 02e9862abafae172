// SPDX-License-Identifier: GPL-2.0-only
/*
 * The carriers of the generated sequences: mounts that show a part of the way to the pins elsewhere,
 * in a place that may end, or that give the way a part in propagation of a chosen length.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mountgen.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

int bind_at(const char *from, const char *to, bool deep)
{
	return sys(mount(from, to, NULL, MS_BIND | (deep ? MS_REC : 0), NULL));
}

int share(const char *at, unsigned long how, bool deep, bool by_attr)
{
	struct mount_attr attr = { .propagation = how };

	if (by_attr)
		return sys(syscall(SYS_mount_setattr, AT_FDCWD, at, deep ? AT_RECURSIVE : 0, &attr, sizeof(attr)));
	return sys(mount(NULL, at, NULL, how | (deep ? MS_REC : 0), NULL));
}

int clone_tree(const char *from, bool deep)
{
	return sys(syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | O_CLOEXEC | (deep ? AT_RECURSIVE : 0)));
}

int attach_tree(int tree, const char *to, unsigned int flags)
{
	return tree < 0 ? tree : sys(syscall(SYS_move_mount, tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH | flags));
}

int new_mount(const char *type)
{
	int mnt, fs = sys(syscall(SYS_fsopen, type, 0));

	if (fs < 0)
		return fs;
	mnt = syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ? -errno :
									      sys(syscall(SYS_fsmount, fs, 0, 0));
	close(fs);
	return mnt;
}

/* The bounds that a guard may have are among them, with both sides of each. */
static int length(void)
{
	static const int far[] = { 15, 16, 17, 31, 32, 33, 62, 63, 64, 65 };

	return one_in(24) ? far[pick(sizeof(far) / sizeof(*far))] : 1 + (int)pick(12);
}

/* --- where a carrier lies, and how that ends --- */

static void end_own(void)
{
	umount2(OWN, MNT_DETACH);
}

static int in_directory(char *path)
{
	strcpy(path, OWN "/c");
	return sys(mkdir(path, 0755));
}

static int in_nest(char *path)
{
	int n = length(), e = 0;

	strcpy(path, OWN);
	for (int i = 0; i < n && !e; i++) {
		strcat(path, "/d");
		e = sys(mkdir(path, 0755));
		if (!e && i < n - 1)
			e = sys(mount("none", path, "tmpfs", 0, NULL));
	}
	return tell(e, "nest %d", n);
}

/* A tmpfs with a peer and a slave, so that what is mounted there is mounted in these, too. */
static int in_shared(char *path)
{
	mkdir(OWN "/s", 0755);
	mkdir(OWN "/t", 0755);
	mkdir(OWN "/u", 0755);
	if (mount("none", OWN "/s", "tmpfs", 0, NULL) || share(OWN "/s", MS_SHARED, false, false) ||
	    bind_at(OWN "/s", OWN "/t", false) || bind_at(OWN "/s", OWN "/u", false) ||
	    share(OWN "/u", MS_SLAVE, false, false))
		return tell(-errno, "a shared tmpfs");
	strcpy(path, OWN "/s/c");
	return tell(sys(mkdir(path, 0755)), "a shared tmpfs");
}

static void end_shared(void)
{
	umount2(OWN "/t/c", MNT_DETACH);
	umount2(OWN "/s", MNT_DETACH);
}

static int in_overlay(char *path)
{
	mkdir(OWN "/lower", 0755);
	mkdir(OWN "/lower/c", 0755);
	mkdir(OWN "/upper", 0755);
	mkdir(OWN "/work", 0755);
	mkdir(OWN "/o", 0755);
	strcpy(path, OWN "/o/c");
	return tell(sys(mount("none", OWN "/o", "overlay", 0,
			      "lowerdir=" OWN "/lower,upperdir=" OWN "/upper,workdir=" OWN "/work")),
		    "overlay");
}

static void end_overlay(void)
{
	rmdir(OWN "/upper/c");
	rmdir(OWN "/lower/c");
	umount2(OWN "/o", MNT_DETACH);
}

static pid_t mortal;

static int in_process(char *path)
{
	mortal = fork();
	if (!mortal) {
		pause();
		_exit(0);
	}
	sprintf(path, "/proc/%d/task", mortal);
	return tell(mortal < 0 ? -errno : 0, "process");
}

static void end_process(void)
{
	kill(mortal, SIGKILL);
	waitpid(mortal, NULL, 0);
}

static int in_cgroup(char *path)
{
	strcpy(path, "/sys/fs/cgroup/n");
	return tell(sys(mkdir(path, 0755)), "cgroup");
}

static void end_cgroup(void)
{
	rmdir("/sys/fs/cgroup/n");
}

static int in_root(char *path)
{
	strcpy(path, "/p");
	mkdir(path, 0755);
	return tell(0, "directory");
}

/* Where it is no mount point. */
static void end_root(void)
{
	pid_t pid = fork();

	if (!pid) {
		unshare(CLONE_NEWNS);
		share("/", MS_PRIVATE, true, false);
		umount2("/p", MNT_DETACH);
		_exit(rmdir("/p"));
	}
	waitpid(pid, NULL, 0);
}

static int fuse = -1;

/* It answers nothing. */
static int in_fuse(char *path)
{
	char options[96];

	strcpy(path, OWN "/f");
	mkdir(path, 0755);
	fuse = open_fd("/dev/fuse", O_RDWR);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	alarm(2); /* who looks there waits for an answer */
	return tell(fuse < 0 ? fuse : sys(mount("none", path, "fuse", 0, options)), "fuse");
}

static void end_fuse(void)
{
	close(fuse);
}

static const struct {
	int (*make)(char *path);
	void (*end)(void);
} graves[] = {
	{ in_directory, end_own },   { in_nest, end_own },	{ in_shared, end_shared }, { in_overlay, end_overlay },
	{ in_process, end_process }, { in_cgroup, end_cgroup }, { in_root, end_root },	   { in_fuse, end_fuse },
};

/* --- how it comes there --- */

static int move_old(const char *from, const char *to)
{
	return sys(mount(from, to, NULL, MS_MOVE, NULL));
}

static int move_new(const char *from, const char *to)
{
	return sys(syscall(SYS_move_mount, AT_FDCWD, from, AT_FDCWD, to, 0));
}

static int attach(struct scene *s)
{
	const char *from = s->source, *to = s->carrier;
	bool deep = pick(2);

	switch (pick(8)) {
	case 0:
		return tell(move_old(from, to), "mount --move %s %s", from, to);
	case 1:
		return tell(move_new(from, to), "move_mount %s %s", from, to);
	case 2:
	case 3:
		s->tree = tell(clone_tree(from, deep), "open_tree%s %s", deep ? " -r" : "", from);
		if (!one_in(3))
			return tell(attach_tree(s->tree, to, 0), "move_mount it %s", to);
		/* it stays detached */
		snprintf(s->carrier, sizeof(s->carrier), "/proc/self/fd/%d", s->tree);
		return s->tree;
	default:
		return tell(bind_at(from, to, deep), "mount --%sbind %s %s", deep ? "r" : "", from, to);
	}
}

/* --- propagation --- */

/* The source receives from a mount that receives from another, n times. */
static void chain(struct scene *s, int n)
{
	int e = 0, at = one_in(3) ? (int)pick((unsigned int)n) : 0;
	char dir[32];

	for (int i = 0; i < n && !e; i++) {
		snprintf(dir, sizeof(dir), OWN "/%d", i);
		mkdir(dir, 0755);
		e = bind_at(s->source, dir, i == at);
		e = e ? e : share(s->source, MS_SLAVE, false, false);
		e = e ? e : share(s->source, MS_SHARED, false, false);
	}
	tell(e, "%s in a chain of %d", s->source, n);
	snprintf(s->carrier, sizeof(s->carrier), OWN "/%d", at);
}

static void peers(struct scene *s, int n)
{
	char dir[32] = "";
	int e = 0;

	for (int i = 0; i < n && !e; i++) {
		snprintf(dir, sizeof(dir), OWN "/%d", i);
		mkdir(dir, 0755);
		e = bind_at(s->source, dir, i == n - 1);
	}
	tell(e, "%s with %d peers", s->source, n);
	strcpy(s->carrier, dir);
}

void make_carrier(struct scene *s)
{
	static const char *const mounts[] = { "/", "/sys", "/sys", BPFFS };
	unsigned int kind = pick(12), grave;
	int e;

	mkdir(OWN, 0755);
	e = sys(mount("none", OWN, "tmpfs", 0, NULL));
	share(OWN, MS_PRIVATE, false, false);
	s->tree = -1;
	s->end = end_own;
	mkdir(OWN "/x", 0755);
	if (e || !kind)
		return;
	s->source = mounts[pick(4)];
	if (kind < 5) {
		share(s->source, MS_SHARED, false, false);
		kind < 4 ? chain(s, length()) : peers(s, length());
		return;
	}
	if (one_in(5))
		s->source = one_in(2) ? "/sys/fs" : BPFFS "/latch";
	grave = pick(sizeof(graves) / sizeof(*graves));
	s->end = graves[grave].end;
	if (graves[grave].make(s->carrier) || attach(s) < 0)
		s->source = NULL;
}
