// SPDX-License-Identifier: GPL-2.0-only
/* Whether a module is sealed, as the guard says. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "loaded/loaded.h"

static const char *const rules[LATCH_RULES] = { LATCH_RULE_NAMES };

const char *latch_rule_name(uint32_t rule)
{
	return rule < LATCH_RULES ? rules[rule] : "unknown";
}

static uint32_t count(const struct latch_guard *g)
{
	return LATCH_GUARD_SEALS(g->now);
}

/* *g is the caller's to free. -ENOENT: no guard, or one without a seal. */
static int read_guard(struct latch_guard **g)
{
	_cleanup_free_ void *data = NULL;
	struct latch_guard *read;
	size_t size;
	int e = latch_iter_read(LATCH_GUARD_ROOM, "guard", &data, &size);

	if (e)
		return e == -ENOTDIR ? -ENOENT : e;
	read = data;
	if (size != sizeof(*read) || count(read) > LATCH_SEALS_MAX)
		return -EBADMSG;
	if (!count(read))
		return -ENOENT;
	for (uint32_t i = 0; i < count(read); i++)
		if (!memchr(read->seal[i].module, '\0', sizeof(read->seal[i].module)))
			return -EBADMSG;
	*g = read;
	data = NULL;
	return 0;
}

int latch_guard_flags(unsigned int *flags)
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(&g);

	if (!e)
		*flags = g->flags;
	return e;
}

int latch_guard_armed(void)
{
	unsigned int flags;
	int e = latch_guard_flags(&flags);

	return e == -ENOENT ? 0 : e ? e : 1;
}

int latch_sealed_read(const char *pindir, struct latch_seal_state *own)
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(&g);

	if (e)
		return e;
	for (uint32_t i = 0; i < count(g); i++)
		if (!strcmp(g->seal[i].module, pindir)) {
			*own = (struct latch_seal_state){ i, g->seal[i].flags, g->unlisted };
			return 0;
		}
	return -ENOENT;
}

int latch_sealed_name(uint32_t place, char name[LATCH_NAME_MAX])
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(&g);

	if (!e && place >= count(g))
		e = -ENOENT;
	if (!e)
		memcpy(name, g->seal[place].module, LATCH_NAME_MAX);
	return e;
}

/* The record of a sealed module; *r is the caller's to free. -ENOENT: not sealed. */
static int read_record(const char *pindir, struct latch_sealed **r, uint32_t *flags)
{
	_cleanup_free_ void *data = NULL;
	struct latch_seal_state own;
	struct latch_sealed *read;
	size_t size;
	int e = latch_sealed_read(pindir, &own);

	if (e)
		return e;
	e = latch_iter_read(pindir, "seal", &data, &size);
	if (e) /* the guard knows of it */
		return e == -ENOENT || e == -ENOTDIR ? -EBADMSG : e;
	read = data;
	if (size != sizeof(*read) || read->seal.abi != LATCH_ABI || read->param_size > sizeof(read->param))
		return -EBADMSG;
	*r = read;
	*flags = own.flags;
	data = NULL;
	return 0;
}

int latch_seal_read(const char *pindir, struct latch_seal *seal)
{
	_cleanup_free_ struct latch_sealed *r = NULL;
	uint32_t flags;
	int e = read_record(pindir, &r, &flags);

	if (e)
		return e;
	*seal = r->seal;
	seal->flags = flags;
	seal->open_ways[sizeof(seal->open_ways) - 1] = '\0';
	return 0;
}

int latch_sealed_param(const char *pindir, void **data, size_t *size)
{
	_cleanup_free_ struct latch_sealed *r = NULL;
	uint32_t flags;
	int e = read_record(pindir, &r, &flags);

	if (e)
		return e;
	*size = r->param_size;
	*data = malloc(r->param_size + 1);
	if (!*data)
		return -ENOMEM;
	memcpy(*data, r->param, r->param_size);
	return 0;
}

int latch_seal_last(char name[LATCH_NAME_MAX])
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(&g);

	if (e)
		return e;
	for (uint32_t i = 0; i < count(g); i++)
		if (g->seal[i].flags & LATCH_SEAL_LAST) {
			memcpy(name, g->seal[i].module, LATCH_NAME_MAX);
			return 0;
		}
	return -ENOENT;
}

const char *latch_remedy(const char *pindir, const char *remedy, char *buf, size_t size)
{
	struct latch_seal seal;

	if (latch_seal_read(pindir, &seal))
		return remedy;
	snprintf(buf, size, "%s is sealed, so that it stays as it is until the next boot", pindir);
	return buf;
}

const char *latch_seal_error(int code)
{
	return code == -EBADMSG ? "what the guard, or the record of the seal, is read by is not latch's, or somebody "
				  "entered a seal of that name into the guard" :
				  latch_pin_error(code);
}

int latch_seal_refuse(const char *pindir, struct latch_error *err)
{
	struct latch_seal seal;
	char since[32];
	int e = latch_seal_read(pindir, &seal);

	if (e == -ENOENT)
		return 0;
	if (e)
		return latch_fail(err, e, "%s: cannot read whether it is sealed: %s", pindir, latch_seal_error(e));
	return latch_fail(err, -EKEYREJECTED,
			  "%s is sealed since %s by uid %u (pid %u): it stays as it is until reboot", pindir,
			  latch_time_format(&seal.since, since, sizeof(since)), seal.uid, seal.pid);
}
