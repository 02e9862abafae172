// SPDX-License-Identifier: GPL-2.0-only
/* Words: names, and lists of them with commas. */
#include <ctype.h>
#include <string.h>
#include "base/base.h"

bool latch_name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n && n < LATCH_NAME_MAX && !name[n] && islower((unsigned char)name[0]);
}

/* Where word stands in a comma-separated list, or -1. len: of word, bytes. */
int latch_list_find(const char *list, const char *word, size_t len)
{
	for (int i = 0; list && *list; i++) {
		size_t n = strcspn(list, ",");

		if (n == len && !memcmp(list, word, len))
			return i;
		list += n + (list[n] == ',');
	}
	return -1;
}

bool latch_list_has(const char *list, const char *word)
{
	return latch_list_find(list, word, strlen(word)) >= 0;
}
