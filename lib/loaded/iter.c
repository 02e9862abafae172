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

static int pin(const char *pindir, const struct latch_iter *iter, int prog)
{
	_cleanup_close_ int fd = attach(prog, iter->map);

	return fd < 0 ? fd : latch_pin_put(fd, pindir, "iter", iter->name);
}

static int identify(int prog, uint64_t *tag, uint32_t *function)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		return -errno;
	memcpy(tag, info.tag, sizeof(*tag));
	*function = info.attach_btf_id;
	return 0;
}

static int set_sizes(struct iter_bpf *skel, const struct latch_iter *iters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct bpf_map_info info = { 0 };
		uint32_t len = sizeof(info);

		if (bpf_obj_get_info_by_fd(iters[i].map, &info, &len))
			return -errno;
		skel->rodata->key_size[i] = info.type == BPF_MAP_TYPE_ARRAY ? 0 : info.key_size;
		skel->rodata->value_size[i] = info.value_size;
	}
	return 0;
}

/* All are loaded, those not needed too: the guard has to know what other seals will load. */
int latch_iters_pin(const char *pindir, const struct latch_iter *iters, size_t n, uint64_t *tags, uint32_t *function)
{
	struct iter_bpf *skel = iter_bpf__open();
	struct bpf_program *prog;
	size_t i = 0;
	int e;

	if (!skel)
		return -errno;
	e = set_sizes(skel, iters, n);
	if (!e)
		e = iter_bpf__load(skel);
	bpf_object__for_each_program(prog, skel->obj) {
		if (!e)
			e = identify(bpf_program__fd(prog), &tags[i], function);
		if (!e && i < n)
			e = pin(pindir, &iters[i], bpf_program__fd(prog));
		i++;
	}
	iter_bpf__destroy(skel);
	return e;
}

int latch_iter_read(const char *pindir, const char *name, void **data, size_t *size)
{
	char path[256];
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *buf = NULL;
	size_t space = 0, used = 0;
	ssize_t n;

	snprintf(path, sizeof(path), LATCH_ROOT "/%s/iter/%s", pindir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
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
	*data = buf;
	*size = used;
	buf = NULL;
	return 0;
}
