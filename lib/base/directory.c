// SPDX-License-Identifier: GPL-2.0-only
/* What is in a directory: one entry, or all of them, one after the other. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/base.h"

/* By a descriptor that opens nothing: access(2) makes credentials and stat(2) asks a hook, which may be denied. */
int latch_there(int dir, const char *path)
{
	int fd = openat(dir, path, O_PATH | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	close(fd);
	return 1;
}

int latch_entries_each(int dir, const char *name, latch_entry_fn fn, void *arg)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), e = 0;
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!list) {
		e = -errno;
		latch_close_fd(&fd);
		return e;
	}
	while (!e && (errno = 0, d = readdir(list)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = fn(fd, d->d_name, arg);
	if (!e && !d)
		e = -errno;
	closedir(list);
	return e;
}
