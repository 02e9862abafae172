// SPDX-License-Identifier: GPL-2.0-only
/* Views: files in bpffs that read as the elements of a map. See bpf/view.bpf.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"
#include "view.skel.h"

static int attach(const struct view_bpf *skel, int map)
{
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)map };
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	int fd = bpf_link_create(bpf_program__fd(skel->progs.view), 0, BPF_TRACE_ITER, &opts);

	return fd < 0 ? -errno : fd;
}

static int pin(const struct view_bpf *skel, const char *room, const char *name, int map, struct latch_view *view)
{
	struct bpf_link_info link = { 0 };
	struct bpf_prog_info prog = { 0 };
	uint32_t len = sizeof(link);
	_cleanup_close_ int fd = attach(skel, map);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &link, &len))
		return -errno;
	len = sizeof(prog);
	if (bpf_obj_get_info_by_fd(bpf_program__fd(skel->progs.view), &prog, &len))
		return -errno;
	view->link = link.id;
	view->prog = prog.id;
	memcpy(&view->tag, prog.tag, sizeof(view->tag));
	view->function = prog.attach_btf_id;
	return latch_pin_put(fd, room, "view", name);
}

int latch_view_pin(const char *room, const char *name, int map, struct latch_view *view)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	struct view_bpf *skel;
	int e;

	if (bpf_obj_get_info_by_fd(map, &info, &len))
		return -errno;
	view->map = info.id;
	skel = view_bpf__open();
	if (!skel)
		return -errno;
	skel->rodata->key_size = info.type == BPF_MAP_TYPE_ARRAY ? 0 : info.key_size;
	skel->rodata->value_size = info.value_size;
	e = view_bpf__load(skel);
	if (!e)
		e = pin(skel, room, name, map, view);
	view_bpf__destroy(skel);
	return e;
}

int latch_view_read(const char *room, const char *name, void **data, size_t *size)
{
	char path[256];
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *buf = NULL;
	size_t room_left = 0, used = 0;
	ssize_t n;

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/view/%s", room, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	do {
		if (used == room_left) {
			char *grown = realloc(buf, room_left = room_left ? 2 * room_left : 1 << 16);

			if (!grown)
				return -ENOMEM;
			buf = grown;
		}
		n = read(fd, buf + used, room_left - used);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		used += n > 0 ? (size_t)n : 0;
	} while (n);
	*data = buf;
	*size = used;
	buf = NULL;
	return 0;
}
