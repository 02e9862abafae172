// SPDX-License-Identifier: GPL-2.0-only
/* Handing the links of a sealed module and of the guard to latch.ko, where that is loaded. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include "seal/sealing.h"

#define LINKS_MAX (LATCH_HOOKS_MAX + 32)

struct links {
	const char *room;
	int fd[LINKS_MAX];
	size_t n;
};

static int open_link(const char *name, void *arg)
{
	struct links *links = arg;
	int fd = links->n == LINKS_MAX ? -E2BIG : latch_pin_get(links->room, "links", name);

	if (fd < 0)
		return fd;
	links->fd[links->n++] = fd;
	return 0;
}

static int open_links(struct links *links, const char *room)
{
	links->room = room;
	return latch_pins_each(room, "links", open_link, links);
}

int latch_hand_over(const char *pindir, struct latch_error *err)
{
	struct links links = { 0 };
	int e;

	if (latch_hold_version() == -ENOENT)
		return -ENOENT;
	e = open_links(&links, pindir);
	if (!e)
		e = open_links(&links, LATCH_GUARD_ROOM);
	e = e ? latch_fail(err, e, "cannot open its links: %s", strerror(-e)) :
		latch_hold_links(links.fd, links.n, err);
	while (links.n)
		close(links.fd[--links.n]);
	return e;
}
