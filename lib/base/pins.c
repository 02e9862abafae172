// SPDX-License-Identifier: GPL-2.0-only
/* The pins in a module's pin directory: made, opened, removed, and one after the other. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/base.h"

static int pin_path(char *buf, size_t size, const char *pindir, const char *kind, const char *name)
{
	int n = snprintf(buf, size, LATCH_ROOT "/%s/%s%s%s", pindir, kind, *kind ? "/" : "", name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int latch_pin_get(const char *pindir, const char *kind, const char *name)
{
	char path[256];
	int e = pin_path(path, sizeof(path), pindir, kind, name);

	return e ? e : bpf_obj_get(path);
}

int latch_pin_put(int fd, const char *pindir, const char *kind, const char *name)
{
	char path[256];
	int e = pin_path(path, sizeof(path), pindir, kind, name);

	return e ? e : bpf_obj_pin(fd, path);
}

int latch_pin_drop(const char *pindir, const char *kind, const char *name)
{
	char path[256];
	int e = pin_path(path, sizeof(path), pindir, kind, name);

	return e ? e : unlink(path) ? -errno : 0;
}

struct each {
	int (*fn)(const char *name, void *arg);
	void *arg;
};

static int call(int dir, const char *name, void *arg)
{
	const struct each *each = arg;

	(void)dir;
	return strcmp(name, "events") ? each->fn(name, each->arg) : 0;
}

int latch_pins_each(const char *pindir, const char *kind, int (*fn)(const char *name, void *arg), void *arg)
{
	struct each each = { .fn = fn, .arg = arg };
	struct stat st;
	char path[256];
	int e = pin_path(path, sizeof(path), pindir, kind, "");

	if (!e && lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	return e ? e : latch_entries_each(AT_FDCWD, path, call, &each);
}
