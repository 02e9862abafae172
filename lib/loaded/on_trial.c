// SPDX-License-Identifier: GPL-2.0-only
/* Whether a module is on trial, and for how long. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include "loaded/loaded.h"

int latch_trial_read(const char *pindir, struct latch_trial *trial)
{
	_cleanup_close_ int fd = latch_pin_get(pindir, "maps", "trial");
	struct latch_trial value[4];
	uint32_t zero = 0;

	if (fd < 0)
		return fd;
	if (bpf_map_lookup_elem(fd, &zero, value))
		return -errno;
	*trial = value[0];
	return 0;
}

int latch_trial_refuse(const char *pindir, struct latch_error *err)
{
	struct latch_trial trial;
	int e = latch_trial_read(pindir, &trial);

	if (e && e != -ENOENT)
		return latch_fail(err, e, "%s: cannot tell whether it is on trial: %s", pindir, latch_pin_error(e));
	/* One that is over, or never began, is in the way of nothing: see leftover.c. */
	if (e || trial.over || !trial.deadline)
		return 0;
	return latch_fail(err, -EINPROGRESS,
			  "%s is on trial for another %llu s: `latch confirm %s` keeps it as it is, "
			  "`latch unload %s` drops it",
			  pindir, (unsigned long long)latch_trial_left(&trial), pindir, pindir);
}

uint64_t latch_trial_left(const struct latch_trial *trial)
{
	uint64_t now = latch_boot_ns();

	return now >= trial->deadline ? 0 : (trial->deadline - now + 999999999) / 1000000000;
}
