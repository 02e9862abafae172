// SPDX-License-Identifier: GPL-2.0-only
/* Names by their kernfs hash: its equals, and sums of it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collide.h"

/* kernfs_name_hash() in fs/kernfs/dir.c, and what it calls. */
uint32_t name_hash(const char *name)
{
	uint64_t hash = 0;

	while (*name) {
		uint64_t c = (unsigned char)*name++;

		hash = (hash + (c << 4) + (c >> 4)) * 11;
	}
	hash = (hash * 0x61c8864680b583ebull >> 32) & 0x7fffffff;
	if (hash < 2)
		hash += 2;
	return hash >= INT32_MAX ? INT32_MAX - 1 : (uint32_t)hash;
}

/*
 * Before it is folded the hash is a sum of 16 c + c / 16, each times another power of 11: one more in
 * a letter is as much as 11 more in the next.
 */
const char *collide(const char *name)
{
	static char other[NAME];
	bool changed = false;

	snprintf(other, sizeof(other), "%s", name);
	for (int tries = 0; tries < 50 || (!changed && tries < 1000); tries++) {
		char *c = other + pick((unsigned int)strlen(other) - 1);
		bool up = (c[0] & 15) < 15 && (c[1] & 15) >= 11, down = (c[0] & 15) && (c[1] & 15) < 5;

		if (c[0] < 'a' || c[1] < 'a' || (!up && !down) || (changed && pick(4)))
			continue;
		c[0] += up ? 1 : -1;
		c[1] -= up ? 11 : -11;
		changed = strcmp(other, name);
	}
	return other;
}

uint64_t part(uint32_t hash, uint32_t level)
{
	uint64_t v = ((uint64_t)level << 32 | hash) * 0x9e3779b97f4a7c15ull;

	return (v ^ v >> 32) * 0xd6e8feb86659fd93ull;
}

/* --- eight of them with a given sum: two lists at a time, by the low bits of the sums --- */

#define LIST (1u << 17)
#define LIST_MAX (1u << 18)

struct item {
	uint64_t sum;
	uint32_t left, right; /* in the lists that it comes from */
};

struct list {
	struct item *item;
	uint32_t n;
};

static int by_sum(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct low {
	uint64_t bits;
	uint32_t at;
};

/* Those of both whose sum has zeros in these bits. */
static struct list join(const struct list *a, const struct list *b, uint64_t mask)
{
	struct list all = { malloc(LIST_MAX * sizeof(struct item)), 0 };
	struct low *low = malloc(b->n * sizeof(*low));

	for (uint32_t i = 0; i < b->n; i++)
		low[i] = (struct low){ b->item[i].sum & mask, i };
	qsort(low, b->n, sizeof(*low), by_sum);
	for (uint32_t i = 0; i < a->n; i++) {
		uint64_t want = -a->item[i].sum & mask;
		uint32_t from = 0, to = b->n;

		while (from < to) {
			uint32_t middle = (from + to) / 2;

			if (low[middle].bits < want)
				from = middle + 1;
			else
				to = middle;
		}
		for (; from < b->n && low[from].bits == want && all.n < LIST_MAX; from++)
			all.item[all.n++] =
				(struct item){ a->item[i].sum + b->item[low[from].at].sum, i, low[from].at };
	}
	free(low);
	return all;
}

/* Scattered: sums over numbers in a row are none of what is looked for. */
static void write_name(char *name, uint32_t number)
{
	snprintf(name, NAME, "n%x", number * 2654435761u);
}

static struct list names_of(uint32_t level, uint64_t less)
{
	struct list l = { malloc(LIST * sizeof(struct item)), LIST };
	char name[NAME];

	for (uint32_t i = 0; i < LIST; i++) {
		write_name(name, i);
		l.item[i].sum = part(name_hash(name), level) - less;
	}
	return l;
}

bool forge(uint64_t sum, uint32_t level, char (*names)[NAME])
{
	struct list one[8], two[4], four[2], all;
	uint32_t at[8];

	for (uint32_t i = 0; i < 8; i++)
		one[i] = names_of(level + i, i ? 0 : sum);
	for (int i = 0; i < 4; i++)
		two[i] = join(one + 2 * i, one + 2 * i + 1, 0xffff);
	for (int i = 0; i < 2; i++)
		four[i] = join(two + 2 * i, two + 2 * i + 1, 0xffffffff);
	all = join(four, four + 1, UINT64_MAX);
	for (int i = 0; i < 8 && all.n; i++) {
		const struct item *four_of = four[i / 4].item + (i / 4 ? all.item->right : all.item->left);
		const struct item *two_of = two[i / 2].item + (i / 2 % 2 ? four_of->right : four_of->left);

		at[i] = i % 2 ? two_of->right : two_of->left;
		write_name(names[i], at[i]);
	}
	for (int i = 0; i < 8; i++)
		free(one[i].item);
	for (int i = 0; i < 4; i++)
		free(two[i].item);
	free(four[0].item);
	free(four[1].item);
	free(all.item);
	return all.n;
}
