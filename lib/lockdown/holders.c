// SPDX-License-Identifier: GPL-2.0-only
/* Runs lib/lockdown/holders.bpf.c, which walks all processes. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include "lockdown/late.h"
#include "lockdown/holders.skel.h"

/* A read ends anywhere in a record. */
static int read_all(int iter, int (*fn)(const struct latch_holder *h, void *arg), void *arg)
{
	struct latch_holder h;
	size_t have = 0;
	int e = 0;

	while (!e) {
		ssize_t n = read(iter, (char *)&h + have, sizeof(h) - have);

		/* EAGAIN: so many were walked over that the kernel takes a breath. */
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return have ? -EBADMSG : 0;
		have += (size_t)n;
		if (have < sizeof(h))
			continue;
		have = 0;
		h.comm[sizeof(h.comm) - 1] = h.path[sizeof(h.path) - 1] = '\0';
		e = fn(&h, arg);
	}
	return e;
}

static int walk(struct bpf_program *prog, int (*fn)(const struct latch_holder *h, void *arg), void *arg)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	_cleanup_close_ int iter = -1;
	int e;

	if (!link)
		return -errno;
	iter = bpf_iter_create(bpf_link__fd(link));
	e = iter < 0 ? iter : read_all(iter, fn, arg);
	bpf_link__destroy(link);
	return e;
}

int latch_holders_each(int (*fn)(const struct latch_holder *h, void *arg), void *arg)
{
	struct holders_bpf *skel;
	struct bpf_program *prog;
	int e;

	latch_libbpf_capture();
	skel = holders_bpf__open_and_load();
	e = skel ? 0 : -errno;
	if (!e)
		bpf_object__for_each_program(prog, skel->obj) {
			e = walk(prog, fn, arg);
			if (e)
				break;
		}
	holders_bpf__destroy(skel);
	return e;
}
