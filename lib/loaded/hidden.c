// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules in force of which the latch directory shows nothing: bpffs was moved, something
 * is mounted over it, or the pins of one that is not sealed were removed while somebody holds
 * its links. The kernel lists the ids of all links. The guard says of those
 * it keeps that they are not there, which gives it away; each such question is recorded, so
 * none is asked where a seal is to be seen. What cannot be looked at is an error: nobody is to
 * hide a module by denying the question.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "loaded/loaded.h"

#define GOING_LOOKS 25 /* at a link, before it is not just going */
#define GOING_STEP_MS 20

/* What the latch directory shows. */
struct shown {
	bool covered; /* a pin directory, by a mount */
	bool module;
	int seal; /* 1, 0, or negative errno: the guard cannot be read */
};

/* Whether the link is on an LSM hook, with a program that was made with the SDK. */
static int is_latchs(int fd)
{
	struct bpf_prog_info prog = { 0 };
	struct bpf_link_info link = { 0 };
	uint32_t len = sizeof(link);
	_cleanup_close_ int prog_fd = -1;

	if (bpf_obj_get_info_by_fd(fd, &link, &len))
		return -errno;
	if (link.type != BPF_LINK_TYPE_TRACING)
		return 0;
	prog_fd = bpf_prog_get_fd_by_id(link.prog_id);
	len = sizeof(prog);
	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &prog, &len))
		return -errno;
	return prog.type == BPF_PROG_TYPE_LSM && !strncmp(prog.name, "latch_", 6);
}

/* Whether it stays, kept by the guard, or latch's own where no module is to be seen. */
static int is_hidden(uint32_t id, const struct shown *shown)
{
	uint32_t next;

	for (int look = 0; look < GOING_LOOKS; look++) {
		_cleanup_close_ int fd = bpf_link_get_fd_by_id(id);
		int e = fd >= 0 ? (shown->module ? 0 : is_latchs(fd)) : errno == ENOENT ? 1 : -errno;

		if (e <= 0)
			return e;
		if (bpf_link_get_next_id(id - 1, &next))
			return errno == ENOENT ? 0 : -errno;
		if (next != id)
			return 0;
		usleep(GOING_STEP_MS * 1000);
	}
	return 1;
}

static int any_link_hidden(const struct shown *shown)
{
	uint32_t id = 0;
	int e = 0;

	while (!e && !bpf_link_get_next_id(id, &id))
		e = is_hidden(id, shown);
	return e ? e : errno == ENOENT ? 0 : -errno;
}

static int look_at_pindir(int root, const char *name, void *arg)
{
	struct shown *shown = arg;
	_cleanup_close_ int pindir = latch_open_below(root, name, O_PATH);

	if (!strcmp(name, LATCH_GUARD_ROOM))
		shown->seal = latch_guard_armed();
	else
		shown->module = true;
	shown->covered |= pindir == -EXDEV;
	return 0;
}

/* Where nothing is to be seen, whether that is the kernel's own word. */
static void doubt(struct latch *l)
{
	char function[128];
	int r;

	for (int look = 0; (r = latch_bpf_diverted(function, sizeof(function))) > 0 && look < GOING_LOOKS; look++)
		usleep(GOING_STEP_MS * 1000);
	if (r > 0)
		snprintf(l->doubt, sizeof(l->doubt),
			 "whether a module is in force is not known: a program, a probe or a livepatch is on "
			 "%s, by which the kernel answers latch (`grep _bpf enabled_functions` in tracefs)",
			 function);
	else if (r)
		snprintf(l->doubt, sizeof(l->doubt),
			 "whether a module is in force is not known: what stands on bpf(2) cannot be looked at in "
			 "tracefs: %s",
			 strerror(-r));
}

int latch_hidden_look(struct latch *l, struct latch_error *err)
{
	struct shown shown = { 0 };
	int e = l->dir < 0 ? 0 : latch_entries_each(l->dir, ".", look_at_pindir, &shown);

	if (e)
		return latch_fail_denied(err, e, LATCH_DENIED_FILE, LATCH_ROOT);
	l->covered |= shown.covered;
	e = l->covered ? 1 : shown.seal ? 0 : any_link_hidden(&shown);
	l->hidden = e > 0;
	if (!e && shown.seal < 0)
		snprintf(l->doubt, sizeof(l->doubt),
			 "which modules are sealed is not known: the guard cannot be read: %s",
			 latch_seal_error(shown.seal));
	else if (!e && !shown.module)
		doubt(l);
	return e < 0 ? latch_fail_denied(err, e, LATCH_DENIED_BPF,
					 "cannot tell whether a module is hidden: the kernel's BPF links") :
		       0;
}

const char *latch_hidden_text(const struct latch *l)
{
	if (!l->hidden)
		return l->doubt;
	return l->covered ? "something is mounted over " LATCH_ROOT " or a directory in it (`findmnt -R " LATCH_BPFFS
			    "` shows what), so that what is in force there is not seen" :
			    "a module is in force of which " LATCH_ROOT " shows nothing: bpffs was moved, something is "
			    "mounted over it (`findmnt -R /sys`, `findmnt -t bpf`), or its pins were removed while "
			    "somebody holds its links";
}

int latch_hidden_refuse(const struct latch *l, struct latch_error *err)
{
	return l->hidden ?
		       latch_fail(err, -EKEYREJECTED, "nothing is loaded or sealed while %s", latch_hidden_text(l)) :
		       0;
}

bool latch_hidden(const struct latch *l)
{
	return l->hidden || *l->doubt;
}

bool latch_hidden_known(const struct latch *l)
{
	return !*l->doubt;
}
