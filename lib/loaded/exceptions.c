// SPDX-License-Identifier: GPL-2.0-only
/* The exceptions of a loaded module: its map `allow`. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

static int by_feature(const void *a, const void *b)
{
	const struct latch_exception *x = a, *y = b;

	if (x->key.feature != y->key.feature)
		return x->key.feature < y->key.feature ? -1 : 1;
	if (x->key.kind != y->key.kind)
		return x->key.kind < y->key.kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int append(struct latch_module *mod, const struct latch_allow_key *key, const struct latch_allow *value)
{
	struct latch_exception ex = { .key = *key, .since = value->since };

	memcpy(ex.name, value->name, sizeof(ex.name));
	ex.name[sizeof(ex.name) - 1] = '\0';
	return latch_exception_append(mod, &ex);
}

static int read_map(struct latch_module *mod)
{
	_cleanup_close_ int fd = latch_pin_get(mod->name, "maps", "allow");
	struct latch_allow_key *last = NULL, key;
	struct latch_allow value;
	int e = fd < 0 ? fd : 0;

	/* Only latch removes entries, under the lock of its directory. */
	while (!e && !bpf_map_get_next_key(fd, last, &key)) {
		e = bpf_map_lookup_elem(fd, &key, &value) ? -errno : append(mod, &key, &value);
		last = &key;
	}
	return e ? e : errno == ENOENT ? 0 : -errno;
}

static int read_iter(struct latch_module *mod)
{
	_cleanup_free_ void *data = NULL;
	struct {
		struct latch_allow_key key;
		struct latch_allow value;
	} one;
	size_t size;
	int e = latch_iter_read(mod->name, "allow", &data, &size);

	if (!e && size % sizeof(one))
		e = -EBADMSG;
	for (size_t at = 0; !e && at + sizeof(one) <= size; at += sizeof(one)) {
		memcpy(&one, (char *)data + at, sizeof(one));
		e = append(mod, &one.key, &one.value);
	}
	return e;
}

int latch_exceptions_read(struct latch_module *mod, struct latch_error *err)
{
	struct latch_seal seal;
	int e = latch_seal_read(mod->name, &seal);

	if (!e)
		e = read_iter(mod);
	else if (e == -ENOENT)
		e = read_map(mod);
	if (e)
		return latch_fail_damaged(err, e, mod->name, "exceptions", e);
	if (mod->nexceptions)
		qsort(mod->exceptions, mod->nexceptions, sizeof(*mod->exceptions), by_feature);
	return 0;
}

int latch_exception_enter(int map, const struct latch_exception *ex)
{
	/* One that is put back, or carried over, was there before. */
	struct latch_allow value = { .since = ex->since.boot ? ex->since : latch_now() };

	memcpy(value.name, ex->name, sizeof(value.name));
	return bpf_map_update_elem(map, &ex->key, &value, BPF_ANY) ? -errno : 0;
}
