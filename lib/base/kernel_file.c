// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in which the kernel says something of itself: below /proc, /sys and /sys/kernel/security.
 * A file system that is not mounted, another one over it, a file that is mounted over one: what is
 * read there is no word of the kernel's, and what is missing there need not be missing.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "base/base.h"

#define ROOT_INODE 1 /* of each of them */

/* One that is mounted on another stands before it. */
static const struct system {
	const char *dir, *type;
	unsigned long magic;
} systems[] = {
	{ "/sys/kernel/security", "securityfs", SECURITYFS_MAGIC },
	{ "/sys", "sysfs", SYSFS_MAGIC },
	{ "/proc", "proc", PROC_SUPER_MAGIC },
};

#define SYSTEMS (sizeof(systems) / sizeof(*systems))

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/* NULL: it is below none of them. */
static const struct system *system_of(const char *path)
{
	for (size_t i = 0; i < SYSTEMS; i++)
		if (is_below(path, systems[i].dir))
			return &systems[i];
	return NULL;
}

static bool is_mounted(const struct system *s)
{
	struct statfs fs;
	struct stat st;

	return !statfs(s->dir, &fs) && (unsigned long)fs.f_type == s->magic && !stat(s->dir, &st) &&
	       st.st_ino == ROOT_INODE;
}

/* Whether the file is of that file system, and not one of its files that was mounted over another. */
static bool is_own(int fd, const struct system *s)
{
	struct statfs fs;
	struct statx stx;

	return !fstatfs(fd, &fs) && (unsigned long)fs.f_type == s->magic &&
	       !statx(fd, "", AT_EMPTY_PATH, STATX_INO, &stx) &&
	       (stx.stx_ino == ROOT_INODE || !(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT));
}

/*
 * Whether the file system would have shown it: what there is of the way to it is its own, and
 * stands where it is from.
 */
static bool is_missing(const char *path, const struct system *s)
{
	char above[512];
	struct statfs fs;
	struct statx stx;
	struct stat st;

	if (!is_mounted(s) || snprintf(above, sizeof(above), "%s", path) >= (int)sizeof(above))
		return false;
	do
		*strrchr(above, '/') = '\0';
	while (lstat(above, &st) && errno == ENOENT && strcmp(above, s->dir));
	return !statfs(above, &fs) && (unsigned long)fs.f_type == s->magic &&
	       !statx(AT_FDCWD, above, 0, STATX_INO, &stx) &&
	       (!strcmp(above, s->dir) || !(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT));
}

/* What is wrong, from the ground up, and what helps. code: of the attempt, or -EBADMSG: what is there is another's. */
static int fail_unknown(const char *path, int code, struct latch_error *err)
{
	const struct system *s = NULL;

	for (size_t i = SYSTEMS; i--;) {
		if (!is_below(path, systems[i].dir))
			continue;
		s = &systems[i];
		if (!is_mounted(s))
			return latch_fail(err, -EBADMSG, "%s: %s: `mount -t %s %s %s`", path,
					  code == -EBADMSG ? "not the kernel's" : strerror(-code), s->type, s->type,
					  s->dir);
	}
	if (code == -ENOENT || code == -EBADMSG)
		return latch_fail(err, -EBADMSG,
				  "%s: %s: something is mounted over it, or over a directory above it: `findmnt -R %s` "
				  "shows what",
				  path, code == -EBADMSG ? "not the kernel's" : strerror(-code), s->dir);
	return latch_fail(err, code, "%s: %s", path, strerror(-code));
}

int latch_kernel_open(const char *path, int flags, struct latch_error *err)
{
	const struct system *s = system_of(path);
	int fd = open(path, flags | O_CLOEXEC), e;

	if (fd >= 0 && is_own(fd, s))
		return fd;
	if (fd >= 0) {
		close(fd);
		return fail_unknown(path, -EBADMSG, err);
	}
	e = -errno;
	/* What would lie below a file, as among the directories of /sys/module and of a class, is not there. */
	if ((e == -ENOENT || e == -ENOTDIR) && is_missing(path, s))
		return latch_fail(err, -ENOENT, "%s: %s", path, strerror(-e));
	return fail_unknown(path, e, err);
}

int latch_kernel_read(const char *path, char *buf, size_t size, struct latch_error *err)
{
	_cleanup_close_ int fd = latch_kernel_open(path, O_RDONLY, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return latch_fail(err, -errno, "%s: %m", path);
	if (!n || memchr(buf, '\0', (size_t)n))
		return latch_fail(err, -EBADMSG, "%s: not what the kernel has there", path);
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

int latch_kernel_number(const char *path, long *value, struct latch_error *err)
{
	char text[32], *end;
	int e = latch_kernel_read(path, text, sizeof(text), err);

	if (e)
		return e;
	errno = 0;
	*value = strtol(text, &end, 10);
	return errno || end == text || *end ?
		       latch_fail(err, -EBADMSG, "%s: not what the kernel has there: it is no number", path) :
		       0;
}

static ssize_t stream_read(void *fd, char *buf, size_t size)
{
	return read((int)(intptr_t)fd, buf, size);
}

static int stream_close(void *fd)
{
	return close((int)(intptr_t)fd);
}

FILE *latch_stream(int fd)
{
	FILE *f = fopencookie((void *)(intptr_t)fd, "r",
			      (cookie_io_functions_t){ .read = stream_read, .close = stream_close });

	if (!f)
		close(fd);
	return f;
}

int latch_kernel_status(const char *key, int *value, struct latch_error *err)
{
	static const char path[] = "/proc/self/status";
	int fd = latch_kernel_open(path, O_RDONLY, err);
	FILE *f = fd < 0 ? NULL : latch_stream(fd);
	char line[256];
	bool found = false;

	if (fd < 0)
		return fd;
	if (!f)
		return latch_fail(err, -ENOMEM, "out of memory");
	while (!found && fgets(line, sizeof(line), f)) {
		size_t len = strlen(key);

		found = !strncmp(line, key, len) && line[len] == ':' && sscanf(line + len + 1, "%d", value) == 1;
	}
	fclose(f);
	return found ? 0 : latch_fail(err, -EBADMSG, "%s: not what the kernel has there: it has no %s", path, key);
}

int latch_namespace(const char *path, ino_t *inode, struct latch_error *err)
{
	struct statfs fs;
	struct stat st;
	int e = stat(path, &st) || statfs(path, &fs) ? -errno : 0;

	if (!e && (unsigned long)fs.f_type != NSFS_MAGIC)
		e = -EBADMSG;
	if (e)
		return is_mounted(system_of(path)) && e != -EBADMSG ? latch_fail(err, e, "%s: %s", path, strerror(-e)) :
								      fail_unknown(path, e, err);
	*inode = st.st_ino;
	return 0;
}

bool latch_kernel_lacks(const char *path)
{
	struct latch_error unused;
	_cleanup_close_ int fd = latch_kernel_open(path, O_PATH, &unused);

	return fd == -ENOENT;
}
