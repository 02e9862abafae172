// SPDX-License-Identifier: GPL-2.0-only
/* latch.ko: links that the kernel keeps until reboot, and what it does at an attempt on a seal. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "seal/sealing.h"

#define HOLD_DIR "/sys/kernel/security/latch/"

/* Securityfs takes no files from anybody; what stands on another file system is no word of the kernel. */
static int open_file(const char *name, int flags)
{
	struct latch_error unused;
	char path[64];

	snprintf(path, sizeof(path), HOLD_DIR "%s", name);
	return latch_kernel_open(path, flags | O_NOFOLLOW, &unused);
}

int latch_hold_version(void)
{
	_cleanup_close_ int fd = open_file("version", O_RDONLY);
	char line[64], rest;
	int version;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, line, sizeof(line) - 1);
	if (n < 0)
		return -errno;
	line[n] = '\0';
	if (sscanf(line, "%d %*s%c", &version, &rest) != 2 || rest != '\n' || version <= 0)
		return -EBADMSG;
	return version;
}

static int check_version(struct latch_error *err)
{
	int version = latch_hold_version();
	struct latch_seal sealed;

	if (version == -ENOENT)
		return latch_fail(
			err, -ENOENT, "latch.ko is not loaded: %s",
			latch_seal_read(LATCH_LOCKDOWN, &sealed) == -ENOENT ?
				"`modprobe latch`" :
				"lockdown is sealed, so that an unsigned one can be loaded at the next boot only: "
				"list it in /etc/modules-load.d");
	if (version < 0)
		return latch_fail(err, version, HOLD_DIR "version cannot be read: %s", strerror(-version));
	if (version != LATCH_HOLD_ABI)
		return latch_fail(err, -EOPNOTSUPP, "latch.ko is of another latch (interface %d; this one has %d)",
				  version, LATCH_HOLD_ABI);
	return 0;
}

static int parse_held(char *line, struct latch_held *h)
{
	unsigned long long since;
	int end = 0;

	if (sscanf(line, "%u %u %llu %u %15s %63s%n", &h->link, &h->prog, &since, &h->uid, h->name, h->hook, &end) !=
		    6 ||
	    line[end] != '\n')
		return -EBADMSG;
	h->since = since;
	return 0;
}

int latch_hold_read(struct latch_held **held, size_t *n, struct latch_error *err)
{
	struct latch_held *list = NULL, *grown;
	_cleanup_free_ char *line = NULL;
	size_t size = 0, count = 0;
	FILE *f;
	int fd, e = check_version(err);

	if (e)
		return e;
	fd = open_file("held", O_RDONLY);
	f = fd < 0 ? NULL : latch_stream(fd);
	if (!f) {
		e = fd < 0 ? fd : -ENOMEM;
		return latch_fail(err, e, HOLD_DIR "held cannot be read: %s", strerror(-e));
	}
	while (!e && (errno = 0, getline(&line, &size, f)) > 0) {
		grown = reallocarray(list, count + 1, sizeof(*list));
		if (!grown) {
			e = latch_fail(err, -ENOMEM, "out of memory");
			break;
		}
		list = grown;
		e = parse_held(line, &list[count++]);
		if (e)
			latch_fail(err, e, HOLD_DIR "held has a line that is not understood: %s", line);
	}
	if (!e && ferror(f))
		e = latch_fail(err, errno ? -errno : -EIO, HOLD_DIR "held: %m");
	fclose(f);
	if (e) {
		free(list);
		return e;
	}
	*held = list;
	*n = count;
	return 0;
}

static int write_text(int file, const char *text, const char *what, struct latch_error *err)
{
	if (write(file, text, strlen(text)) == (ssize_t)strlen(text))
		return 0;
	switch (errno) {
	case EPERM:
		return latch_fail(err, -EPERM,
				  "latch.ko takes no %s: this needs CAP_SYS_ADMIN and CAP_MAC_ADMIN "
				  "in the initial user namespace",
				  what);
	case EBUSY:
		return latch_fail(err, -EBUSY,
				  "latch.ko takes no %s: ftrace is off, and with it BPF security modules: "
				  "`sysctl kernel.ftrace_enabled=1`, or a reboot where a seal denies that",
				  what);
	case ENOSPC:
		return latch_fail(err, -ENOSPC, "latch.ko takes no more %s: it has as many as it can until reboot",
				  what);
	case EOPNOTSUPP:
		return latch_fail(err, -EOPNOTSUPP, "latch.ko takes no %s of a kind that can be detached", what);
	default:
		return latch_fail(err, -errno, "latch.ko takes no %s: %m", what);
	}
}

static int write_number(int file, int fd, const char *what, struct latch_error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d\n", fd);
	return write_text(file, text, what, err);
}

static int link_id(int fd, uint32_t *id, struct latch_error *err)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return latch_fail(err, -errno, "cannot ask for the id of a link: %m");
	*id = info.id;
	return 0;
}

static bool has(const struct latch_held *held, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (held[i].link == id)
			return true;
	return false;
}

int latch_hold_links(const int *fds, size_t n, struct latch_error *err)
{
	_cleanup_free_ struct latch_held *held = NULL;
	_cleanup_close_ int file = -1;
	size_t nheld;
	uint32_t id = 0;
	int e = check_version(err);

	if (e)
		return e;
	file = open_file("hold", O_WRONLY);
	if (file < 0)
		return latch_fail(err, file, HOLD_DIR "hold cannot be opened: %s", strerror(-file));
	for (size_t i = 0; i < n && !e; i++)
		e = write_number(file, fds[i], "link", err);
	if (!e)
		e = latch_hold_read(&held, &nheld, err);
	for (size_t i = 0; i < n && !e; i++) {
		e = link_id(fds[i], &id, err);
		if (!e && !has(held, nheld, id))
			e = latch_fail(err, -EBADMSG, "latch.ko took link %u, but does not list it in " HOLD_DIR "held",
				       id);
	}
	return e;
}

int latch_hold_tells(uint32_t queue, uint32_t ring)
{
	char line[64];
	uint32_t a, b;
	int fd = open_file("tamper", O_RDONLY), told = 0;
	FILE *f = fd < 0 ? NULL : latch_stream(fd);

	if (!f)
		return fd == -ENOENT ? 0 : fd < 0 ? fd : -ENOMEM;
	while (!told && (errno = 0, fgets(line, sizeof(line), f)))
		told = sscanf(line, "%u %u", &a, &b) == 2 && a == queue && b == ring;
	if (!told && ferror(f))
		told = errno ? -errno : -EIO;
	fclose(f);
	return told;
}

int latch_hold_ready(const char *name, unsigned int tamper, struct latch_error *err)
{
	struct latch_error why;
	unsigned int flags;
	int e = tamper & LATCH_SEAL_TAMPER ? check_version(&why) : 0;

	if (e)
		return latch_fail_lines(err, -EOPNOTSUPP, "%s is not sealed: on-tamper=%s is done by latch.ko: %.1500s",
					name, latch_tamper_word(tamper), why.text);
	if (!(tamper & LATCH_SEAL_TAMPER) || (e = latch_guard_flags(&flags)) == -ENOENT)
		return 0;
	if (e)
		return latch_fail(err, e, "%s is not sealed: what the guard does at an attempt cannot be read: %s",
				  name, latch_pin_error(e));
	return flags & LATCH_SEAL_TOLD ?
		       0 :
		       latch_fail(
			       err, -EOPNOTSUPP,
			       "%s is not sealed: on-tamper=%s is done by latch.ko, which was not given the attempts "
			       "when the first module was sealed: load it before that, from the next boot on",
			       name, latch_tamper_word(tamper));
}

int latch_hold_tamper(int queue, int ring, struct latch_error *err)
{
	_cleanup_close_ int file = -1;
	char text[32];
	int e = check_version(err);

	if (e)
		return e == -ENOENT ? -EOPNOTSUPP : e;
	file = open_file("tamper", O_WRONLY);
	if (file < 0)
		return latch_fail(err, file, HOLD_DIR "tamper cannot be opened: %s", strerror(-file));
	snprintf(text, sizeof(text), "%d %d\n", queue, ring);
	return write_text(file, text, "attempts", err);
}
