// SPDX-License-Identifier: GPL-2.0-only
/*
 * Denials and would-be denials as they happen, over the life of modules: one that is loaded later
 * is watched too, and one that is unloaded no more. Each of these is a rename in the latch
 * directory, of which inotify tells.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include "loaded/ring.h"

#define RINGS_MAX 64
#define LOOK_MS 1000 /* between two looks for a latch directory, while there is none */

struct watch {
	const struct latch_watcher *watcher;
	const char *name; /* of the only module to watch; or NULL */
	struct latch_error *err;
	struct latch_ring *rings[RINGS_MAX];
	uint64_t silent[RINGS_MAX]; /* pin directories of modules that cannot be watched, and were told of */
	size_t n, nsilent;
	struct latch_ring *attempts; /* on seals; or NULL */
	bool attempts_told;	     /* that they cannot be watched */
	int inotify;		     /* of the latch directory; -1: that is not there */
	bool late;		     /* another latch was at work for so long that the next look comes later */
};

static int tell(struct watch *w, const char *name, enum latch_happening what, const char *why)
{
	return w->watcher->happened ? w->watcher->happened(name, what, why, w->watcher->arg) : 0;
}

static bool known(const struct watch *w, uint64_t pindir)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->rings[i]->pindir == pindir)
			return true;
	for (size_t i = 0; i < w->nsilent; i++)
		if (w->silent[i] == pindir)
			return true;
	return false;
}

/* first: when the watching begins, what cannot be watched is an error, but without a name an ungated module. */
static int add(struct watch *w, struct latch *l, const char *name, enum latch_happening what, bool first)
{
	struct latch_error why;
	int e = w->n == RINGS_MAX ? latch_fail(&why, -E2BIG, "too many modules to watch at once") :
				    latch_ring_open(&w->rings[w->n], l, name, w->watcher, &why);

	if (!e) {
		w->n++;
		e = first ? 0 : tell(w, name, what, NULL);
		/* What is in it wakes nobody. */
		return e ? e : latch_ring_read(w->rings[w->n - 1]);
	}
	if (first && (w->name || e != -EOPNOTSUPP))
		return latch_fail_lines(w->err, e, "%s", why.text);
	w->silent[w->nsilent++ % RINGS_MAX] = latch_ring_pindir(l, name);
	if (w->nsilent > RINGS_MAX)
		w->nsilent = RINGS_MAX;
	return tell(w, name, first ? LATCH_WATCH_PRESENT : what, why.text);
}

/* What it has reported until its end is given on before it is let go. */
static int drop_gone(struct watch *w, struct latch *l)
{
	for (size_t i = 0; i < w->n; i++) {
		struct latch_ring *r = w->rings[i];
		const char *name = r->st->module->name;
		uint64_t pindir = latch_ring_pindir(l, name);
		int e;

		if (pindir == r->pindir)
			continue;
		e = latch_ring_read(r);
		w->rings[i--] = w->rings[--w->n];
		if (!e)
			e = pindir ? add(w, l, name, LATCH_WATCH_REPLACED, false) :
				     tell(w, name, LATCH_WATCH_UNLOADED, NULL);
		latch_ring_close(r);
		if (e)
			return e;
	}
	return 0;
}

static int add_new(struct watch *w, struct latch *l, bool first)
{
	char **names;
	size_t n;
	int e;

	if (w->name)
		return first ? add(w, l, w->name, LATCH_WATCH_LOADED, true) : 0;
	e = latch_state_names(l, &names, &n, w->err);
	for (size_t i = 0; i < n; i++) {
		if (!e && !known(w, latch_ring_pindir(l, names[i])))
			e = add(w, l, names[i], LATCH_WATCH_LOADED, first);
		free(names[i]);
	}
	free(names);
	return e;
}

static const struct latch_module *find(const char *name, void *arg)
{
	const struct watch *w = arg;

	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->rings[i]->st->module->name, name))
			return w->rings[i]->st->module;
	return NULL;
}

/* From when there is a seal of what is watched. */
static int add_attempts(struct watch *w, struct latch *l)
{
	struct latch_seal_state own;
	struct latch_error why;
	int e;

	if (w->attempts || w->attempts_told || (w->name && latch_sealed_read(w->name, &own) == -ENOENT))
		return 0;
	e = latch_ring_open_guard(&w->attempts, l, find, w, w->watcher, &why);
	if (!e)
		return latch_ring_read(w->attempts);
	if (e == -ENOENT)
		return 0;
	w->attempts_told = true;
	return tell(w, w->name, LATCH_WATCH_SEALED, why.text);
}

/* Before anything is read of the directory, so that no change is missed. */
static void follow(struct watch *w)
{
	if (w->inotify >= 0)
		return;
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->inotify >= 0 &&
	    inotify_add_watch(w->inotify, LATCH_ROOT, IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF) < 0)
		latch_close_fd(&w->inotify), w->inotify = -1;
}

/* The directory went, by unmounting or with the last module: another may come. */
static void take_notice(struct watch *w)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool over = false;
	ssize_t n;

	while (w->inotify >= 0 && (n = read(w->inotify, buf, sizeof(buf))) > 0)
		for (char *at = buf; at < buf + n;) {
			const struct inotify_event *event = (void *)at;

			over |= event->mask & (IN_IGNORED | IN_UNMOUNT);
			at += sizeof(*event) + event->len;
		}
	if (over) {
		latch_close_fd(&w->inotify);
		w->inotify = -1;
	}
}

static int look(struct watch *w)
{
	struct latch *l;
	int e;

	take_notice(w);
	follow(w);
	e = latch_directory_open(&l, false, w->err);
	w->late = e == -EBUSY;
	if (!e)
		e = drop_gone(w, l);
	if (!e)
		e = add_new(w, l, false);
	if (!e)
		e = add_attempts(w, l);
	latch_close(l);
	return w->late ? 0 : e;
}

/* 1: nobody reads any more what is written. */
static int wait_for_more(struct watch *w, bool *changed)
{
	struct pollfd fds[RINGS_MAX + 3] = {
		{ .fd = w->watcher->out },
		{ .fd = w->inotify, .events = POLLIN },
	};
	int e;

	for (size_t i = 0; i < w->n; i++)
		fds[2 + i] = (struct pollfd){ .fd = latch_ring_fd(w->rings[i]), .events = POLLIN };
	fds[2 + w->n] = (struct pollfd){ .fd = w->attempts ? latch_ring_fd(w->attempts) : -1, .events = POLLIN };
	e = poll(fds, 3 + w->n, w->late || w->inotify < 0 ? LOOK_MS : -1);
	if (e < 0)
		return -errno;
	*changed = w->late || w->inotify < 0 || fds[1].revents;
	return fds[0].revents != 0;
}

static int watch(struct watch *w)
{
	bool changed = false;
	int e = 0;

	while (!e) {
		for (size_t i = 0; i < w->n && !e; i++)
			e = latch_ring_read(w->rings[i]);
		if (!e && w->attempts)
			e = latch_ring_read(w->attempts);
		if (!e && changed)
			e = look(w);
		if (e || (w->name && !w->n))
			break;
		e = wait_for_more(w, &changed);
	}
	return e;
}

int latch_watch(struct latch *l, const char *name, const struct latch_watcher *watcher, struct latch_error *err)
{
	struct watch w = { .watcher = watcher, .name = name, .err = err, .inotify = -1 };
	int e;

	err->text[0] = '\0';
	follow(&w);
	e = add_new(&w, l, true);
	if (!e)
		e = add_attempts(&w, l);
	if (!e && !w.n)
		e = tell(&w, NULL, LATCH_WATCH_WAITING, NULL);
	latch_close_fd(&l->dir); /* others may go on */
	l->dir = -1;
	if (!e)
		e = watch(&w);
	if (e == 1 || e == -EINTR || e == -EPIPE)
		e = 0;
	if (e && !*err->text)
		latch_fail(err, e, "watching ended: %s", strerror(-e));
	while (w.n)
		latch_ring_close(w.rings[--w.n]);
	if (w.attempts)
		latch_ring_close(w.attempts);
	latch_close_fd(&w.inotify);
	return e;
}
