// SPDX-License-Identifier: GPL-2.0-only
/* Where the cgroup of a unit of systemd's stands, or where it will, as the unit's name and its file tell. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "allow/allow.h"

#define SLICES_MAX 16 /* one in another */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && !strcmp(name + len - n, suffix);
}

static bool unit_name_ok(const char *name)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount", ".swap", ".slice" };

	if (!strcmp(name, "-.slice") || strlen(name) >= LATCH_ALLOW_NAME)
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(":-_.\\@", *c))
			return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return false;
}

const char *latch_unit_whole(const char *name, char *buf, size_t size)
{
	bool whole = strpbrk(name, "./");

	return whole || (size_t)snprintf(buf, size, "%s.service", name) >= size ? name : buf;
}

struct running {
	const char *name;
	char *path; /* as far as the search is, below the mount; found: the unit's */
	size_t size;
	int depth;
};

/* Looks for a cgroup that stands in slices alone: others are for users to make. 1: that is it. */
static int find_running(int dir, const char *entry, void *arg)
{
	struct running *r = arg;
	size_t used = strlen(r->path);
	bool is_it = !strcmp(entry, r->name);
	int e;

	if (!is_it && !has_suffix(entry, ".slice"))
		return 0;
	if (r->depth == SLICES_MAX || used + strlen(entry) + 2 > r->size)
		return -ENAMETOOLONG;
	snprintf(r->path + used, r->size - used, "/%s", entry);
	if (is_it)
		return 1;
	r->depth++;
	e = latch_entries_each(dir, entry, find_running, r);
	r->depth--;
	/* A slice goes with the last unit that is in it. */
	if (e == -ENOENT)
		e = 0;
	if (!e)
		r->path[used] = '\0';
	return e;
}

/*
 * 1: that file is there; 0: it is not. A link to a file of another name makes it an alias, and there
 * is no cgroup of that name; one to /dev/null masks it.
 */
static int look_at_unit_file(const char *dir, const char *file, const char *name, struct latch_error *err)
{
	char path[2 * LATCH_ALLOW_NAME], target[2 * LATCH_ALLOW_NAME];
	const char *base;
	int there;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	there = latch_there(AT_FDCWD, path);
	if (there < 0)
		return latch_fail(err, there, "unit %s: whether there is a file for it is not known: %s: %s", name,
				  path, strerror(-there));
	n = there ? readlink(path, target, sizeof(target) - 1) : 0;
	if (n <= 0)
		return there;
	target[n] = '\0';
	base = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	if (!strcmp(target, "/dev/null"))
		return latch_fail(err, -ENOENT, "unit %s: it is masked: %s", name, path);
	if (strcmp(base, file))
		return latch_fail(err, -ENOENT, "unit %s: it is another name of %s, by %s: give that one", name, base,
				  path);
	return 1;
}

/* 1, 0, or a negative errno and err. */
static int has_unit_file(const char *name, struct latch_error *err)
{
	static const char *const dirs[] = {
		"/etc/systemd/system",	  "/run/systemd/system",	   "/run/systemd/transient",
		"/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
		"/lib/systemd/system"
	};
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');
	char template[LATCH_ALLOW_NAME];
	int there = 0;

	snprintf(template, sizeof(template), "%.*s%s", at ? (int)(at + 1 - name) : 0, name, at ? dot : "");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs) && !there; i++) {
		there = look_at_unit_file(dirs[i], name, name, err);
		if (!there && at)
			there = look_at_unit_file(dirs[i], template, name, err);
	}
	return there;
}

/* Where systemd puts a unit that does not say Slice=. Returns what snprintf() does. */
static int default_path(const char *name, char *path, size_t size)
{
	const char *at = strchr(name, '@');
	char prefix[4 * LATCH_ALLOW_NAME] = "";
	size_t used = 0;

	if (!at)
		return snprintf(path, size, "/system.slice/%s", name);
	for (const char *c = name; c < at; c++)
		used += (size_t)snprintf(prefix + used, sizeof(prefix) - used,
					 *c == '-' || *c == '\\' ? "\\x%02x" : "%c", *c);
	return snprintf(path, size, "/system.slice/system-%s.slice/%s", prefix, name);
}

/* "a-b.slice" is in "a.slice". */
static int slice_path(const char *name, char *path, size_t size)
{
	size_t used = 0;

	for (const char *dash = strchr(name, '-'); dash && used < size; dash = strchr(dash + 1, '-'))
		used += (size_t)snprintf(path + used, size - used, "/%.*s.slice", (int)(dash - name), name);
	return (int)used + (used < size ? snprintf(path + used, size - used, "/%s", name) : 0);
}

/* Where the cgroup of a unit that does not run will be. */
static int foresee_path(const char *name, char *path, size_t size, struct latch_error *err)
{
	int n, e = 1;

	if (has_suffix(name, ".slice")) {
		n = slice_path(name, path, size);
	} else {
		e = has_unit_file(name, err);
		n = default_path(name, path, size);
	}
	if (e < 0)
		return e;
	if (!e)
		return latch_fail(err, -ENOENT, "unit %s: it is not running, and there is no file for it", name);
	return n < 0 || (size_t)n >= size ?
		       latch_fail(err, -ENAMETOOLONG, "unit %s: its cgroup's path is too long", name) :
		       0;
}

int latch_unit_path(const char *mount, const char *name, char *path, size_t size, struct latch_error *err)
{
	struct running r = { name, path, size, 0 };
	int e;

	if (!unit_name_ok(name))
		return latch_fail(
			err, -EINVAL,
			"`%s` is not a unit: a .service, .scope, .socket, .mount, .swap or .slice of systemd, "
			"or the path of a cgroup: /system.slice/...",
			name);
	path[0] = '\0';
	e = latch_entries_each(AT_FDCWD, mount, find_running, &r);
	if (e < 0)
		return latch_fail(err, e, "unit %s: whether it is running is not known: %s%s: %s", name, mount, path,
				  strerror(-e));
	return e ? 0 : foresee_path(name, path, size, err);
}
