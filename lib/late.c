// SPDX-License-Identifier: GPL-2.0-only
/*
 * What enforcing a feature now does not take back: whoever opened something before
 * still holds it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

static const struct {
	const char *prefix, *feature;
} held[] = {
	{ "/dev/mem", "dev_mem" },
	{ "/dev/port", "dev_mem" },
	{ "/proc/kcore", "kcore" },
	{ "/sys/kernel/tracing/", "tracefs" },
	{ "/sys/kernel/debug/", "debugfs" },
	{ "/dev/vfio/", "dma" },
	{ "/dev/uio", "dma" },
	{ "/dev/efi_test", "efi_test" },
};

static const char *feature_of(const char *path)
{
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (!strncmp(path, held[i].prefix, strlen(held[i].prefix)))
			return held[i].feature;
	/* A BAR: /sys/devices/.../resourceN */
	if (!strncmp(path, "/sys/devices/pci", 16) && strstr(path, "/resource"))
		return "pci_access";
	return NULL;
}

static int report(struct latch_findings *f, const char *pid, const char *how, const char *path)
{
	char exe[64], program[256] = "", text[512];
	const char *feature = feature_of(path);
	ssize_t n;

	if (!feature)
		return 0;
	snprintf(exe, sizeof(exe), "/proc/%s/exe", pid);
	n = readlink(exe, program, sizeof(program) - 1);
	program[n > 0 ? n : 0] = '\0';
	snprintf(text, sizeof(text), "pid %s (%s) %s %.200s", pid, n > 0 ? program : "unknown", how, path);
	return latch_finding_add(f, LATCH_LATE, feature, text);
}

static int look_at_files(struct latch_findings *f, const char *pid)
{
	char dir[64], path[512];
	struct dirent *d;
	int e = 0;
	DIR *list;

	snprintf(dir, sizeof(dir), "/proc/%s/fd", pid);
	list = opendir(dir);
	while (list && !e && (d = readdir(list))) {
		ssize_t n = d->d_name[0] == '.' ? -1 : readlinkat(dirfd(list), d->d_name, path, sizeof(path) - 1);

		if (n <= 0)
			continue;
		path[n] = '\0';
		e = report(f, pid, "holds open", path);
	}
	if (list)
		closedir(list);
	return e;
}

static int look_at_maps(struct latch_findings *f, const char *pid)
{
	char path[64], line[1024], last[512] = "";
	int e = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	while (maps && !e && fgets(line, sizeof(line), maps)) {
		char *file = strchr(line, '/');

		if (!file)
			continue;
		file[strcspn(file, "\n")] = '\0';
		if (!strcmp(file, last))
			continue;
		snprintf(last, sizeof(last), "%s", file);
		e = report(f, pid, "has mapped", file);
	}
	if (maps)
		fclose(maps);
	return e;
}

static int look_at_processes(struct latch_findings *f)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int e = 0;

	if (!proc)
		return -errno;
	while (!e && (d = readdir(proc))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		e = look_at_files(f, d->d_name);
		if (!e)
			e = look_at_maps(f, d->d_name);
	}
	closedir(proc);
	return e;
}

static int look_at_kernel(struct latch_findings *f, bool tracefs)
{
	static const struct {
		const char *path, *feature, *text;
	} files[] = {
		{ "/sys/kernel/kexec_loaded", "kexec", "a kexec image is loaded, and `kexec -e` starts it" },
		{ "/sys/kernel/kexec_crash_loaded", "kexec", "a crash kernel is loaded, and starts at a panic" },
	};
	char value[64];
	int e = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !e; i++)
		if (!latch_read_file(files[i].path, value, sizeof(value)) && *value && strcmp(value, "0"))
			e = latch_finding_add(f, LATCH_LATE, files[i].feature, files[i].text);
	if (tracefs && !latch_read_file("/sys/kernel/tracing/kprobe_events", value, sizeof(value)) && *value && !e)
		e = latch_finding_add(f, LATCH_LATE, "kprobes", "probes are in place");
	if (!latch_read_file("/proc/sys/kernel/tainted", value, sizeof(value)) && !e &&
	    strtoul(value, NULL, 10) & 1 << 13)
		e = latch_finding_add(f, LATCH_LATE, "module_signature", "an unsigned module was loaded since boot");
	return e;
}

int latch_late_find(struct latch_findings *f, enum latch_property property, bool tracefs)
{
	size_t before = f->n, kept = f->n;
	int e = look_at_processes(f);

	if (!e)
		e = look_at_kernel(f, tracefs);
	for (size_t i = before; i < f->n; i++) {
		const struct latch_feature_facts *fact = latch_feature_facts(f->list[i].feature);

		if (!fact || fact->property <= property)
			f->list[kept++] = f->list[i];
	}
	f->n = kept;
	return e;
}
