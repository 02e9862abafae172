// SPDX-License-Identifier: GPL-2.0-only
/* Handing the links of a sealed module and of its guard to latch.ko, where that is loaded. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include "seal/sealing.h"

#define LINKS_MAX (LATCH_HOOKS_MAX + 32)

struct links {
	const char *pindir, *kind;
	int fd[LINKS_MAX];
	size_t n;
};

static int open_link(const char *name, void *arg)
{
	struct links *links = arg;
	int fd = links->n == LINKS_MAX ? -E2BIG : latch_pin_get(links->pindir, links->kind, name);

	if (fd < 0)
		return fd;
	links->fd[links->n++] = fd;
	return 0;
}

static int open_links(struct links *links, const char *kind)
{
	links->kind = kind;
	return latch_pins_each(links->pindir, kind, open_link, links);
}

int latch_hand_over(const char *pindir, struct latch_error *err)
{
	struct links links = { .pindir = pindir };
	int e;

	if (latch_hold_version() == -ENOENT)
		return -ENOENT;
	e = open_links(&links, "links");
	if (!e)
		e = open_links(&links, "guard");
	e = e ? latch_fail(err, e, "cannot open its links: %s", strerror(-e)) :
		latch_hold_links(links.fd, links.n, err);
	while (links.n)
		close(links.fd[--links.n]);
	return e;
}
