// SPDX-License-Identifier: GPL-2.0-only
/* What is in a directory: one entry, or all of them, one after the other. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/base.h"

int latch_open_below(int dir, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)flags | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS };
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* From where the process is, mounts are on every way. */
static int open_at(int dir, const char *path, int flags)
{
	int fd;

	if (dir != AT_FDCWD)
		return latch_open_below(dir, path, flags);
	fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* By a descriptor that opens nothing: access(2) makes credentials and stat(2) asks a hook, which may be denied. */
int latch_there(int dir, const char *path)
{
	int fd = open_at(dir, path, O_PATH);

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
	close(fd);
	return 1;
}

/*
 * Closes fd. *unread: what fn was not called with could not be read; it stays as it is otherwise. Not by
 * fdopendir(3), which asks fcntl(2), and so a hook that may be denied.
 */
static int each_of(int fd, latch_entry_fn fn, void *arg, bool *unread)
{
	_Alignas(struct dirent64) char buf[4096];
	ssize_t n;
	int e = 0;

	while (!e && (n = getdents64(fd, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n && !e;) {
			const struct dirent64 *d = (const void *)(buf + at);

			at += d->d_reclen;
			if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
				e = fn(fd, d->d_name, arg);
		}
	if (!e && n < 0) {
		e = -errno;
		*unread = true;
	}
	close(fd);
	return e;
}

int latch_entries_each(int dir, const char *name, latch_entry_fn fn, void *arg)
{
	int fd = open_at(dir, name, O_RDONLY | O_DIRECTORY);
	bool unread;

	return fd < 0 ? fd : each_of(fd, fn, arg, &unread);
}

int latch_entry_any(int dir, const char *entry, void *unused)
{
	(void)dir;
	(void)entry;
	(void)unused;
	return 1;
}

int latch_kernel_entries_each(const char *path, latch_entry_fn fn, void *arg, struct latch_error *err)
{
	int fd = latch_kernel_open(path, O_RDONLY | O_DIRECTORY, err), e;
	bool unread = false;

	if (fd < 0)
		return fd;
	e = each_of(fd, fn, arg, &unread);
	return unread ? latch_fail(err, e, "%s: %s", path, strerror(-e)) : e;
}
