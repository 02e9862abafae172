// SPDX-License-Identifier: GPL-2.0-only
/* Unloading: close the gate, drop every pin, wait until the kernel has let go. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

#define GONE_WAIT_MS 10000
#define GONE_STEP_MS 64 /* between two looks, at most: from 1 on each is twice the one before */

struct progs {
	uint32_t id[2 * LATCH_HOOKS_MAX];
	size_t n;
};

/* The ids of the programs behind the links, or behind the programs, of a room. */
static void collect(struct latch *l, const char *name, const char *kind, struct progs *progs)
{
	char path[LATCH_NAME_MAX + 16];
	struct dirent *d;
	DIR *list;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", name, kind);
	fd = openat(l->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	while (list && (d = readdir(list)) && progs->n < sizeof(progs->id) / sizeof(*progs->id)) {
		_cleanup_close_ int pin = d->d_name[0] == '.' ? -1 : latch_pin_get(name, kind, d->d_name);
		struct bpf_link_info link = { 0 };
		struct bpf_prog_info prog = { 0 };
		uint32_t len;

		if (pin < 0)
			continue;
		if (*kind == 'l') {
			len = sizeof(link);
			if (!bpf_obj_get_info_by_fd(pin, &link, &len))
				progs->id[progs->n++] = link.prog_id;
		} else {
			len = sizeof(prog);
			if (!bpf_obj_get_info_by_fd(pin, &prog, &len))
				progs->id[progs->n++] = prog.id;
		}
	}
	if (list)
		closedir(list);
}

/*
 * A link holds its program until it has been taken off the hook, so a program
 * that is gone is called no more. A link's own id goes too early to tell.
 */
static bool all_gone(const struct progs *progs)
{
	for (size_t i = 0; i < progs->n; i++) {
		_cleanup_close_ int fd = bpf_prog_get_fd_by_id(progs->id[i]);

		if (fd >= 0)
			return false;
	}
	return true;
}

int latch_room_end(struct latch *l, const char *name, bool *gone)
{
	struct progs progs = { .n = 0 };
	char room[LATCH_NAME_MAX + 16];
	int e;

	collect(l, name, "links", &progs);
	collect(l, name, "progs", &progs);
	if (!strchr(name, '~')) {
		snprintf(room, sizeof(room), "%s~%d", name, getpid());
		if (renameat2(l->dir, name, l->dir, room, RENAME_NOREPLACE))
			return -errno;
		name = room;
	}
	e = latch_room_remove(l, name);
	if (e)
		return e;
	*gone = all_gone(&progs);
	for (int waited = 0, step = 1; !*gone && waited < GONE_WAIT_MS; waited += step) {
		usleep(step * 1000);
		*gone = all_gone(&progs);
		if (step < GONE_STEP_MS)
			step *= 2;
	}
	return 0;
}

int latch_module_end(struct latch *l, const char *name, bool *gone, struct latch_error *err)
{
	int e = latch_gate_close(name);

	if (e)
		return latch_fail(err, e, "%s: cannot close its gate: %s", name, strerror(-e));
	e = latch_room_end(l, name, gone);
	latch_audit("unload", name, e);
	return e ? latch_fail(err, e, "%s: its gate is closed, but its room in " LATCH_ROOT " cannot be removed: %s",
			      name, strerror(-e)) :
		   0;
}

int latch_unload(struct latch *l, const char *name, bool *gone, struct latch_error *err)
{
	int e;

	if (!latch_name_ok(name))
		return latch_fail(err, -EINVAL, "`%s` is not a module's name", name);
	if (l->dir < 0 || faccessat(l->dir, name, F_OK, AT_SYMLINK_NOFOLLOW))
		return latch_fail(err, -ENOENT, "%s is not loaded: `latch list` shows what is", name);
	e = latch_seal_refuse(name, err);
	if (e)
		return e;
	e = latch_permanent_refuse(name, err);
	return e ? e : latch_module_end(l, name, gone, err);
}
