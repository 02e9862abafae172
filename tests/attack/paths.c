// SPDX-License-Identifier: GPL-2.0-only
/* The pins, by their paths in bpffs. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

static int rm_pins(void)
{
	return unlink_all(AT_FDCWD, LINKS);
}

static int rm_pindir(void)
{
	return remove_tree(PINDIR);
}

static int rm_root(void)
{
	return remove_tree(BPFFS "/latch");
}

static int mv_pins(void)
{
	char from[128], to[128];
	int e = 0;

	for (int i = 0; i < HOOKS; i++) {
		snprintf(from, sizeof(from), LINKS "/%s", target_hooks[i]);
		snprintf(to, sizeof(to), BPFFS "/%s", target_hooks[i]);
		if (rename(from, to) || unlink(to))
			e = -errno;
	}
	return e;
}

static int mv_pindir(void)
{
	return sys(rename(PINDIR, BPFFS "/latch/elsewhere"));
}

static int mv_root(void)
{
	return sys(rename(BPFFS "/latch", BPFFS "/elsewhere"));
}

/* a map of the attacker's own, pinned */
static int own_pin(const char *path)
{
	int e, fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "own", 4, 8, 1, NULL);

	if (fd < 0)
		return fd;
	unlink(path);
	e = bpf_obj_pin(fd, path);
	close(fd);
	return e;
}

static int mv_over(void)
{
	int e = own_pin(BPFFS "/own");

	return e ? e : sys(rename(BPFFS "/own", LINKS "/inode_symlink"));
}

static int mv_exchange(void)
{
	int e = own_pin(BPFFS "/own");

	return e ? e : sys(renameat2(AT_FDCWD, BPFFS "/own", AT_FDCWD, MAPS "/gate", 2 /* RENAME_EXCHANGE */));
}

static int pin_into(void)
{
	return own_pin(MAPS "/own");
}

static int mkdir_into(void)
{
	return sys(mkdir(PINDIR "/own", 0700));
}

static int link_pin(void)
{
	return sys(link(PINDIR "/info", PINDIR "/info2"));
}

static int uring_unlink(void)
{
	return uring_op(IORING_OP_UNLINKAT, AT_FDCWD, LINKS "/inode_link", 0, 0, 0);
}

static int uring_rename(void)
{
	int e = uring_op(IORING_OP_RENAMEAT, AT_FDCWD, LINKS "/inode_link", (unsigned int)AT_FDCWD,
			 (uintptr_t)BPFFS "/uring", 0);

	return e ? e : sys(unlink(BPFFS "/uring"));
}

static int unlink_by_clone(void)
{
	int fd = sys(syscall(SYS_open_tree, AT_FDCWD, BPFFS, OPEN_TREE_CLONE));

	return fd < 0 ? fd : unlink_all(fd, "latch/trio/links");
}

static int unlink_by_bind(void)
{
	int e;

	mkdir("/n", 0700);
	if (mount(BPFFS, "/n", NULL, MS_BIND, NULL))
		return -errno;
	e = unlink_all(AT_FDCWD, "/n/latch/trio/links");
	umount2("/n", MNT_DETACH);
	return e;
}

static int mv_by_bind(void)
{
	int e;

	mkdir("/n", 0700);
	if (mount(BPFFS, "/n", NULL, MS_BIND, NULL))
		return -errno;
	e = sys(rename("/n/latch/trio/links/inode_mknod", "/n/mknod"));
	if (!e)
		e = sys(unlink("/n/mknod"));
	umount2("/n", MNT_DETACH);
	return e;
}

static int unlink_by_proc(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/root" LINKS "/inode_link", getppid());
	return sys(unlink(path));
}

static int unlink_in_userns(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
	return unlink_all(AT_FDCWD, LINKS);
}

static int unlink_by_user(void)
{
	static const char *const dirs[] = { BPFFS, BPFFS "/latch", PINDIR, LINKS };
	int status = 0;
	pid_t pid;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (chmod(dirs[i], 0777))
			return -errno;
	pid = fork();
	if (!pid)
		_exit(setgid(1000) || setuid(1000) ? errno : -unlink_all(AT_FDCWD, LINKS));
	waitpid(pid, &status, 0);
	/* latch believes nothing of a directory that is open to all, and says so. */
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		chmod(dirs[i], 0700);
	return -WEXITSTATUS(status);
}

static int open_handle(void)
{
	struct {
		struct file_handle h;
		char space[128];
	} handle = { .h.handle_bytes = 128 };
	int id, fd, dir = open_fd(BPFFS, O_RDONLY | O_DIRECTORY);

	if (name_to_handle_at(AT_FDCWD, PINDIR, &handle.h, &id, 0))
		return -errno;
	fd = sys(open_by_handle_at(dir, &handle.h, O_RDONLY | O_DIRECTORY));
	return fd < 0 ? fd : unlink_all(fd, "links");
}

const struct attack path_attacks[] = {
	{ "rm-pins", "unlink the pins of the links", rm_pins, 0, NULL },
	{ "rm-pindir", "rm -r the module's pin directory", rm_pindir, 0, NULL },
	{ "rm-root", "rm -r all of latch's directory in bpffs", rm_root, 0, NULL },
	{ "mv-pins", "rename the pins out of the pin directory, unlink them there", mv_pins, 0, NULL },
	{ "mv-pindir", "rename the pin directory: nobody finds the module", mv_pindir, HIDES, NULL },
	{ "mv-root", "rename latch's directory", mv_root, HIDES, NULL },
	{ "mv-over", "rename another pin over a link's", mv_over, 0, NULL },
	{ "mv-exchange", "exchange the gate's pin for that of another map", mv_exchange, HIDES, NULL },
	{ "pin-into", "pin another map into the pin directory", pin_into, HIDES, NULL },
	{ "mkdir-into", "make a directory in the pin directory", mkdir_into, HIDES, NULL },
	{ "link-pin", "hard link a pin into the pin directory", link_pin, 0, "trio itself denies hard links" },
	{ "uring-unlink", "unlink a pin by io_uring", uring_unlink, 0, NULL },
	{ "uring-rename", "rename a pin by io_uring, unlink it", uring_rename, 0, NULL },
	{ "clone-unlink", "unlink pins below a detached clone of the mount (open_tree)", unlink_by_clone, 0, NULL },
	{ "bind-unlink", "unlink pins below a bind mount", unlink_by_bind, 0, NULL },
	{ "bind-rename", "rename a pin below a bind mount, unlink it", mv_by_bind, 0, NULL },
	{ "ns-unlink", "unlink pins in a private mount namespace", rm_pins, PRIVATE, NULL },
	{ "userns-unlink", "unlink pins in a user namespace", unlink_in_userns, 0, NULL },
	{ "proc-unlink", "unlink a pin by /proc/PID/root", unlink_by_proc, 0, NULL },
	{ "chmod-unlink", "open the pin directory to all by chmod; a user unlinks the pins", unlink_by_user, 0, NULL },
	{ "handle", "reach the pin directory by a file handle (open_by_handle_at)", open_handle, 0,
	  "bpffs has no file handles" },
	{},
};
