// SPDX-License-Identifier: GPL-2.0-only
/* Moments, by the boot clock and by the wall clock as it was then. */
#include <stdio.h>
#include <sys/timex.h>
#include <time.h>
#include "base/base.h"

#define SECOND 1000000000ull
#define SET_AFTER (1577836800 * SECOND) /* 2020: a machine without a clock starts in 1970 */

static uint64_t read_clock(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return ts.tv_sec < 0 ? 0 : (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

uint64_t latch_boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

struct latch_time latch_now(void)
{
	return (struct latch_time){ .boot = read_clock(CLOCK_BOOTTIME), .wall = read_clock(CLOCK_REALTIME) };
}

/*
 * The kernel's TAI offset is 0 until a time daemon sets it, once, to 37 s or so, while the wall
 * clock goes on: what was recorded before that is shown as much too early.
 */
void latch_time_of_program(struct latch_time *t)
{
	struct timex tx = { 0 };
	uint64_t offset = adjtimex(&tx) < 0 || tx.tai < 0 ? 0 : (uint64_t)tx.tai * SECOND;

	t->wall = t->wall > offset ? t->wall - offset : 0;
}

bool latch_time_set(const struct latch_time *t)
{
	return t->wall >= SET_AFTER;
}

const char *latch_time_format(const struct latch_time *t, char *buf, size_t size)
{
	uint64_t s = t->boot / SECOND;
	time_t wall = (time_t)(t->wall / SECOND);
	struct tm tm;

	if (latch_time_set(t) && localtime_r(&wall, &tm) && strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		return buf;
	snprintf(buf, size, "boot+%llud %02u:%02u:%02u", (unsigned long long)s / 86400, (unsigned int)(s / 3600 % 24),
		 (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
	return buf;
}
