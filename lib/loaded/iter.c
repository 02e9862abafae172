// SPDX-License-Identifier: GPL-2.0-only
/* Iterators: files in bpffs that read as the elements of a map. See iter.bpf.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "loaded/guard_state.h"
#include "loaded/loaded.h"
#include "loaded/iter.skel.h"

static int attach(int prog, int map)
{
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)map };
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	int fd = bpf_link_create(prog, 0, BPF_TRACE_ITER, &opts);

	return fd < 0 ? -errno : fd;
}

static int read_tag(int prog, uint64_t *tag)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		return -errno;
	memcpy(tag, info.tag, sizeof(*tag));
	return 0;
}

static int pin(const char *pindir, const struct latch_iter *iter, const struct bpf_object *obj)
{
	const struct bpf_program *prog = bpf_object__find_program_by_name(obj, iter->name);
	_cleanup_close_ int fd = prog ? attach(bpf_program__fd(prog), iter->map) : -ENOENT;

	return fd < 0 ? fd : latch_pin_put(fd, pindir, "iter", iter->name);
}

static int read_tags(const struct iter_bpf *skel, uint64_t *tags)
{
	struct bpf_program *prog;
	int e = 0;

	bpf_object__for_each_program(prog, skel->obj)
		if (!e)
			e = read_tag(bpf_program__fd(prog), tags++);
	return e;
}

int latch_iters_tags(uint64_t *tags)
{
	struct iter_bpf *skel = iter_bpf__open_and_load();
	int e = skel ? read_tags(skel, tags) : -errno;

	iter_bpf__destroy(skel);
	return e;
}

/* All are loaded, those not needed too: the guard has to know what other seals will load. */
int latch_iters_pin(const char *pindir, const struct latch_iter *iters, size_t n, uint64_t *tags)
{
	struct iter_bpf *skel = iter_bpf__open_and_load();
	int e = skel ? read_tags(skel, tags) : -errno;

	for (size_t i = 0; i < n && !e; i++)
		e = pin(pindir, &iters[i], skel->obj);
	iter_bpf__destroy(skel);
	return e;
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
