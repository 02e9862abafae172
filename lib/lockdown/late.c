// SPDX-License-Identifier: GPL-2.0-only
/*
 * What enforcing a feature now does not take back: whoever opened something before
 * still holds it. A name proves nothing: a device is known by its number, a file of the
 * kernel by its file system, wherever that is mounted.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "loaded/guard_state.h"
#include "lockdown/late.h"

#define MAJOR(dev) ((dev) >> 20)
#define MINOR(dev) ((dev)&0xfffff)

/* Given out once and for all: Documentation/admin-guide/devices.txt. */
static const struct {
	uint32_t major, minor;
	const char *feature;
} numbers[] = {
	{ 1, 1, "dev_mem" },	    /* /dev/mem */
	{ 1, 2, "dev_mem" },	    /* /dev/kmem */
	{ 1, 4, "dev_mem" },	    /* /dev/port */
	{ 10, 231, "hibernation" }, /* /dev/snapshot: asked when it is opened, not when it restores */
};

/* Given out at run time: known by what sysfs calls them. name NULL: all of that class. */
static const struct {
	const char *class, *name, *feature;
	bool mapped; /* it matters only when it is: each mapping is asked for */
} classes[] = {
	{ "vfio", NULL, "dma", false },	  { "vfio-dev", NULL, "dma", false }, { "uio", NULL, "dma", true },
	{ "misc", "vfio", "dma", false }, { "misc", "iommu", "dma", false },  { "misc", "efi_test", "efi_test", false },
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *device_feature(uint32_t dev, bool mapped)
{
	char path[64], device[256], class[256];
	ssize_t n;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (numbers[i].major == MAJOR(dev) && numbers[i].minor == MINOR(dev))
			return numbers[i].feature;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", MAJOR(dev), MINOR(dev));
	n = readlink(path, device, sizeof(device) - 1);
	if (n <= 0)
		return NULL; /* gone, and its open files are dead, or it never had a class */
	device[n] = '\0';
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", MAJOR(dev), MINOR(dev));
	n = readlink(path, class, sizeof(class) - 1);
	class[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (!strcmp(classes[i].class, last_part(class)) && mapped >= classes[i].mapped &&
		    (!classes[i].name || !strcmp(classes[i].name, last_part(device))))
			return classes[i].feature;
	return NULL;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* A file whose path cannot be read is taken for the worst that there is in its file system. */
static const char *file_feature(const struct latch_holder *h)
{
	const char *name = h->path_size > 0 ? last_part(h->path) : NULL;
	bool mapped = h->kind == LATCH_HOLDS_MAP;

	switch (h->magic) {
	case PROC_SUPER_MAGIC:
		if (mapped) /* /proc/bus/pci/BB/DD.F; nothing else there can be */
			return name && begins(name, "vmcore") ? NULL : "pci_access";
		return !name || !strcmp(name, "kcore") || begins(name, "kcore ") ? "kcore" : NULL;
	case SYSFS_MAGIC: /* a BAR; each read and write of it is asked for, and each mapping once */
		return mapped && (!name || (begins(name, "resource") && isdigit((unsigned char)name[8]))) ?
			       "pci_access" :
			       NULL;
	case DEBUGFS_MAGIC: /* what the kernel exempts when it is opened, and directories, are not held */
		return S_ISREG(h->mode) && (h->writable || h->mode & 07777 & ~0444) ? "debugfs" : NULL;
	case TRACEFS_MAGIC:
		return S_ISREG(h->mode) ? "tracefs" : NULL;
	case ANON_INODE_FS_MAGIC:
		if (!name || begins(h->path, "anon_inode:[vfio-device]"))
			return "dma";
		return begins(h->path, "anon_inode:[perf_event]") ? "perf" : NULL;
	}
	return NULL;
}

struct looking {
	struct latch_findings *f;
	struct latch_unopened writers;
	bool own_read;
	uint64_t own[LATCH_ITERS]; /* tags; zeros: they cannot be loaded now, and are told of as anybody's */
};

/* What is sealed is shown by some of latch's own. */
static int report_writer(const struct latch_holder *h, struct looking *l)
{
	uint32_t *grown;

	if (!l->own_read && latch_views_tags(l->own))
		memset(l->own, 0, sizeof(l->own));
	l->own_read = true;
	for (size_t i = 0; h->magic && i < LATCH_ITERS; i++)
		if (l->own[i] == h->magic)
			return 0;
	grown = reallocarray(l->writers.id, l->writers.n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	l->writers.id = grown;
	l->writers.id[l->writers.n++] = h->pid;
	return latch_finding_add(l->f, LATCH_LATE, "bpf_iter_write",
				 "BPF program %u (%s) could write to the elements of a map", h->pid,
				 *h->comm ? h->comm : "no name");
}

static int report(const struct latch_holder *h, void *arg)
{
	const char *feature = h->kind == LATCH_HOLDS_PORTS ? "ioport" :
			      S_ISCHR(h->mode)		   ? device_feature(h->dev, h->kind == LATCH_HOLDS_MAP) :
							     file_feature(h);
	char exe[64], program[256], device[32] = "";
	struct looking *l = arg;
	struct latch_findings *f = l->f;
	ssize_t n;

	if (h->kind == LATCH_HOLDS_WRITER)
		return report_writer(h, l);
	if (!feature)
		return 0;
	snprintf(exe, sizeof(exe), "/proc/%u/exe", h->pid);
	n = readlink(exe, program, sizeof(program) - 1);
	if (n > 0)
		program[n] = '\0';
	else
		snprintf(program, sizeof(program), "%s", h->comm);
	if (h->kind == LATCH_HOLDS_PORTS)
		return h->iopl ? latch_finding_add(f, LATCH_LATE, feature, "pid %u (%s) may use all I/O ports: iopl %u",
						   h->pid, program, h->iopl) :
				 latch_finding_add(f, LATCH_LATE, feature,
						   "pid %u (%s) may use I/O ports granted by ioperm", h->pid, program);
	if (S_ISCHR(h->mode))
		snprintf(device, sizeof(device), " (device %u:%u)", MAJOR(h->dev), MINOR(h->dev));
	return latch_finding_add(f, LATCH_LATE, feature, "pid %u (%s) %s %.160s%s%s", h->pid, program,
				 h->kind == LATCH_HOLDS_MAP ? "has mapped" : "holds open",
				 h->path_size > 0 ? h->path : "a file whose path cannot be read", device,
				 !strcmp(feature, "perf") ? ", whose samples may hold registers of the kernel" : "");
}

/* The inode number of the initial pid namespace: PROC_PID_INIT_INO. */
static bool in_initial_pid_namespace(void)
{
	struct latch_error unused;
	ino_t inode;

	return !latch_namespace("/proc/self/ns/pid", &inode, &unused) && inode == 0xEFFFFFFC;
}

/* What device_feature() asks: where it is hidden, a device without a fixed number is known by nothing. */
static int look_at_devices(struct latch_findings *f)
{
	struct latch_error why;
	_cleanup_close_ int fd = latch_kernel_open("/sys/dev/char", O_PATH, &why);

	return fd < 0 ? latch_finding_add(f, LATCH_UNSEEN, "dma", "which devices are held open: %s", why.text) : 0;
}

static int look_at_processes(struct looking *l)
{
	struct latch_findings *f = l->f;
	int e;

	if (!in_initial_pid_namespace() && (e = latch_finding_add(f, LATCH_UNSEEN, "processes",
								  "latch is in a pid namespace: those outside of it "
								  "cannot be seen")))
		return e;
	e = look_at_devices(f);
	if (e)
		return e;
	e = latch_holders_each(report, l);
	if (e && e != -ENOMEM)
		e = latch_finding_add(f, LATCH_UNSEEN, "processes", "the kernel would not list them: %s%s%.300s",
				      strerror(-e), *latch_libbpf_said() ? ": " : "", latch_libbpf_said());
	return e;
}

bool latch_late_tracefs(const struct latch_state *st)
{
	const struct latch_param *tracefs = st ? latch_module_param(st->module, "tracefs") : NULL;

	return (!tracefs || tracefs->value == LATCH_OFF) && latch_builtin_lockdown() != LATCH_CONFIDENTIALITY;
}

int latch_late_find(struct latch_findings *f, enum latch_property property, bool tracefs)
{
	size_t before = f->n, kept = f->n;
	struct looking l = { .f = f };
	int e = look_at_processes(&l);

	if (!e)
		e = latch_late_kernel(f, tracefs);
	if (!e)
		e = latch_late_bpf(f, &l.writers);
	free(l.writers.id);
	for (size_t i = before; i < f->n; i++) {
		const struct latch_feature_facts *fact = latch_feature_facts(f->list[i].feature);

		if (!fact || fact->property <= property)
			f->list[kept++] = f->list[i];
	}
	f->n = kept;
	return e;
}
