// SPDX-License-Identifier: GPL-2.0-only
/* A way that a seal cannot close on this kernel: it refuses the seal, or is written into a weak one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "seal/sealing.h"

int latch_guard_way_open(struct latch_guarding *g, struct latch_error *err, const char *way, const char *fmt, ...)
{
	size_t used = strlen(g->seal.open_ways);
	char text[256], why[sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	latch_text_shown(text, "", why, sizeof(why)); /* a line of the record */
	if (!(g->seal.flags & LATCH_SEAL_WEAK))
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is not sealed, a way would stay open: %s: %s (--weak seals it all the same)",
				  g->pindir, way, why);
	/* One that is left out would pass for closed. */
	if (used + strlen(way) + strlen(why) + 4 > sizeof(g->seal.open_ways))
		return latch_fail(err, -E2BIG, "%s is not sealed: more ways are open than its record has room for",
				  g->pindir);
	snprintf(g->seal.open_ways + used, sizeof(g->seal.open_ways) - used, "%s: %s\n", way, why);
	return 0;
}

int latch_way_denied_for_another(struct latch *l, const char *pindir, const char *way, struct latch_error *err)
{
	struct latch_seal seal;
	char **names;
	size_t n;
	int e = latch_state_names(l, &names, &n, err);

	while (n) {
		const char *name = names[--n];

		if (!e && strcmp(name, pindir) && !latch_seal_read(name, &seal) && !latch_seal_way_open(&seal, way))
			e = 1;
		free(names[n]);
	}
	free(names);
	return e;
}
