// SPDX-License-Identifier: GPL-2.0-only
/* A way that a seal cannot close on this kernel: it refuses the seal, or is written into a weak one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "seal/sealing.h"

static bool is_noted(const char *ways, const char *way)
{
	size_t size = strlen(way);

	for (; *ways; ways = strchrnul(ways, '\n'), ways += *ways != '\0')
		if (!strncmp(ways, way, size) && !strncmp(ways + size, ": ", 2))
			return true;
	return false;
}

int latch_guard_way_open(struct latch_guarding *g, struct latch_error *err, const char *way, const char *fmt, ...)
{
	size_t used = strlen(g->record.seal.open_ways);
	char text[256], why[sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	latch_text_shown(text, "", why, sizeof(why)); /* a line of the record */
	if (is_noted(g->record.seal.open_ways, way))
		return 0;
	if (!(g->record.seal.flags & LATCH_SEAL_WEAK))
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is not sealed, a way would stay open: %s: %s (--weak seals it all the same)",
				  g->pindir, way, why);
	/* One that is left out would pass for closed. */
	if (used + strlen(way) + strlen(why) + 4 > sizeof(g->record.seal.open_ways))
		return latch_fail(err, -E2BIG, "%s is not sealed: more ways are open than its record has room for",
				  g->pindir);
	snprintf(g->record.seal.open_ways + used, sizeof(g->record.seal.open_ways) - used, "%s: %s\n", way, why);
	return 0;
}

int latch_ways_inherited(const char *name, int (*fn)(const char *way, const char *why, void *arg), void *arg,
			 struct latch_error *err)
{
	char first[LATCH_NAME_MAX], *way, *why, *next;
	struct latch_seal seal;
	int e = latch_sealed_name(0, first);

	if (e == -ENOENT)
		return 0;
	if (!e)
		e = latch_seal_read(first, &seal);
	if (e)
		return latch_fail(err, e, "%s is not sealed: what the guard does not close cannot be read: %s", name,
				  latch_pin_error(e));
	for (way = seal.open_ways; !e && *way; way = next) {
		next = strchrnul(way, '\n');
		if (*next)
			*next++ = '\0';
		why = strstr(way, ": ");
		if (!why)
			continue;
		*why = '\0';
		/* What lockdown leaves open is looked at anew. */
		if (strcmp(way, LATCH_LOCKDOWN) != 0 && !latch_feature_facts(way))
			e = fn(way, why + 2, arg);
	}
	return e;
}

struct inheriting {
	struct latch_guarding *g;
	struct latch_error *err;
};

static int inherit_one(const char *way, const char *why, void *arg)
{
	struct inheriting *i = arg;

	return latch_guard_way_open(i->g, i->err, way, "%s", why);
}

int latch_guard_inherit(struct latch_guarding *g, struct latch_error *err)
{
	struct inheriting i = { .g = g, .err = err };

	return latch_ways_inherited(g->pindir, inherit_one, &i, err);
}
