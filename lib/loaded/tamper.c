// SPDX-License-Identifier: GPL-2.0-only
/* on-tamper: what comes of an attempt on a seal, beside its denial. */
#include <errno.h>
#include <string.h>
#include "loaded/loaded.h"

static const struct {
	const char *word;
	unsigned int flags;
} tampers[] = { { "deny", 0 }, { "warn", LATCH_SEAL_WARN }, { "panic", LATCH_SEAL_PANIC } };

int latch_tamper_parse(const char *word)
{
	for (size_t i = 0; i < sizeof(tampers) / sizeof(*tampers); i++)
		if (!strcmp(word, tampers[i].word))
			return (int)tampers[i].flags;
	return -EINVAL;
}

const char *latch_tamper_word(unsigned int flags)
{
	for (size_t i = 0; i < sizeof(tampers) / sizeof(*tampers); i++)
		if ((flags & LATCH_SEAL_TAMPER) == tampers[i].flags)
			return tampers[i].word;
	return "unknown";
}
