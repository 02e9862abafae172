// SPDX-License-Identifier: GPL-2.0-only
/* Denials and would-be denials as they happen: the event rings of the loaded modules. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include "loaded/loaded.h"

struct ring {
	struct latch_state *st;
	const struct watch *watch;
	struct latch_map count;
	uint64_t lost; /* that were told */
	int lock;
};

struct watch {
	latch_event_fn fn;
	latch_lost_fn lost;
	void *arg;
	struct ring_buffer *buffer;
	struct ring *rings[LATCH_HOOKS_MAX];
	size_t n;
};

static int on_event(void *arg, void *data, size_t size)
{
	struct ring *r = arg;

	return size < sizeof(struct latch_event) ? 0 : r->watch->fn(r->st->module, data, r->watch->arg);
}

/* A full ring drops the new, so what was read just now is followed by the gap. */
static int tell_lost(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct ring *r = w->rings[i];
		const struct latch_count *count = r->count.data;
		uint64_t lost = __atomic_load_n(&count->events_lost, __ATOMIC_RELAXED);
		int e = 0;

		if (lost != r->lost)
			e = w->lost(r->st->module, lost, w->arg);
		if (e)
			return e;
		r->lost = lost;
	}
	return 0;
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

static void free_ring(struct ring *r)
{
	latch_close_fd(&r->lock);
	if (r->count.data)
		latch_map_close(&r->count);
	latch_state_free(r->st);
	free(r);
}

static int add_ring(struct watch *w, struct ring *r, const char *name, const char *kind, struct latch_error *err)
{
	_cleanup_close_ int fd = latch_pin_get(name, kind, "events");
	int e = 0;

	if (fd < 0)
		return latch_fail(err, fd, "%s is damaged: its event ring cannot be opened: %s", name, strerror(-fd));
	if (w->buffer)
		e = ring_buffer__add(w->buffer, fd, on_event, r);
	else if (!(w->buffer = ring_buffer__new(fd, on_event, r, NULL)))
		e = -errno;
	return e ? latch_fail(err, e, "%s: cannot read its event ring: %s", name, strerror(-e)) : 0;
}

static int add(struct watch *w, struct latch *l, struct ring *r, const char *name, struct latch_error *err)
{
	int e = latch_state_read(l, name, &r->st, err);

	if (e)
		return e;
	if (!r->st->module->gated)
		return latch_fail(err, -EOPNOTSUPP, "%s is ungated (not made with the latch SDK): it reports nothing",
				  name);
	r->lock = lock_ring(l, name, err);
	if (r->lock < 0)
		return r->lock;
	e = latch_map_open(&r->count, name, "count", false);
	if (e) {
		r->count.data = NULL;
		return latch_fail(err, e, "%s is damaged: its counters cannot be read: %s", name, strerror(-e));
	}
	e = add_ring(w, r, name, "maps", err);
	return e || !r->st->sealed ? e : add_ring(w, r, name, "guard", err);
}

static int add_module(struct watch *w, struct latch *l, const char *name, struct latch_error *err)
{
	struct ring *r = calloc(1, sizeof(*r));
	int e;

	if (!r || w->n == LATCH_HOOKS_MAX) {
		free(r);
		return latch_fail(err, -ENOMEM, "too many modules to watch at once");
	}
	r->watch = w;
	r->lock = -1;
	e = add(w, l, r, name, err);
	if (e) {
		free_ring(r);
		return e;
	}
	w->rings[w->n++] = r;
	return 0;
}

static int add_all(struct watch *w, struct latch *l, struct latch_error *err)
{
	char **names;
	size_t n;
	int e = latch_state_names(l, &names, &n, err);

	for (size_t i = 0; !e && i < n; i++) {
		e = add_module(w, l, names[i], err);
		if (e == -EOPNOTSUPP)
			e = 0; /* ungated */
	}
	while (n)
		free(names[--n]);
	free(names);
	if (!e && !w->n)
		e = latch_fail(err, -ENOENT, "no module is loaded that reports anything: nothing to watch");
	return e;
}

int latch_watch(struct latch *l, const char *name, latch_event_fn fn, latch_lost_fn lost, void *arg,
		struct latch_error *err)
{
	struct watch w = { .fn = fn, .lost = lost, .arg = arg };
	int e = name ? add_module(&w, l, name, err) : add_all(&w, l, err);

	if (!e) {
		latch_close_fd(&l->dir); /* others may go on */
		l->dir = -1;
		/* What waits in the rings wakes nobody. */
		e = ring_buffer__consume(w.buffer);
		while (e >= 0 && !(e = tell_lost(&w)))
			e = ring_buffer__poll(w.buffer, -1);
		if (e == -EINTR)
			e = 0;
		if (e)
			latch_fail(err, e, "watching ended: %s", strerror(-e));
	}
	ring_buffer__free(w.buffer);
	while (w.n)
		free_ring(w.rings[--w.n]);
	return e;
}
