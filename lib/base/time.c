// SPDX-License-Identifier: GPL-2.0-only
/* Times of the boot clock, which the kernel records. */
#include <time.h>
#include "base/base.h"

const char *latch_time_format(uint64_t boot_ns, char *buf, size_t size)
{
	struct timespec real;
	struct tm tm;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &real);
	t = (time_t)(((uint64_t)real.tv_sec * 1000000000 + (uint64_t)real.tv_nsec - latch_boot_ns() + boot_ns) /
		     1000000000);
	localtime_r(&t, &tm);
	strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

uint64_t latch_boot_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}
