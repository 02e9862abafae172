// SPDX-License-Identifier: GPL-2.0-only
/* Handing the links of a sealed module and of its guard to latch.ko, where that is loaded. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

#define LINKS_MAX (LATCH_HOOKS_MAX + 32)

struct links {
	int fd[LINKS_MAX];
	size_t n;
};

static int open_links(const char *room, const char *kind, struct links *links)
{
	char path[256];
	struct dirent *d;
	int e = 0;
	DIR *list;

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/%s", room, kind);
	list = opendir(path);
	if (!list)
		return -errno;
	while (!e && (d = readdir(list))) {
		if (d->d_name[0] == '.' || !strcmp(d->d_name, "events"))
			continue;
		if (links->n == LINKS_MAX)
			e = -E2BIG;
		else if ((links->fd[links->n] = latch_pin_get(room, kind, d->d_name)) < 0)
			e = links->fd[links->n];
		else
			links->n++;
	}
	closedir(list);
	return e;
}

int latch_hand_over(const char *room, struct latch_error *err)
{
	struct links links = { .n = 0 };
	int e;

	if (latch_hold_version() == -ENOENT)
		return -ENOENT;
	e = open_links(room, "links", &links);
	if (!e)
		e = open_links(room, "guard", &links);
	e = e ? latch_fail(err, e, "cannot open its links: %s", strerror(-e)) :
		latch_hold_links(links.fd, links.n, err);
	while (links.n)
		close(links.fd[--links.n]);
	return e;
}
