// SPDX-License-Identifier: GPL-2.0-only
/* The gate of a module: one word that all its hooks read, and the modes it can hold. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "loaded/loaded.h"

static const uint32_t zero;

static int copy_or_map(struct latch_map *m, const char *module, const char *map, bool write)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = latch_pin_get(module, "maps", map);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	m->size = info.value_size;
	m->mapped = info.map_flags & BPF_F_MMAPABLE;
	if (m->mapped) {
		m->data = mmap(NULL, m->size, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
		return m->data == MAP_FAILED ? -errno : 0;
	}
	m->data = calloc(1, m->size);
	if (!m->data)
		return -ENOMEM;
	m->fd = fd;
	fd = -1;
	return latch_map_reread(m);
}

int latch_map_reread(struct latch_map *m)
{
	return m->fd >= 0 && bpf_map_lookup_elem(m->fd, &zero, m->data) ? -errno : 0;
}

int latch_map_write(struct latch_map *m)
{
	return m->fd >= 0 && bpf_map_update_elem(m->fd, &zero, m->data, BPF_ANY) ? -errno : 0;
}

int latch_map_open(struct latch_map *m, const char *module, const char *map, size_t size, bool write)
{
	int e;

	*m = (struct latch_map){ .fd = -1 };
	/* Of a sealed module, iterators are all there is, and its record. */
	e = write		  ? -ENOENT :
	    !strcmp(map, "param") ? latch_sealed_param(module, &m->data, &m->size) :
				    latch_iter_read(module, map, &m->data, &m->size);
	if (e == -ENOENT)
		e = copy_or_map(m, module, map, write);
	if (!e && m->size < size)
		e = -EBADMSG;
	if (e)
		latch_map_close(m);
	return e;
}

void latch_map_close(struct latch_map *m)
{
	if (!m->mapped)
		free(m->data);
	else if (m->data != MAP_FAILED)
		munmap(m->data, m->size);
	latch_close_fd(&m->fd);
	*m = (struct latch_map){ .fd = -1 };
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

int latch_sealed_mode_store(const char *module, unsigned int mode)
{
	struct latch_map sealed;
	int e = latch_map_open(&sealed, module, "sealed", sizeof(struct latch_gate), true);

	if (e)
		return e;
	((struct latch_gate *)sealed.data)->mode = mode;
	e = latch_map_write(&sealed);
	latch_map_close(&sealed);
	return e;
}
