// SPDX-License-Identifier: GPL-2.0-only
/* Views: files in bpffs that read as the elements of a map, by an iterator. See iter.bpf.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"
#include "loaded/iter.skel.h"

/* All are loaded: the guard has to know each program that it lets through later. */
int latch_views_each(int (*fn)(const char *name, int prog, void *arg), void *arg)
{
	struct iter_bpf *skel = iter_bpf__open_and_load();
	struct bpf_program *prog;
	int e = skel ? 0 : -errno;

	if (e)
		return e;
	bpf_object__for_each_program(prog, skel->obj)
		if (!e)
			e = fn(bpf_program__name(prog), bpf_program__fd(prog), arg);
	iter_bpf__destroy(skel);
	return e;
}

static int read_tag(const char *name, int prog, void *to)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	uint64_t **tag = to;

	(void)name;
	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		return -errno;
	memcpy((*tag)++, info.tag, sizeof(**tag));
	return 0;
}

int latch_views_tags(uint64_t *tags)
{
	return latch_views_each(read_tag, &tags);
}

struct bpf_object *latch_views_open(void)
{
	size_t size;
	const void *elf = iter_bpf__elf_bytes(&size);

	return bpf_object__open_mem(elf, size, NULL);
}

int latch_view_make(const char *room, const char *name, int map)
{
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)map };
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	_cleanup_close_ int prog = latch_pin_get(LATCH_GUARD_ROOM, "views", name);
	_cleanup_close_ int link = prog < 0 ? prog : bpf_link_create(prog, 0, BPF_TRACE_ITER, &opts);

	if (link < 0)
		return prog < 0 ? prog : -errno;
	return latch_pin_put(link, room, "iter", name);
}

static const struct {
	const char *name;
	size_t size; /* of an element behind its mark, bytes */
} views[] = {
#define VIEW(name_, key_size, value_size) [LATCH_VIEW_##name_] = { #name_, (key_size) + (value_size) },
	LATCH_VIEWS(VIEW)
#undef VIEW
};

/* Takes the marks out. -EBADMSG: some other program than the view's own wrote that. */
static int take_marks(const char *name, char *data, size_t *size)
{
	size_t view = 0, element;
	char *to = data;

	while (view < LATCH_ITERS && strcmp(views[view].name, name))
		view++;
	if (view == LATCH_ITERS)
		return -EINVAL;
	element = views[view].size;
	if (*size % (sizeof(uint64_t) + element))
		return -EBADMSG;
	for (const char *at = data; at < data + *size; at += sizeof(uint64_t) + element, to += element) {
		uint64_t mark;

		memcpy(&mark, at, sizeof(mark));
		if (mark != LATCH_VIEW_MARK(view))
			return -EBADMSG;
		memmove(to, at + sizeof(mark), element);
	}
	*size = (size_t)(to - data);
	return 0;
}

int latch_iter_read(const char *pindir, const char *name, void **data, size_t *size)
{
	_cleanup_close_ int fd = latch_pin_open(pindir, "iter", name, O_RDONLY);
	_cleanup_free_ char *buf = NULL;
	size_t space = 0, used = 0;
	ssize_t n;
	int e;

	if (fd < 0)
		return fd;
	do {
		if (used == space) {
			char *grown = realloc(buf, space = space ? 2 * space : 1 << 16);

			if (!grown)
				return -ENOMEM;
			buf = grown;
		}
		n = read(fd, buf + used, space - used);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		used += n > 0 ? (size_t)n : 0;
	} while (n);
	e = take_marks(name, buf, &used);
	if (e)
		return e;
	*data = buf;
	*size = used;
	buf = NULL;
	return 0;
}
