// SPDX-License-Identifier: GPL-2.0-only
/* Whether a module is sealed, as its guard says. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include "loaded/guard_state.h"
#include "loaded/loaded.h"

static const char *const rules[LATCH_RULES] = { LATCH_RULE_NAMES };

const char *latch_rule_name(uint32_t rule)
{
	return rule < LATCH_RULES ? rules[rule] : "unknown";
}

/* What the guard of a sealed module says; *g is the caller's to free. -ENOENT: not sealed. */
static int read_guard(const char *pindir, struct latch_guard **g)
{
	_cleanup_free_ void *data = NULL;
	struct latch_guard *read;
	size_t size;
	int e = latch_iter_read(pindir, "seal", &data, &size);

	if (e)
		return e == -ENOTDIR ? -ENOENT : e;
	if (size != sizeof(*read))
		return -EBADMSG;
	read = data;
	if (read->state != LATCH_GUARD_ARMED)
		return -ENOENT;
	if (strncmp(read->module, pindir, sizeof(read->module)) || read->param_size > sizeof(read->param))
		return -EBADMSG;
	*g = read;
	data = NULL;
	return 0;
}

int latch_seal_read(const char *pindir, struct latch_seal *seal)
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(pindir, &g);

	if (e)
		return e;
	*seal = g->seal;
	seal->open_ways[sizeof(seal->open_ways) - 1] = '\0';
	return 0;
}

int latch_sealed_unlisted(const char *pindir, uint64_t *n)
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(pindir, &g);

	if (!e)
		*n = g->unlisted;
	return e;
}

int latch_sealed_param(const char *pindir, void **data, size_t *size)
{
	_cleanup_free_ struct latch_guard *g = NULL;
	int e = read_guard(pindir, &g);

	if (e)
		return e;
	*size = g->param_size;
	*data = malloc(g->param_size + 1);
	if (!*data)
		return -ENOMEM;
	memcpy(*data, g->param, g->param_size);
	return 0;
}

static int is_last(int dir, const char *name, void *unused)
{
	struct latch_seal seal;

	(void)dir;
	(void)unused;
	return latch_name_ok(name) && !latch_seal_read(name, &seal) && seal.flags & LATCH_SEAL_LAST;
}

bool latch_seal_is_last(void)
{
	return latch_entries_each(AT_FDCWD, LATCH_ROOT, is_last, NULL) == 1;
}

bool latch_seal_way_open(const struct latch_seal *seal, const char *way)
{
	size_t len = strlen(way);
	const char *line = seal->open_ways;

	while (line) {
		if (!strncmp(line, way, len) && line[len] == ':')
			return true;
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return false;
}

int latch_seal_strictest(struct latch *l, unsigned int *tamper, struct latch_error *err)
{
	struct latch_seal seal;
	char **names;
	size_t n;
	int e = latch_state_names(l, &names, &n, err);

	*tamper = 0;
	for (size_t i = 0; !e && i < n; i++) {
		e = latch_seal_read(names[i], &seal);
		if (!e && (seal.flags & LATCH_SEAL_TAMPER) > *tamper)
			*tamper = seal.flags & LATCH_SEAL_TAMPER;
		if (e == -ENOENT)
			e = 0;
		else if (e)
			latch_fail(err, e, "%s: it cannot be read whether it is sealed: %s", names[i],
				   latch_pin_error(e));
	}
	while (n)
		free(names[--n]);
	free(names);
	return e;
}

const char *latch_remedy(const char *pindir, const char *remedy, char *buf, size_t size)
{
	struct latch_seal seal;

	if (latch_seal_read(pindir, &seal))
		return remedy;
	snprintf(buf, size, "%s is sealed, so that it stays as it is until the next boot", pindir);
	return buf;
}

int latch_seal_refuse(const char *pindir, struct latch_error *err)
{
	struct latch_seal seal;
	char since[32];
	int e = latch_seal_read(pindir, &seal);

	if (e == -ENOENT)
		return 0;
	if (e)
		return latch_fail(err, e, "%s: cannot read whether it is sealed: %s", pindir, latch_pin_error(e));
	return latch_fail(err, -EKEYREJECTED,
			  "%s is sealed since %s by uid %u (pid %u): it stays as it is until reboot", pindir,
			  latch_time_format(&seal.since, since, sizeof(since)), seal.uid, seal.pid);
}
