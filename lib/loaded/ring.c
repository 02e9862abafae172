// SPDX-License-Identifier: GPL-2.0-only
/* The event rings of one module. */
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

/* A full ring drops the new, so what was read just now is followed by the gap. */
static int tell_lost(struct latch_ring *r)
{
	const struct latch_count *count = r->count.data;
	int e = latch_map_reread(&r->count);
	uint64_t lost = count->events_lost;

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

static int add(struct latch_ring *r, const char *name, const char *kind, struct latch_error *err)
{
	_cleanup_close_ int fd = latch_pin_get(name, kind, "events");
	int e = 0;

	if (fd < 0)
		return latch_fail(err, fd, "%s is damaged: its event ring cannot be opened: %s", name,
				  latch_pin_error(fd));
	if (r->buffer)
		e = ring_buffer__add(r->buffer, fd, on_event, r);
	else if (!(r->buffer = ring_buffer__new(fd, on_event, r, NULL)))
		e = -errno;
	return e ? latch_fail(err, e, "%s: cannot read its event ring: %s", name, strerror(-e)) : 0;
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
	e = add(r, name, "maps", err);
	return e || !r->st->sealed ? e : add(r, name, "guard", err);
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

void latch_ring_close(struct latch_ring *r)
{
	ring_buffer__free(r->buffer);
	latch_close_fd(&r->lock);
	if (r->count.data)
		latch_map_close(&r->count);
	latch_state_free(r->st);
	free(r);
}
