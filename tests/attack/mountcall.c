// SPDX-License-Identifier: GPL-2.0-only
/* The namespaces and the calls of the generated sequences. */
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

#include "mountgen.h"

#ifndef MOVE_MOUNT_SET_GROUP
#define MOVE_MOUNT_SET_GROUP 0x100
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif
#ifndef UMOUNT_NOFOLLOW
#define UMOUNT_NOFOLLOW 8
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void own_users(void)
{
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/gid_map", "0 0 1");
}

void enter_namespace(void)
{
	static const char *const words[] = { "own namespace", "namespace of peers", "of slaves", "private one",
					     "user namespace" };
	unsigned int kind = pick(8), depth = one_in(4) ? 1 + pick(4) : 1;
	int e = 0;

	kind = kind < 3 ? 0 : kind - 3; /* in the own one most often */
	for (unsigned int i = 0; kind && i < depth && !e; i++) {
		e = sys(unshare(CLONE_NEWNS | (kind == 4 && !i ? CLONE_NEWUSER : 0)));
		if (!e && kind == 4 && !i)
			own_users();
		if (!e && kind == 2)
			e = share("/", MS_SLAVE, true, false);
		if (!e && kind == 3)
			e = share("/", MS_PRIVATE, true, false);
	}
	tell(e, "%s %u", words[kind], depth);
}

void share_some(void)
{
	static const char *const what[] = { "/", "/sys", BPFFS };
	const char *at = what[pick(3)];
	bool deep = pick(4), by_attr = one_in(4);

	if (pick(4))
		tell(share(at, MS_SHARED, deep, by_attr), "--make-%sshared %s", deep ? "r" : "", at);
}

/* --- where --- */

static const char *way_point(void)
{
	static const char *const points[] = {
		"/",   "/sys",	       "/sys", "/sys/fs",	BPFFS,		BPFFS,
		BPFFS, BPFFS "/latch", PINDIR, PINDIR "/links", PINDIR "/maps", PINDIR "/iter",
	};

	return points[pick(COUNT(points))];
}

/* The same place as the carrier shows it, or the carrier itself where it does not. */
static void in_carrier(const struct scene *s, const char *point, char *place)
{
	size_t skip = strcmp(s->source, "/") ? strlen(s->source) : 0;

	if (strncmp(point, s->source, skip) || !strcmp(point, "/"))
		point = "";
	else
		point += skip;
	snprintf(place, PLACE_SIZE, "%.900s%s", s->carrier, point);
}

/* Where a call is made: what the carrier shows, the way itself, or what is the attacker's own. */
static const char *somewhere(const struct scene *s, char *place)
{
	unsigned int kind = pick(8);

	if (s->source && kind < 4)
		in_carrier(s, way_point(), place);
	else
		strcpy(place, kind < 7 ? way_point() : OWN "/x");
	return place;
}

/* --- what --- */

static void unmount(struct scene *s, const char *at)
{
	static const struct {
		int flags;
		const char *how;
	} ways[] = {
		{ 0, "" },
		{ MNT_DETACH, " -l" },
		{ MNT_DETACH, " -l" },
		{ MNT_FORCE, " -f" },
		{ MNT_DETACH | UMOUNT_NOFOLLOW, " -l (no follow)" },
		{ MNT_EXPIRE, " (expire)" },
	};
	unsigned int way = pick(COUNT(ways));
	char by[64];
	int fd = -1;

	(void)s;
	if (one_in(4)) {
		fd = open_fd(at, O_PATH);
		tell(fd, "open %s", at);
		snprintf(by, sizeof(by), "/proc/self/fd/%d", fd);
		at = by;
		/* or the descriptor itself holds it */
		if (fd >= 0 && !fchdir(fd) && !strcmp(ways[way].how, "") && !close(fd))
			at = ".";
	}
	if (ways[way].flags == MNT_EXPIRE)
		umount2(at, MNT_EXPIRE);
	tell(sys(umount2(at, ways[way].flags)), "umount%s %s", ways[way].how, at);
	if (chdir("/"))
		tell(-errno, "cd /");
}

static void unmount_own(struct scene *s, const char *at)
{
	(void)s;
	(void)at;
	tell(sys(umount2(OWN, MNT_DETACH)), "umount -l " OWN);
}

/* Mounts something there, or beneath what is there. */
static void cover(struct scene *s, const char *at)
{
	unsigned int beneath = one_in(3) ? MOVE_MOUNT_BENEATH : 0;
	const char *word = beneath ? "beneath" : "on";
	char from[PLACE_SIZE] = OWN "/x";
	int tree;

	if (one_in(3))
		somewhere(s, from);
	switch (pick(7)) {
	case 0:
		tell(sys(mount("none", at, "tmpfs", 0, NULL)), "mount tmpfs %s", at);
		return;
	case 1:
		tell(sys(mount("none", at, "bpf", 0, NULL)), "mount bpf %s", at);
		return;
	case 2:
		tell(bind_at(at, at, one_in(2)), "mount --bind %s, itself", at);
		return;
	case 3:
		tell(bind_at(from, at, one_in(2)), "mount --bind %s %s", from, at);
		return;
	case 4:
	case 5:
		tree = clone_tree(from, one_in(2));
		tell(attach_tree(tree, at, beneath), "move_mount tree of %s %s %s", from, word, at);
		return;
	default:
		tree = new_mount(one_in(2) ? "tmpfs" : "bpf");
		tell(attach_tree(tree, at, beneath), "move_mount new one %s %s", word, at);
	}
}

static void move_away(struct scene *s, const char *at)
{
	char to[PLACE_SIZE] = OWN "/m";
	int fd;

	mkdir(to, 0755);
	if (one_in(3) && s->source)
		strcpy(to, s->carrier);
	switch (pick(3)) {
	case 0:
		tell(sys(mount(at, to, NULL, MS_MOVE, NULL)), "mount --move %s %s", at, to);
		return;
	case 1:
		tell(sys(syscall(SYS_move_mount, AT_FDCWD, at, AT_FDCWD, to, 0)), "move_mount %s %s", at, to);
		return;
	default:
		fd = open_fd(at, O_PATH);
		tell(attach_tree(fd, to, 0), "move_mount descriptor of %s %s", at, to);
	}
}

static void move_in(struct scene *s, const char *at)
{
	const char *from = OWN "/x";

	(void)s;
	mount("none", from, "tmpfs", 0, NULL);
	if (one_in(2))
		tell(sys(mount(from, at, NULL, MS_MOVE, NULL)), "mount --move %s %s", from, at);
	else
		tell(sys(syscall(SYS_move_mount, AT_FDCWD, from, AT_FDCWD, at, one_in(2) ? MOVE_MOUNT_BENEATH : 0)),
		     "move_mount %s %s", from, at);
}

/* Puts a mount into the group of another of the same file system. */
static void set_group(struct scene *s, const char *at)
{
	char other[PLACE_SIZE];

	somewhere(s, other);
	tell(sys(syscall(SYS_move_mount, AT_FDCWD, at, AT_FDCWD, other, MOVE_MOUNT_SET_GROUP)), "group of %s for %s",
	     at, other);
}

static void propagate(struct scene *s, const char *at)
{
	static const unsigned long hows[] = { MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE };
	static const char *const words[] = { "shared", "slave", "private", "unbindable" };
	unsigned int how = pick(4);
	bool deep = pick(2), by_attr = pick(2);

	(void)s;
	tell(share(at, hows[how], deep, by_attr), "%s --make-%s%s %s", by_attr ? "mount_setattr" : "mount",
	     deep ? "r" : "", words[how], at);
}

static void read_only(struct scene *s, const char *at)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	(void)s;
	if (one_in(2))
		tell(sys(syscall(SYS_mount_setattr, AT_FDCWD, at, one_in(2) ? AT_RECURSIVE : 0, &attr, sizeof(attr))),
		     "mount_setattr ro %s", at);
	else
		tell(sys(mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL)), "mount -o remount,bind,ro %s",
		     at);
}

static void pivot(struct scene *s, const char *at)
{
	(void)s;
	if (one_in(2)) {
		mkdir(OWN "/r", 0755);
		mount("none", OWN "/r", "tmpfs", 0, NULL);
		mkdir(OWN "/r/old", 0755);
		tell(sys(syscall(SYS_pivot_root, OWN "/r", OWN "/r/old")), "pivot_root " OWN "/r");
	} else {
		tell(sys(syscall(SYS_pivot_root, at, at)), "pivot_root %s", at);
	}
}

static void change_root(struct scene *s, const char *at)
{
	(void)s;
	tell(sys(chroot(at)), "chroot %s", at);
}

/* The directory that something is mounted on; where it is no mount point, the kernel drops what others mounted there.
 */
static void remove_point(struct scene *s, const char *at)
{
	char other[PLACE_SIZE + 8];
	unsigned int how = pick(4);

	/* of a copy of the namespace the directories are no copies */
	if (s->copied && strcmp(at, OWN "/x") && strcmp(at, s->carrier))
		return;
	if (one_in(2))
		tell(sys(umount2(at, MNT_DETACH)), "umount -l %s", at);
	snprintf(other, sizeof(other), "%s-n", at); /* bpffs has no names with a dot */
	if (!how) {
		tell(sys(rmdir(at)), "rmdir %s", at);
		return;
	}
	mkdir(other, 0755);
	if (how == 1)
		tell(sys(rename(other, at)), "rename %s %s", other, at);
	else if (how == 2)
		tell(sys(syscall(SYS_renameat2, AT_FDCWD, at, AT_FDCWD, other, 2)), "exchange %s %s", at, other);
	else
		tell(rmdir(other) ? -errno : sys(rename(at, other)), "rename %s %s", at, other);
	rmdir(other);
}

static void end_place(struct scene *s, const char *at)
{
	(void)at;
	s->end();
	tell(0, "its place ends");
}

/* Into the mount namespace of the way. */
static void go_home(struct scene *s, const char *at)
{
	(void)at;
	tell(sys(setns(s->home, CLONE_NEWNS)), "setns back");
}

void make_call(struct scene *s)
{
	static void (*const calls[])(struct scene * s, const char *at) = {
		unmount,     unmount,	   unmount,	 unmount,   cover,     cover,	  cover,     move_away,
		move_away,   move_in,	   unmount_own,	 set_group, propagate, propagate, read_only, pivot,
		change_root, remove_point, remove_point, end_place, end_place, go_home,
	};
	unsigned int call = pick(COUNT(calls));
	char place[PLACE_SIZE];

	calls[call](s, somewhere(s, place));
}
