// SPDX-License-Identifier: GPL-2.0-only
/*
 * The census: who else has a hand on the programs and maps of a module, and of the guard.
 * Each map and program counts its references. Those that are known are expected: a
 * pin, a link, a program that uses the map, an iterator of it. One more is a descriptor,
 * a program or a map of maps of somebody's, and a seal would not hold against it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include "seal/sealing.h"
#include "seal/census.h"
#include "seal/census.skel.h"

#define SETTLE_MS 15000 /* the kernel lets go late of what died before */
#define SETTLE_STEP_MS 20

struct latch_census_taker {
	struct census_bpf *skel;
	struct bpf_link *maps, *progs, *links;
};

int latch_expect(struct latch_expected *x, uint32_t kind, uint32_t id, int references)
{
	struct latch_expected_one *grown;

	for (size_t i = 0; i < x->n; i++)
		if (x->list[i].kind == kind && x->list[i].id == id) {
			if (references == LATCH_ANY_REFERENCES || x->list[i].references == LATCH_ANY_REFERENCES)
				x->list[i].references = LATCH_ANY_REFERENCES;
			else
				x->list[i].references += references;
			return 0;
		}
	grown = reallocarray(x->list, x->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	x->list = grown;
	x->list[x->n++] = (struct latch_expected_one){ .kind = kind, .id = id, .references = references };
	return 0;
}

const struct latch_expected_one *latch_expected_find(const struct latch_expected *x, uint32_t kind, uint32_t id)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->list[i].kind == kind && x->list[i].id == id)
			return &x->list[i];
	return NULL;
}

static bool own(const struct latch_expected *x, uint64_t tag)
{
	for (size_t i = 0; i < x->ntags; i++)
		if (x->tags[i] == tag)
			return true;
	return false;
}

int latch_expect_tag(struct latch_expected *x, uint64_t tag)
{
	if (own(x, tag))
		return 0;
	if (x->ntags == sizeof(x->tags) / sizeof(*x->tags))
		return -E2BIG;
	x->tags[x->ntags++] = tag;
	return 0;
}

int latch_expect_prog(struct latch_expected *x, uint32_t id)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	uint32_t maps[64], len = sizeof(info);
	int e;

	if (fd < 0)
		return -errno;
	if (latch_expected_find(x, LATCH_KEPT_PROG, id))
		return 0;
	info.nr_map_ids = sizeof(maps) / sizeof(*maps);
	info.map_ids = (uint64_t)(uintptr_t)maps;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.nr_map_ids > sizeof(maps) / sizeof(*maps))
		return -E2BIG;
	e = latch_expect(x, LATCH_KEPT_PROG, id, 0);
	for (uint32_t i = 0; !e && i < info.nr_map_ids; i++)
		e = latch_expect(x, LATCH_KEPT_MAP, maps[i], 1);
	return e;
}

static int read_all(struct bpf_link *link, struct latch_census **list, size_t *n)
{
	_cleanup_close_ int fd = bpf_iter_create(bpf_link__fd(link));
	size_t used = 0, size = 0;
	char *buf = NULL, *grown;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		if (used == size) {
			grown = realloc(buf, size = size ? 2 * size : 1 << 14);
			if (!grown) {
				free(buf);
				return -ENOMEM;
			}
			buf = grown;
		}
		got = read(fd, buf + used, size - used);
		if (got < 0 && errno != EAGAIN && errno != EINTR) {
			got = -errno;
			free(buf);
			return (int)got;
		}
		used += got > 0 ? (size_t)got : 0;
	} while (got);
	*list = (struct latch_census *)buf;
	*n = used / sizeof(**list);
	return 0;
}

/* The census holds a reference of its own to what it looks at. */
static int compare(const struct latch_expected *x, uint32_t kind, const struct latch_census *list, size_t n,
		   struct latch_error *err)
{
	const char *what = kind == LATCH_KEPT_MAP ? "map" : "program";

	for (size_t i = 0; i < x->n; i++) {
		const struct latch_expected_one *one = &x->list[i];
		size_t at = 0;

		if (one->kind != kind)
			continue;
		while (at < n && list[at].id != one->id)
			at++;
		if (at == n)
			return latch_fail(err, -EBUSY, "%s %u is gone: somebody removed it", what, one->id);
		if (one->references != LATCH_ANY_REFERENCES && list[at].references - 1 != one->references)
			return latch_fail(err, -EBUSY,
					  "somebody has a hand on %s %u (%lld references, %d of them known): "
					  "`bpftool %s show id %u` and `fuser` may tell who",
					  what, one->id, (long long)list[at].references - 1, one->references,
					  kind == LATCH_KEPT_MAP ? "map" : "prog", one->id);
	}
	return 0;
}

/* What is loaded already that the guard would have refused. */
static int look_for_undoing(const struct latch_expected *x, const struct latch_census *list, size_t n,
			    struct latch_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct latch_census *p = &list[i];
		const struct latch_expected_one *hook;

		if (p->replaces)
			return latch_fail(err, -EBUSY,
					  "program %u could be put into the place of a function of the guard", p->id);
		if (p->target && latch_expected_find(x, LATCH_KEPT_PROG, p->target))
			return latch_fail(err, -EBUSY, "program %u is loaded to replace or to watch program %u", p->id,
					  p->target);
		if (p->attach_type == BPF_MODIFY_RETURN && latch_expected_find(x, LATCH_KEPT_FUNC, p->function))
			return latch_fail(err, -EBUSY, "program %u changes what a security hook returns", p->id);
		if (p->attach_type == BPF_TRACE_ITER &&
		    (p->access || latch_expected_find(x, LATCH_KEPT_FUNC, p->function)) && (p->maps || !own(x, p->tag)))
			return latch_fail(err, -EBUSY, "program %u could be put into the place of an iterator", p->id);
		if ((p->attach_type == BPF_LSM_MAC || p->attach_type == BPF_LSM_CGROUP) && !own(x, p->tag) &&
		    !latch_expected_find(x, LATCH_KEPT_PROG, p->id) &&
		    (hook = latch_expected_find(x, LATCH_KEPT_HOOK, p->function)) &&
		    hook->references & (p->attach_type == BPF_LSM_MAC ? LATCH_KEPT_ANY : LATCH_KEPT_CGROUP))
			return latch_fail(err, -EBUSY, "program %u could overrule the guard", p->id);
	}
	return 0;
}

static bool is_listed(const struct latch_census *list, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id)
			return true;
	return false;
}

/* Before the last seal of all: a program that is loaded and on no link can be attached after it. */
static int look_for_unlinked(const struct latch_expected *x, int unlinked, const struct latch_census *progs,
			     size_t nprogs, const struct latch_census *links, size_t nlinks, struct latch_error *err)
{
	for (size_t i = 0; i < nprogs; i++) {
		uint32_t id = progs[i].id;

		if (progs[i].type != BPF_PROG_TYPE_LSM || is_listed(links, nlinks, id) ||
		    latch_expected_find(x, LATCH_KEPT_PROG, id) || unlinked-- > 0)
			continue;
		return latch_fail(err, -EBUSY,
				  "an LSM program is loaded that is on no link, so that it could be attached after the "
				  "last seal: `bpftool prog` may tell which (%u, or one before it) and whose it is",
				  id);
	}
	return 0;
}

static int take(struct latch_census_taker *t, const struct latch_expected *x, int unlinked, struct latch_error *err)
{
	_cleanup_free_ struct latch_census *maps = NULL, *progs = NULL, *links = NULL;
	size_t nmaps, nprogs, nlinks;
	int e = read_all(t->maps, &maps, &nmaps);

	if (!e)
		e = read_all(t->progs, &progs, &nprogs);
	if (!e)
		e = read_all(t->links, &links, &nlinks);
	if (e)
		return latch_fail(err, e, "cannot count the references to maps and programs: %s", strerror(-e));
	if ((e = compare(x, LATCH_KEPT_MAP, maps, nmaps, err)) || (e = compare(x, LATCH_KEPT_PROG, progs, nprogs, err)))
		return e;
	e = look_for_undoing(x, progs, nprogs, err);
	return e || unlinked < 0 ? e : look_for_unlinked(x, unlinked, progs, nprogs, links, nlinks, err);
}

int latch_census_take(struct latch_census_taker *t, const struct latch_expected *x, int unlinked,
		      struct latch_error *err)
{
	int e = take(t, x, unlinked, err);

	for (int waited = 0; e == -EBUSY && waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
		usleep(SETTLE_STEP_MS * 1000);
		e = take(t, x, unlinked, err);
	}
	return e;
}

int latch_census_map(struct latch_census_taker *t, uint32_t id, struct latch_census *found)
{
	_cleanup_free_ struct latch_census *maps = NULL;
	size_t n;
	int e = read_all(t->maps, &maps, &n);

	for (size_t i = 0; !e && i < n; i++)
		if (maps[i].id == id) {
			*found = maps[i];
			return 0;
		}
	return e ? e : -ENOENT;
}

int latch_census_open(struct latch_census_taker **out, struct latch_error *err)
{
	struct latch_census_taker *t = calloc(1, sizeof(*t));
	int e = 0;

	if (!t)
		return latch_fail(err, -ENOMEM, "out of memory");
	latch_libbpf_capture();
	t->skel = census_bpf__open_and_load();
	if (!t->skel)
		e = -errno;
	if (!e && (!(t->maps = bpf_program__attach_iter(t->skel->progs.census_map, NULL)) ||
		   !(t->progs = bpf_program__attach_iter(t->skel->progs.census_prog, NULL)) ||
		   !(t->links = bpf_program__attach_iter(t->skel->progs.census_link, NULL))))
		e = -errno;
	if (e) {
		latch_census_close(t);
		return latch_fail_lines(err, e, "cannot load the census: %s%s%.1000s", strerror(-e),
					*latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
	}
	*out = t;
	return 0;
}

void latch_census_close(struct latch_census_taker *t)
{
	if (!t)
		return;
	bpf_link__destroy(t->maps);
	bpf_link__destroy(t->progs);
	bpf_link__destroy(t->links);
	census_bpf__destroy(t->skel);
	free(t);
}
