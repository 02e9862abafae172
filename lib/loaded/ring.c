// SPDX-License-Identifier: GPL-2.0-only
/* The event ring of a module, and of the guard. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "loaded/ring.h"

static int on_event(void *arg, void *data, size_t size)
{
	struct latch_ring *r = arg;
	struct latch_event event;

	if (size < sizeof(event))
		return 0;
	memcpy(&event, data, sizeof(event));
	latch_time_of_program(&event.time);
	return r->watcher->event(r->st->module, &event, r->watcher->arg);
}

/* The module watched that an attempt was on, or the first of them. */
static const struct latch_module *find_sealed(const struct latch_ring *r, uint32_t place)
{
	const struct latch_module *mod = NULL;
	char name[LATCH_NAME_MAX];

	if (place != LATCH_SEALS_ALL)
		return latch_sealed_name(place, name) ? NULL : r->find(name, r->find_arg);
	for (place = 0; !mod && !latch_sealed_name(place, name); place++)
		mod = r->find(name, r->find_arg);
	return mod;
}

static int on_attempt(void *arg, void *data, size_t size)
{
	struct latch_ring *r = arg;
	const struct latch_module *mod;
	struct latch_event event;

	if (size < sizeof(event))
		return 0;
	memcpy(&event, data, sizeof(event));
	latch_time_of_program(&event.time);
	mod = find_sealed(r, LATCH_ID_SEAL_PLACE(event.key.id));
	return mod ? r->watcher->event(mod, &event, r->watcher->arg) : 0;
}

/* A full ring drops the new, so what was read just now is followed by the gap. */
static int tell_lost(struct latch_ring *r)
{
	const struct latch_count *count = r->count.data;
	int e = latch_map_reread(&r->count);
	uint64_t lost;

	if (!count)
		return 0;
	lost = count->events_lost;
	if (!e && lost != r->lost)
		e = r->watcher->lost(r->st->module, lost, r->watcher->arg);
	if (!e)
		r->lost = lost;
	return e;
}

int latch_ring_read(struct latch_ring *r)
{
	int e = ring_buffer__consume(r->buffer);

	return e < 0 ? e : tell_lost(r);
}

int latch_ring_fd(const struct latch_ring *r)
{
	return ring_buffer__epoll_fd(r->buffer);
}

uint64_t latch_ring_pindir(const struct latch *l, const char *name)
{
	struct stat st;

	return l->dir < 0 || fstatat(l->dir, name, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_ino;
}

/* A ring has one reader's position: a second reader would take events away from the first. */
static int lock_ring(struct latch *l, const char *name, struct latch_error *err)
{
	char path[LATCH_NAME_MAX + 8];
	int fd;

	snprintf(path, sizeof(path), "%s/maps", name);
	fd = openat(l->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return latch_fail(err, -errno, "%s: %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		latch_close_fd(&fd);
		return latch_fail(err, -EBUSY, "%s is watched by another latch: only one can take its events", name);
	}
	return fd;
}

static int add(struct latch_ring *r, const char *name, ring_buffer_sample_fn fn, struct latch_error *err)
{
	_cleanup_close_ int fd = latch_pin_get(name, "maps", "events");

	if (fd < 0)
		return latch_fail(err, fd, "%s is damaged: its event ring cannot be opened: %s", name,
				  latch_pin_error(fd));
	r->buffer = ring_buffer__new(fd, fn, r, NULL);
	return r->buffer ? 0 : latch_fail(err, -errno, "%s: cannot read its event ring: %m", name);
}

static int take(struct latch_ring *r, struct latch *l, const char *name, struct latch_error *err)
{
	int e = latch_state_read(l, name, &r->st, err);

	if (e)
		return e;
	if (!r->st->module->gated)
		return latch_fail(err, -EOPNOTSUPP,
				  "%s is ungated (not made with the latch SDK): what it denies is not reported", name);
	r->pindir = latch_ring_pindir(l, name);
	r->lock = lock_ring(l, name, err);
	if (r->lock < 0)
		return r->lock;
	e = latch_map_open(&r->count, name, "count", sizeof(struct latch_count), false);
	if (e) {
		r->count.data = NULL;
		return latch_fail(err, e, "%s is damaged: its counters cannot be read: %s", name, latch_pin_error(e));
	}
	return add(r, name, on_event, err);
}

int latch_ring_open(struct latch_ring **out, struct latch *l, const char *name, const struct latch_watcher *watcher,
		    struct latch_error *err)
{
	struct latch_ring *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return latch_fail(err, -ENOMEM, "out of memory");
	r->watcher = watcher;
	r->lock = -1;
	e = take(r, l, name, err);
	if (e)
		latch_ring_close(r);
	else
		*out = r;
	return e;
}

int latch_ring_open_guard(struct latch_ring **out, struct latch *l, latch_ring_find_fn find, void *arg,
			  const struct latch_watcher *watcher, struct latch_error *err)
{
	struct latch_ring *r;
	int armed = latch_guard_armed(), e = 0;

	if (armed <= 0)
		return latch_fail(err, armed ? armed : -ENOENT, "what the guard says cannot be read: %s",
				  latch_pin_error(armed));
	r = calloc(1, sizeof(*r));
	if (!r)
		return latch_fail(err, -ENOMEM, "out of memory");
	r->watcher = watcher;
	r->count.fd = -1;
	r->find = find;
	r->find_arg = arg;
	r->lock = lock_ring(l, LATCH_GUARD_ROOM, err);
	if (r->lock < 0)
		e = r->lock == -EBUSY ? latch_fail(err, -EBUSY,
						   "another latch watches the attempts on all seals: only one can take "
						   "its events") :
					r->lock;
	if (!e)
		e = add(r, LATCH_GUARD_ROOM, on_attempt, err);
	if (e)
		latch_ring_close(r);
	else
		*out = r;
	return e;
}

void latch_ring_close(struct latch_ring *r)
{
	ring_buffer__free(r->buffer);
	latch_close_fd(&r->lock);
	if (r->count.data)
		latch_map_close(&r->count);
	latch_state_free(r->st);
	free(r);
}
