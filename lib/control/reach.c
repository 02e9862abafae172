// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that denies latch a step of unloading could be unloaded by nobody. Each step is tried
 * when a change comes into force, while it can still be taken back; what failed before it is not
 * held against it. That latch may be executed is not among them: a machine on which nobody executes
 * anything any more may be what is wanted.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "control/control.h"

static int try_read(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char first;

	return fd < 0 || read(fd, &first, 1) < 0 ? -errno : 0;
}

static int try_list(const char *unused)
{
	int e = latch_entries_each(AT_FDCWD, LATCH_ROOT, latch_entry_any, NULL);

	(void)unused;
	return e < 0 ? e : 0;
}

static int try_pin(const char *pindir)
{
	_cleanup_close_ int fd = pindir ? latch_pin_get(pindir, "", "info") : -1;

	return pindir && fd < 0 ? fd : 0;
}

/* No module has a name that begins with a digit. */
static const char *scratch(bool renamed, char *buf, size_t size)
{
	snprintf(buf, size, "%d~%d", renamed, getpid());
	return buf;
}

/* In what make_scratch() made. */
static int try_values(const char *unused)
{
	char name[32];
	_cleanup_close_ int fd = latch_pin_get(scratch(false, name, sizeof(name)), "", "info");
	uint32_t zero = 0, value = 0;

	(void)unused;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd; /* it was tried, and removed */
	return bpf_map_update_elem(fd, &zero, &value, BPF_ANY) || bpf_map_lookup_elem(fd, &zero, &value) ? -errno : 0;
}

static int try_privilege(const char *unused)
{
	struct latch_error why;
	int has = latch_capability(CAP_SYS_ADMIN, &why);

	(void)unused;
	return has < 0 ? has : has ? 0 : -EPERM;
}

/* Who holds it, this process or another, does not matter. */
static int try_lock(const char *unused)
{
	_cleanup_close_ int fd = open(LATCH_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)unused;
	return fd < 0 || (flock(fd, LOCK_SH | LOCK_NB) && errno != EWOULDBLOCK) ? -errno : 0;
}

static int try_ids(const char *unused)
{
	static int (*const next[])(uint32_t from, uint32_t * id) = { bpf_link_get_next_id, bpf_prog_get_next_id,
								     bpf_map_get_next_id };
	uint32_t id = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(next) / sizeof(*next); i++)
		if (next[i](0, &id) && errno != ENOENT)
			return -errno;
	return 0;
}

/* What the dynamic loader does before the first instruction of latch. */
static int try_mapping(const char *unused)
{
	_cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	int e = 0;

	(void)unused;
	if (at == MAP_FAILED)
		return -errno;
	if (mprotect(at, size, PROT_READ))
		e = -errno;
	munmap(at, size);
	return e;
}

/* Without a function, a path that is read. */
static const struct {
	const char *what;
	int (*try)(const char *pindir);
} steps[] = {
	{ "its own pins", try_pin },
	{ "to read and write values of maps", try_values },
	{ "to ask for its own capabilities", try_privilege },
	{ "to list what BPF has", try_ids },
	{ "to lock " LATCH_ROOT, try_lock },
	{ "to list " LATCH_ROOT, try_list },
	{ "to map /proc/self/exe", try_mapping },
	{ "/proc/self/exe", NULL },
	{ "/proc/sys/kernel/ftrace_enabled", NULL },
	{ "/sys/kernel/security/lsm", NULL },
	{ "/sys/kernel/btf/vmlinux", NULL },
};

_Static_assert(sizeof(steps) / sizeof(*steps) == LATCH_REACHES, "a result for each step");

static void try_steps(const char *pindir, int error[])
{
	for (size_t i = 0; i < LATCH_REACHES; i++)
		error[i] = steps[i].try ? steps[i].try(pindir) : try_read(steps[i].what);
}

/* What loading makes: a directory, and a pin in it. */
static int make_scratch(struct latch *l)
{
	_cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latch_reach", 4, 4, 1, NULL);
	char name[32];

	if (map < 0 || mkdirat(l->dir, scratch(false, name, sizeof(name)), 0700))
		return -errno;
	return latch_pin_put(map, name, "", "info");
}

/* And what unloading does with that. */
static int remove_scratch(struct latch *l)
{
	char from[32], to[32];
	int e;

	scratch(true, to, sizeof(to));
	if (renameat2(l->dir, scratch(false, from, sizeof(from)), l->dir, to, RENAME_NOREPLACE))
		return -errno;
	e = latch_pin_drop(to, "", "info");
	return e ? e : unlinkat(l->dir, to, AT_REMOVEDIR) ? -errno : 0;
}

void latch_reach_begin(struct latch_reach *before, struct latch *l, const char *pindir)
{
	before->l = l;
	before->gone = false;
	before->removal = make_scratch(l);
	try_steps(pindir, before->error);
}

int latch_reach_denied(const char *name, const char *what, struct latch_error *err)
{
	return latch_fail(err, -EKEYREJECTED, "%s: taken back: it denies latch itself (%s), so nobody could unload it",
			  name, what);
}

static int refuse(const char *name, const char *what, int code, struct latch_error *err)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(-code));
	return latch_reach_denied(name, text, err);
}

int latch_reach_refuse(struct latch_reach *before, const char *pindir, const char *name, struct latch_error *err)
{
	int now[LATCH_REACHES], e;

	try_steps(pindir, now);
	for (size_t i = 0; i < LATCH_REACHES; i++)
		if (now[i] && !before->error[i])
			return refuse(name, steps[i].what, now[i], err);
	if (before->removal)
		return 0;
	e = remove_scratch(before->l);
	before->removal = -ENOENT; /* once is enough */
	before->gone = !e;
	return e ? refuse(name, "to remove a pin directory", e, err) : 0;
}

void latch_reach_end(const struct latch_reach *before)
{
	char name[32];

	if (!before->l || before->gone)
		return;
	latch_pindir_remove(before->l, scratch(false, name, sizeof(name)));
	latch_pindir_remove(before->l, scratch(true, name, sizeof(name)));
}
