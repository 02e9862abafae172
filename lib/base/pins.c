// SPDX-License-Identifier: GPL-2.0-only
/* The pins in a module's pin directory: made, opened, removed, and one after the other. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

static int pin_path(char *buf, size_t size, const char *pindir, const char *kind, const char *name)
{
	int n = snprintf(buf, size, LATCH_ROOT "/%s/%s%s%s", pindir, kind, *kind ? "/" : "", name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int latch_pin_open(const char *pindir, const char *kind, const char *name, int flags)
{
	char path[256];
	int e = pin_path(path, sizeof(path), pindir, kind, name);
	_cleanup_close_ int root = e ? -1 : open(LATCH_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (e || root < 0)
		return e ? e : -errno;
	return latch_open_below(root, path + sizeof(LATCH_ROOT), flags);
}

const char *latch_pin_error(int code)
{
	return code == -EXDEV ? "something is mounted over it: `findmnt -R " LATCH_BPFFS
				"` shows what, and `umount` takes it away" :
				strerror(-code);
}

/* By a descriptor of the pin: bpf(2) goes by a path, and through whatever is mounted on its way. */
int latch_pin_get(const char *pindir, const char *kind, const char *name)
{
	_cleanup_close_ int pin = latch_pin_open(pindir, kind, name, O_PATH);
	char path[64];

	if (pin < 0)
		return pin;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pin);
	return bpf_obj_get(path);
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
	_cleanup_close_ int dir = latch_pin_open(pindir, kind, "", O_PATH | O_DIRECTORY);

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	return latch_entries_each(dir, ".", call, &each);
}
