/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

static inline uint64_t now(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Returns 0 or an errno, and the instructions between its two looks at the clock. */
struct call {
	const char *name;
	int (*call)(uint64_t *taken);
};

const struct call *call_find(const char *name);

/* Makes the files that the calls use. Returns 0, or -1 and errno. */
int calls_prepare(void);

#endif
