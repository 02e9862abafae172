// SPDX-License-Identifier: GPL-2.0-only
/* The pins in a module's pin directory: made, opened, removed, and one after the other. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
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

int latch_pins_each(const char *pindir, const char *kind, int (*fn)(const char *name, void *arg), void *arg)
{
	char path[256];
	struct dirent *d;
	int e = pin_path(path, sizeof(path), pindir, kind, "");
	DIR *list = e ? NULL : opendir(path);

	if (!list)
		return e ? e : errno == ENOENT ? 0 : -errno;
	while (!e && (d = readdir(list)))
		if (d->d_name[0] != '.' && strcmp(d->d_name, "events"))
			e = fn(d->d_name, arg);
	closedir(list);
	return e;
}
