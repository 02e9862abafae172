// SPDX-License-Identifier: GPL-2.0-only
/* What a module denied or would have denied: its tally. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

static int by_first(const void *a, const void *b)
{
	uint64_t x = ((const struct latch_record *)a)->tally.first.boot;
	uint64_t y = ((const struct latch_record *)b)->tally.first.boot;

	return x < y ? -1 : x > y;
}

/* Opens a map of a loaded, gated module. */
static int open_map(const struct latch_state *st, const char *name, const char *map, struct latch_error *err)
{
	int fd;

	if (!st->module->gated)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is ungated (not made with the latch SDK): what it denies is not recorded", name);
	fd = latch_pin_get(name, "maps", map);
	return fd < 0 ? latch_fail(err, fd, "%s is damaged: its map %s cannot be opened: %s", name, map,
				   latch_pin_error(fd)) :
			fd;
}

/* Adds what an iterator shows: keys and values, one behind the other. */
static int read_iter(const char *name, const char *iter, struct latch_record **records, size_t *n)
{
	_cleanup_free_ void *data = NULL;
	struct latch_record *r;
	size_t size, more;
	const char *at;
	int e = latch_iter_read(name, iter, &data, &size);

	if (e)
		return e;
	if (size % (sizeof(r->key) + sizeof(r->tally)))
		return -EBADMSG;
	at = data;
	more = size / (sizeof(r->key) + sizeof(r->tally));
	r = reallocarray(*records, *n + more + 1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	*records = r;
	for (r += *n, *n += more; more--; r++) {
		memcpy(&r->key, at, sizeof(r->key));
		at += sizeof(r->key);
		memcpy(&r->tally, at, sizeof(r->tally));
		at += sizeof(r->tally);
	}
	return 0;
}

static int read_map(const struct latch_state *st, const char *name, struct latch_record **records, size_t *n,
		    struct latch_error *err)
{
	_cleanup_close_ int fd = open_map(st, name, "tally", err);
	struct latch_tally_key *last = NULL, key;
	struct latch_record *r;

	if (fd < 0)
		return fd;
	/* Entries are never removed, so no step can fall back to the start. */
	while (!bpf_map_get_next_key(fd, last, &key)) {
		r = reallocarray(*records, *n + 1, sizeof(*r));
		if (!r) {
			free(*records);
			*records = NULL;
			return latch_fail(err, -ENOMEM, "out of memory");
		}
		*records = r;
		r += *n;
		r->key = key;
		if (!bpf_map_lookup_elem(fd, &key, &r->tally))
			(*n)++;
		last = &key;
	}
	return errno == ENOENT ? 0 : latch_fail(err, -errno, "%s: cannot read its tally to the end: %m", name);
}

/* Of the attempts that the guard recorded, those on this seal, and on all. */
static int read_attempts(const char *name, struct latch_record **records, size_t *n)
{
	struct latch_seal_state own;
	size_t kept = 0;
	int e = latch_sealed_read(name, &own);

	if (!e)
		e = read_iter(LATCH_GUARD_ROOM, "attempts", records, n);
	for (size_t i = 0; !e && i < *n; i++) {
		uint32_t place = LATCH_ID_SEAL_PLACE((*records)[i].key.id);

		if (place == own.place || place == LATCH_SEALS_ALL)
			(*records)[kept++] = (*records)[i];
	}
	*n = kept;
	return e;
}

int latch_tally_read(struct latch *l, const char *name, struct latch_record **records, size_t *n,
		     struct latch_error *err)
{
	struct latch_state *st;
	int e = latch_state_read(l, name, &st, err);

	*records = NULL;
	*n = 0;
	if (e)
		return e;
	if (!st->sealed) {
		e = read_map(st, name, records, n, err);
	} else {
		e = read_attempts(name, records, n);
		/* Of a module without the SDK, attempts are all there is. */
		if (!e && st->module->gated)
			e = read_iter(name, "tally", records, n);
		if (e)
			latch_fail(err, e, "%s: cannot read its tally: %s", name, latch_pin_error(e));
	}
	latch_state_free(st);
	if (e) {
		free(*records);
		*records = NULL;
		return e;
	}
	for (size_t i = 0; i < *n; i++) {
		latch_time_of_program(&(*records)[i].tally.first);
		latch_time_of_program(&(*records)[i].tally.last);
	}
	if (*n)
		qsort(*records, *n, sizeof(**records), by_first);
	return 0;
}

const char *latch_id_name(const struct latch_module *mod, uint32_t id)
{
	if (id & LATCH_ID_FEATURE) {
		for (size_t i = 0; i < mod->nparams; i++)
			if (mod->params[i].type == LATCH_TYPE_MODE &&
			    mod->params[i].feature == (id & ~LATCH_ID_FEATURE))
				return mod->params[i].name;
		return "unknown";
	}
	if (id & LATCH_ID_SEAL)
		return latch_rule_name(id & ((1u << LATCH_ID_SEAL_SHIFT) - 1));
	for (size_t i = 0; i < mod->nhooks; i++)
		if (mod->hooks[i].number == id)
			return mod->hooks[i].name;
	return "unknown";
}
