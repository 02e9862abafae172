// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening the latch directory, and clearing what a latch left that was killed: rooms that are no
 * module, trials that never began or are over, guards that were never armed, needless hooks.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "control/control.h"

/* A program attached to the root cgroup does not go with its pin. */
static int tidy_sysctl(const char *room)
{
	_cleanup_close_ int fd = latch_pin_get(room, "", "sysctl");
	int e;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	e = latch_cgroup_detach(fd, BPF_CGROUP_SYSCTL);
	return e && e != -ENOENT ? e : latch_pin_drop(room, "", "sysctl");
}

int latch_seal_tidy(struct latch *l, const char *room)
{
	char path[LATCH_NAME_MAX + 32];
	int e = tidy_sysctl(room);

	if (e)
		return e;

	snprintf(path, sizeof(path), "%s/guard", room);
	e = latch_room_remove(l, path);
	if (e)
		return e;
	snprintf(path, sizeof(path), "%s/view", room);
	return latch_room_remove(l, path);
}

/* A room that is not a whole module: half made or half removed, or its gate was never opened. */
static bool leftover(const char *name)
{
	struct latch_map gate;
	bool closed;

	struct latch_seal seal;

	if (strchr(name, '~'))
		return true;
	if (latch_seal_read(name, &seal) != -ENOENT)
		return false;
	if (latch_map_open(&gate, name, "gate", false))
		return false; /* ungated */
	closed = ((const struct latch_gate *)gate.data)->mode == LATCH_OFF;
	latch_map_close(&gate);
	return closed;
}

/*
 * What is left of a trial that is over, or that a killed latch never started, and hooks
 * that nothing needs: a killed latch attaches before it stores, and detaches after.
 */
static void tidy(struct latch *l, const char *name)
{
	struct latch_error unused;
	struct latch_trial trial;
	struct latch_seal seal;
	int e;

	if (latch_seal_read(name, &seal) != -ENOENT)
		return;
	latch_seal_tidy(l, name);
	/* One that cannot be read may still run. */
	e = latch_trial_read(name, &trial);
	if (e ? e != -ENOENT : trial.deadline && !trial.over)
		return;
	latch_trial_drop(name);
	latch_hooks_tidy(l, name, &unused);
}

static int remove_leftovers(struct latch *l, struct latch_error *err)
{
	int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	bool gone;
	int e = 0;

	if (!list) {
		e = -errno;
		latch_close_fd(&fd);
		return latch_fail_denied(err, e, LATCH_DENIED_FILE, LATCH_ROOT);
	}
	while (!e && (d = readdir(list))) {
		if (d->d_name[0] == '.')
			continue;
		if (!leftover(d->d_name)) {
			tidy(l, d->d_name);
			continue;
		}
		e = latch_room_end(l, d->d_name, &gone);
		l->leftovers++;
		if (!e)
			rewinddir(list);
	}
	if (e)
		latch_fail(err, e, "cannot remove " LATCH_ROOT "/%s, left by a latch that was killed: %s", d->d_name,
			   strerror(-e));
	closedir(list);
	return e;
}

int latch_open(struct latch **out, bool make, struct latch_error *err)
{
	struct latch *l;
	int e = latch_directory_open(&l, make, err);

	if (!e && l->dir >= 0)
		e = remove_leftovers(l, err);
	if (!e)
		e = latch_hidden_look(l, err);
	if (e) {
		latch_close(l);
		return e;
	}
	*out = l;
	return 0;
}
