// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this process may use. Short of a descriptor or of memory, a step fails somewhere within
 * libbpf or the kernel, with an errno that others share; so the limits are raised before.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#include "cli.h"

static const struct {
	int resource;
	const char *what, *option; /* of ulimit */
	rlim_t need;
} limits[] = {
	{ RLIMIT_NOFILE, "open files", "-n", 1024 },	    { RLIMIT_AS, "bytes of address space", "-v", 1 << 30 },
	{ RLIMIT_DATA, "bytes of data", "-d", 1 << 29 },    { RLIMIT_STACK, "bytes of stack", "-s", 1 << 20 },
	{ RLIMIT_FSIZE, "bytes in a file", "-f", 1 << 20 },
};

/* Raising the hard limit takes CAP_SYS_RESOURCE. */
static bool raised(const struct rlimit *now, int resource, rlim_t need)
{
	struct rlimit wanted = { need, now->rlim_max < need ? need : now->rlim_max };

	return now->rlim_cur >= need || !setrlimit((__rlimit_resource_t)resource, &wanted);
}

int raise_limits(void)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit now;

		if (getrlimit((__rlimit_resource_t)limits[i].resource, &now)) {
			message("getrlimit: %m");
			return EXIT_FAILED;
		}
		/* Who is not root gets no further than to the files. */
		if (raised(&now, limits[i].resource, limits[i].need) || geteuid())
			continue;
		message("this process may have %llu %s, and it cannot be raised (%m): latch needs %llu: see `ulimit "
			"%s`",
			(unsigned long long)now.rlim_cur, limits[i].what, (unsigned long long)limits[i].need,
			limits[i].option);
		return EXIT_FAILED;
	}
	return 0;
}
