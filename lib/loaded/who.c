// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path of a program. The kernel recorded the names from the file up to the
 * root of its file system, less those it does not hold inside the dentry; where
 * that file system is mounted, and the missing names, are looked up here, and
 * taken only if the file found has the recorded inode.
 */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "loaded/loaded.h"

#define UNREAD_MAX 2 /* names of a path that were too long to be recorded, and are searched */

/* Appends one name; what a terminal or a pattern would take for more than a name is escaped. */
static void append_name(char *buf, size_t size, const char *name)
{
	size_t used = strlen(buf);

	used += (size_t)snprintf(buf + used, used < size ? size - used : 0, "/");
	if (!*name)
		snprintf(buf + used, used < size ? size - used : 0, "*");
	for (size_t i = 0; i < LATCH_PATH_NAME && name[i] && used + 5 < size; i++) {
		unsigned char c = (unsigned char)name[i];

		if (iscntrl(c))
			used += (size_t)snprintf(buf + used, size - used, "\\x%02x", c);
		else
			used += (size_t)snprintf(buf + used, size - used, "%c", c);
	}
}

static void recorded_path(const struct latch_who *who, char *buf, size_t size)
{
	uint32_t depth = who->depth < LATCH_PATH_DEPTH ? who->depth : LATCH_PATH_DEPTH;

	snprintf(buf, size, "%s", who->depth > LATCH_PATH_DEPTH ? "..." : "");
	while (depth--)
		append_name(buf, size, who->path[depth]);
}

/*
 * On a file system whose files say another device than its super block, as on
 * btrfs, nothing is proved, and the recorded names are shown.
 */
static bool is_file(const char *path, uint64_t dev, uint64_t ino)
{
	struct stat st;

	return !stat(path, &st) && st.st_ino == ino && major(st.st_dev) == dev >> 20 &&
	       minor(st.st_dev) == (dev & 0xfffff);
}

/* Looks for the file below one mount of its file system. */
static bool find_below(const char *mountpoint, const char *path, uint64_t dev, uint64_t ino, char *buf, size_t size)
{
	char pattern[1024];
	unsigned int stars = 0;
	glob_t g;
	bool hit = false;

	for (const char *c = path; *c; c++)
		stars += *c == '*';
	/* Or whoever is denied could make us walk through the whole file system. */
	if (stars > UNREAD_MAX)
		return false;

	snprintf(pattern, sizeof(pattern), "%s%s", strcmp(mountpoint, "/") ? mountpoint : "", path);
	if (!stars) {
		hit = is_file(pattern, dev, ino);
		if (hit)
			snprintf(buf, size, "%s", pattern);
		return hit;
	}
	if (glob(pattern, GLOB_NOSORT, NULL, &g))
		return false;
	for (size_t i = 0; i < g.gl_pathc && !hit; i++) {
		hit = is_file(g.gl_pathv[i], dev, ino);
		if (hit)
			snprintf(buf, size, "%s", g.gl_pathv[i]);
	}
	globfree(&g);
	return hit;
}

const char *latch_who_path(const struct latch_who *who, uint64_t dev, uint64_t ino, char *buf, size_t size)
{
	char path[LATCH_PATH_DEPTH * (4 * LATCH_PATH_NAME + 1) + 8];
	char line[4096], root[1024], mountpoint[1024];
	unsigned int mount_major, mount_minor;
	FILE *f;

	recorded_path(who, path, sizeof(path));
	snprintf(buf, size, "%s", path);
	f = *path == '/' ? fopen("/proc/self/mountinfo", "re") : NULL;
	while (f && fgets(line, sizeof(line), f)) {
		size_t len;

		/* The kernel's dev_t has 20 bits of minor number. */
		if (sscanf(line, "%*d %*d %u:%u %1023s %1023s", &mount_major, &mount_minor, root, mountpoint) != 4 ||
		    mount_major != dev >> 20 || mount_minor != (dev & 0xfffff))
			continue;
		len = strcmp(root, "/") ? strlen(root) : 0;
		if (strncmp(path, root, len) || path[len] != '/')
			continue;
		if (find_below(mountpoint, path + len, dev, ino, buf, size))
			break;
	}
	if (f)
		fclose(f);
	return buf;
}
