// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that denies latch its own pins, the directory of these, or the file it runs could be
 * unloaded by nobody. That is tried when a change comes into force, while it can still be taken
 * back; what was denied before it is not held against it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "control/loading.h"

static int try_open(const char *path, int flags)
{
	_cleanup_close_ int fd = open(path, flags | O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

static int try_pin(const char *pindir)
{
	_cleanup_close_ int fd = latch_pin_get(pindir, "", "info");

	return fd < 0 ? fd : 0;
}

struct latch_reach latch_reach_try(const char *pindir)
{
	return (struct latch_reach){
		.error = { try_pin(pindir), try_open(LATCH_ROOT, O_DIRECTORY), try_open("/proc/self/exe", 0) },
	};
}

int latch_reach_refuse(const struct latch_reach *before, const char *pindir, const char *name, struct latch_error *err)
{
	static const char *const what[LATCH_REACHES] = { "its own pins", LATCH_ROOT, "/proc/self/exe" };
	struct latch_reach now = latch_reach_try(pindir);

	for (size_t i = 0; i < LATCH_REACHES; i++)
		if (now.error[i] && !before->error[i])
			return latch_fail(err, -EKEYREJECTED,
					  "%s: taken back: it denies latch itself (%s: %s), so nobody could unload it",
					  name, what[i], strerror(-now.error[i]));
	return 0;
}
