// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was used of a feature before anybody watched it, as far as the kernel shows it now. A
 * record that begins after boot says nothing of what a boot does; what a boot did may still stand.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lockdown/late.h"

/* What processes hold: latch_holders_each(). */
static const char *const held[] = { "dev_mem", "efi_test", "hibernation", "pci_access", "ioport",	 "debugfs",
				    "dma",     "kcore",	   "perf",	  "tracefs",	"bpf_iter_write" };

static int add_for(struct latch_findings *f, const char *const *features, size_t n, enum latch_finding_kind kind,
		   const char *text)
{
	int e = 0;

	for (size_t i = 0; i < n && !e; i++)
		e = latch_finding_add(f, kind, features[i], "%s", text);
	return e;
}

/* How many there are; a kernel that takes none has no such file. */
static int count_modules(unsigned int *n, struct latch_error *why)
{
	static const char path[] = "/proc/modules";
	_cleanup_close_ int fd = latch_kernel_open(path, O_RDONLY, why);
	char buf[4096];
	ssize_t got;

	*n = 0;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < got; i++)
			*n += buf[i] == '\n';
	return got ? latch_fail(why, -errno, "%s: %m", path) : 0;
}

static int look_at_loaded(struct latch_findings *f)
{
	static const char *const features[] = { "module_load", "module_autoload" };
	struct latch_error why;
	unsigned int n;
	char text[1024];
	bool bad = count_modules(&n, &why);

	if (bad)
		snprintf(text, sizeof(text), "which kernel modules are loaded cannot be seen: %.800s", why.text);
	else
		snprintf(text, sizeof(text),
			 n == 1 ?
				 "%u kernel module was loaded before it was watched, and the next boot loads it again" :
				 "%u kernel modules were loaded before it was watched, and the next boot loads them "
				 "again",
			 n);
	return bad || n ? add_for(f, features, sizeof(features) / sizeof(*features), bad ? LATCH_UNSEEN : LATCH_LATE,
				  text) :
			  0;
}

/* What is said of one thing is so of others: a loaded image, signed or not; and who cannot be looked at. */
static int extend(struct latch_findings *f)
{
	size_t n = f->n;
	int e = 0;

	for (size_t i = 0; i < n && !e; i++) {
		struct latch_finding one = f->list[i]; /* the list may move */

		if (!strcmp(one.feature, "kexec"))
			e = latch_finding_add(f, one.kind, "kexec_load_signed", "%s", one.text);
		else if (!strcmp(one.feature, "processes"))
			e = add_for(f, held, sizeof(held) / sizeof(*held), one.kind, one.text);
	}
	return e;
}

int latch_lockdown_before(const struct latch_state *st, struct latch_findings *f, struct latch_error *err)
{
	int e;

	memset(f, 0, sizeof(*f));
	e = look_at_loaded(f);
	if (!e)
		e = latch_late_find(f, LATCH_CONFIDENTIALITY, latch_late_tracefs(st));
	if (!e)
		e = extend(f);
	if (!e)
		return 0;
	free(f->list);
	memset(f, 0, sizeof(*f));
	return latch_fail(err, e, "%s", strerror(-e));
}

const struct latch_finding *latch_before_first(const struct latch_findings *f, const char *feature, size_t *more)
{
	const struct latch_finding *first = NULL;

	*more = 0;
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].feature, feature))
			continue;
		*more += first != NULL;
		if (!first || (first->kind != LATCH_LATE && f->list[i].kind == LATCH_LATE))
			first = &f->list[i];
	}
	return first;
}
