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

#define WORD_MAX 64 /* longer ones are near to nothing */

/* How many letters have to be put in, taken out, changed or swapped with the next to make b of a. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned char rows[3][WORD_MAX + 1];
	unsigned char *older = rows[0], *old = rows[1], *new = rows[2];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		old[j] = (unsigned char)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned char *next = older;

		new[0] = (unsigned char)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int least = old[j - 1] + (a[i - 1] != b[j - 1]);

			if (old[j] + 1u < least)
				least = old[j] + 1u;
			if (new[j - 1] + 1u < least)
				least = new[j - 1] + 1u;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && older[j - 2] + 1u < least)
				least = older[j - 2] + 1u;
			new[j] = (unsigned char)least;
		}
		older = old;
		old = new;
		new = next;
	}
	return old[lb];
}

const char *latch_nearest(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word);
	unsigned int best = 2 * ((unsigned int)(len + 1) / 3) + 1;
	const char *near = NULL;

	for (size_t i = 0; i < n; i++) {
		bool begins = len > 1 && !strncmp(names[i], word, len);
		unsigned int d = distance(word, names[i]), rank = begins ? 1 : 2 * d;

		/* Not if every letter is another. */
		if (rank < best && (begins || (d < len && d < strlen(names[i])))) {
			best = rank;
			near = names[i];
		}
	}
	return near;
}
