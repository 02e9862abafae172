// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening a configuration file that nobody but root could have written. The path is walked with
 * each directory and link held open, so that what was looked at is what is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "config/config.h"

#define LINKS_MAX 40 /* as the kernel has it */

struct walk {
	const char *path;    /* as it was asked for */
	char done[PATH_MAX]; /* the directory that is open, for messages */
	char rest[PATH_MAX]; /* what is still to be walked */
	int dir;
	unsigned int links;
	struct latch_error *err;
};

static bool owned(const struct stat *st)
{
	return !st->st_uid || st->st_uid == geteuid();
}

/* name: below w->done; "" is that itself */
static int refuse(const struct walk *w, const char *name, const struct stat *st)
{
	char at[2 * PATH_MAX];

	snprintf(at, sizeof(at), "%s%s%s", w->done, *name && strcmp(w->done, "/") ? "/" : "", name);
	if (!owned(st))
		return latch_fail(w->err, -EKEYREJECTED,
				  "%s: not read: %s%s belongs to uid %u, who could write what root then applies: "
				  "`chown%s root %s`",
				  w->path, S_ISDIR(st->st_mode) ? "the directory " : "", at, st->st_uid,
				  S_ISLNK(st->st_mode) ? " -h" : "", at);
	return latch_fail(w->err, -EKEYREJECTED,
			  "%s: not read: %s%s can be written by others than root, which root then applies: "
			  "`chmod go-w %s`",
			  w->path, S_ISDIR(st->st_mode) ? "the directory " : "", at, at);
}

/*
 * What others can write holds what they want, but in a sticky directory they can neither remove
 * nor rename what is root's. final: it is what was asked for, to which nothing may be added.
 */
static int look(const struct walk *w, const char *name, const struct stat *st, bool final)
{
	bool sticky = S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX && !final;

	if (!strcmp(name, "."))
		name = "";
	if (!owned(st) || (st->st_mode & (S_IWGRP | S_IWOTH) && !S_ISLNK(st->st_mode) && !sticky))
		return refuse(w, name, st);
	return 0;
}

/* Cuts the next name off the rest. */
static void next(struct walk *w, char *name)
{
	size_t skip = strspn(w->rest, "/"), len = strcspn(w->rest + skip, "/");

	snprintf(name, PATH_MAX, "%.*s", (int)len, w->rest + skip);
	skip += len;
	skip += strspn(w->rest + skip, "/");
	memmove(w->rest, w->rest + skip, strlen(w->rest + skip) + 1);
}

static int from_root(struct walk *w)
{
	struct stat st;

	latch_close_fd(&w->dir);
	strcpy(w->done, "/");
	w->dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0 || fstat(w->dir, &st))
		return latch_fail(w->err, -errno, "/: %m");
	return look(w, "", &st, false);
}

/* A link: what it says is walked before the rest. */
static int follow(struct walk *w, int fd)
{
	char target[PATH_MAX], whole[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);

	if (n <= 0 || ++w->links > LINKS_MAX)
		return latch_fail(w->err, n <= 0 ? -errno : -ELOOP, "%s: %s", w->path,
				  strerror(n <= 0 ? errno : ELOOP));
	target[n] = '\0';
	if ((size_t)snprintf(whole, sizeof(whole), "%s/%s", target, w->rest) >= sizeof(whole))
		return latch_fail(w->err, -ENAMETOOLONG, "%s: %s", w->path, strerror(ENAMETOOLONG));
	strcpy(w->rest, whole);
	return *target == '/' ? from_root(w) : 0;
}

/* The way there has no links, so a `..` takes its last name away. */
static void enter(struct walk *w, int fd, const char *name)
{
	size_t used = strlen(w->done);

	close(w->dir);
	w->dir = fd;
	if (!strcmp(name, ".."))
		*(strrchr(w->done, '/') + (strrchr(w->done, '/') == w->done)) = '\0';
	else if (strcmp(name, "."))
		snprintf(w->done + used, sizeof(w->done) - used, "%s%s", used > 1 ? "/" : "", name);
}

/* What was asked for is this name: opened for good, and what was opened is looked at. */
static int arrive(struct walk *w, const char *name, int flags, int *fd)
{
	struct stat st;
	int e;

	*fd = openat(w->dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st))
		e = latch_fail(w->err, -errno, "%s: %m", w->path);
	else
		e = look(w, name, &st, true);
	if (e) {
		latch_close_fd(fd);
		*fd = -1;
	}
	return e;
}

/* Goes one name on. *fd is what was asked for, once it is reached. */
static int step(struct walk *w, int flags, int *fd)
{
	char name[PATH_MAX];
	struct stat st;
	int e, at;

	next(w, name);
	at = openat(w->dir, *name ? name : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0 || fstat(at, &st)) {
		e = latch_fail(w->err, -errno, "%s: %m", w->path);
		latch_close_fd(&at);
		return e;
	}
	e = look(w, name, &st, false);
	if (e || !S_ISLNK(st.st_mode)) {
		if (!e && *w->rest) {
			enter(w, at, name);
			return 0;
		}
		close(at);
		return e ? e : arrive(w, *name ? name : ".", flags, fd);
	}
	e = follow(w, at);
	close(at);
	return e;
}

/* Returns an fd, or an error below 0. */
static int trusted_open(const char *path, int flags, struct latch_error *err)
{
	struct walk w = { .path = path, .dir = -1, .err = err };
	char from[PATH_MAX] = "";
	int fd = -1, e;

	if (*path != '/' && !getcwd(from, sizeof(from)))
		return latch_fail(err, -errno, "%s: %m", path);
	if ((size_t)snprintf(w.rest, sizeof(w.rest), "%s/%s", from, path) >= sizeof(w.rest))
		return latch_fail(err, -ENAMETOOLONG, "%s: %s", path, strerror(ENAMETOOLONG));
	e = from_root(&w);
	while (!e && fd < 0)
		e = step(&w, flags, &fd);
	latch_close_fd(&w.dir);
	return e ? e : fd;
}

int latch_trusted_file(const char *path, FILE **file, struct stat *st, struct latch_error *err)
{
	int fd = trusted_open(path, O_RDONLY, err), e = 0;

	if (fd < 0)
		return fd;
	*file = fdopen(fd, "r");
	if (!*file || fstat(fd, st)) {
		e = latch_fail(err, -errno, "%s: %m", path);
		if (*file)
			fclose(*file);
		else
			close(fd);
	}
	return e;
}

int latch_trusted_directory(const char *path, struct latch_error *err)
{
	int fd = trusted_open(path, O_RDONLY | O_DIRECTORY, err);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}
