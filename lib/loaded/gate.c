// SPDX-License-Identifier: GPL-2.0-only
/* The gate of a module: one word that all its hooks read, and the modes it can hold. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "loaded/loaded.h"

static int map_fd(struct latch_map *m, const char *module, const char *map, bool write)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = latch_pin_get(module, "maps", map);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	m->size = info.value_size;
	m->data = mmap(NULL, m->size, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	return m->data == MAP_FAILED ? -errno : 0;
}

int latch_map_open(struct latch_map *m, const char *module, const char *map, size_t size, bool write)
{
	/* Of a sealed module, iterators are all there is, and what its guard says. */
	int e = write		      ? -ENOENT :
		!strcmp(map, "param") ? latch_sealed_param(module, &m->data, &m->size) :
					latch_iter_read(module, map, &m->data, &m->size);

	m->copy = !e;
	if (e == -ENOENT)
		e = map_fd(m, module, map, write);
	if (!e && m->size < size) {
		latch_map_close(m);
		e = -EBADMSG;
	}
	return e;
}

void latch_map_close(struct latch_map *m)
{
	if (m->copy)
		free(m->data);
	else
		munmap(m->data, m->size);
}

unsigned int latch_gate_mode(const struct latch_gate *gate)
{
	return __atomic_load_n(&gate->mode, __ATOMIC_ACQUIRE);
}

void latch_gate_store(struct latch_gate *gate, unsigned int mode)
{
	__atomic_store_n(&gate->mode, mode, __ATOMIC_SEQ_CST);
}

int latch_gate_close(const char *module)
{
	struct latch_map gate;
	int e = latch_map_open(&gate, module, "gate", sizeof(struct latch_gate), true);

	if (e)
		return e == -ENOENT ? 1 : e;
	latch_gate_store(gate.data, LATCH_OFF);
	latch_map_close(&gate);
	return 0;
}
