// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path of a program. The kernel recorded the names from the file up to the
 * root of its file system, less those it does not hold inside the dentry; where
 * that file system is mounted, and the missing names, are looked up here, and
 * taken only if the file found has the recorded inode.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "loaded/loaded.h"

#define UNREAD_MAX 2 /* names of a path that were too long to be recorded, and are searched */

/* name: as recorded, so it may have no NUL */
static size_t name_length(const char *name)
{
	return strnlen(name, LATCH_PATH_NAME);
}

static void recorded_names(const struct latch_who *who, char *buf, size_t size)
{
	uint32_t depth = who->depth < LATCH_PATH_DEPTH ? who->depth : LATCH_PATH_DEPTH;
	size_t used = (size_t)snprintf(buf, size, "...");

	while (depth-- && used < size) {
		const char *name = who->path[depth];

		used += (size_t)snprintf(buf + used, size - used, "/%.*s", *name ? (int)name_length(name) : 1,
					 *name ? name : "*");
	}
}

struct search {
	const struct latch_who *who;
	uint64_t dev, ino;
	uint64_t mount; /* that path is searched below, as statx() knows it */
	char path[PATH_MAX]; /* "" is the root */
};

/*
 * By the mount, and not by the device that stat() shows: on btrfs and overlayfs that is another
 * than the super block's.
 */
static bool is_file(const struct search *s)
{
	struct statx stx;

	return !statx(AT_FDCWD, s->path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MNT_ID, &stx) &&
	       stx.stx_ino == s->ino && stx.stx_mask & STATX_MNT_ID && stx.stx_mnt_id == s->mount;
}

static bool append(struct search *s, const char *name, size_t len)
{
	size_t used = strlen(s->path);

	return (size_t)snprintf(s->path + used, sizeof(s->path) - used, "/%.*s", (int)len, name) <
	       sizeof(s->path) - used;
}

static bool complete(struct search *s, uint32_t left);

/* A name that was not recorded may be any. */
static bool search(struct search *s, uint32_t left)
{
	DIR *dir = opendir(*s->path ? s->path : "/");
	size_t used = strlen(s->path);
	bool found = false;
	struct dirent *d;

	while (dir && !found && (d = readdir(dir))) {
		s->path[used] = '\0';
		found = strcmp(d->d_name, ".") && strcmp(d->d_name, "..") && append(s, d->d_name, strlen(d->d_name)) &&
			complete(s, left - 1);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Goes down from s->path by the last `left` names. */
static bool complete(struct search *s, uint32_t left)
{
	const char *name;

	if (!left)
		return is_file(s);
	name = s->who->path[left - 1];
	if (!*name)
		return search(s, left);
	return append(s, name, name_length(name)) && complete(s, left - 1);
}

/* Of the names, how many are below that directory of their file system; -1: none is. */
static int below(const struct latch_who *who, const char *root)
{
	uint32_t left = who->depth;

	while (*root == '/' && root[1]) {
		size_t len = strcspn(++root, "/");
		const char *name;

		if (!left)
			return -1;
		name = who->path[--left];
		if (*name && (name_length(name) != len || memcmp(name, root, len)))
			return -1;
		root += len;
	}
	return (int)left;
}

/* Or whoever is denied could make us walk through the whole file system. */
static bool few_unread(const struct latch_who *who, uint32_t left)
{
	unsigned int unread = 0;

	for (uint32_t i = 0; i < left; i++)
		unread += !*who->path[i];
	return unread <= UNREAD_MAX;
}

/* What the kernel wrote as \ooo: blanks, line breaks, backslashes. In place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Below one mount, a line of mountinfo, if it is one of the file system. */
static bool find_below(struct search *s, char *line)
{
	char *fields[5] = { NULL };
	unsigned int mount_major, mount_minor;
	int left;

	for (size_t i = 0; i < 5; i++)
		if (!(fields[i] = strsep(&line, " ")))
			return false;
	/* The kernel's dev_t has 20 bits of minor number. */
	if (sscanf(fields[2], "%u:%u", &mount_major, &mount_minor) != 2 || mount_major != s->dev >> 20 ||
	    mount_minor != (s->dev & 0xfffff))
		return false;
	unescape(fields[3]);
	unescape(fields[4]);
	s->mount = strtoull(fields[0], NULL, 10);
	left = below(s->who, fields[3]);
	if (left < 0 || !few_unread(s->who, (uint32_t)left))
		return false;
	*s->path = '\0';
	return (!strcmp(fields[4], "/") || append(s, fields[4] + 1, strlen(fields[4] + 1))) &&
	       complete(s, (uint32_t)left);
}

bool latch_who_path(const struct latch_who *who, uint64_t dev, uint64_t ino, char *buf, size_t size)
{
	struct search s = { .who = who, .dev = dev, .ino = ino };
	bool whole = who->depth && who->depth <= LATCH_PATH_DEPTH, found = false;
	FILE *f = whole ? fopen("/proc/self/mountinfo", "re") : NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;

	while (f && !found && getline(&line, &room, f) > 0)
		found = find_below(&s, line);
	if (f)
		fclose(f);
	/* What is cut is another path. */
	found = found && strlen(s.path) < size;
	if (found)
		snprintf(buf, size, "%s", s.path);
	else
		recorded_names(who, buf, size);
	return found;
}
