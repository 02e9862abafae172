// SPDX-License-Identifier: GPL-2.0-only
/*
 * What latch itself is denied though it has the privilege: a security module does that, often
 * one that was loaded with care for everybody else. Which one is looked up in the directory; or,
 * if that cannot be opened, in the info maps that the kernel lists.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

#define HOOKS 4

/* Hooks that may deny the opening of a file, and a call of bpf(2); the likely ones first. */
static const char *const hooks[][HOOKS] = {
	[LATCH_DENIED_FILE] = { "file_open", "inode_permission", "inode_getattr", "capable" },
	[LATCH_DENIED_BPF] = { "bpf", "bpf_map", "bpf_prog", "capable" },
};

/* "NAME/links/HOOK" of the first such hook that it is on. Returns whether there is one. */
static bool find_hook(const char *name, enum latch_denied_call call, char *pin, size_t size)
{
	for (size_t i = 0; i < HOOKS; i++) {
		char path[256];

		snprintf(path, sizeof(path), LATCH_ROOT "/%s/links/%s", name, hooks[call][i]);
		snprintf(pin, size, "%s/links/%s", name, hooks[call][i]);
		if (latch_there(AT_FDCWD, path) == 1)
			return true;
	}
	return false;
}

/* The module that an info map describes. */
static bool read_name(int fd, char *name, size_t size)
{
	struct bpf_map_info map = { 0 };
	uint32_t len = sizeof(map), zero = 0;
	_cleanup_free_ struct latch_info *info = NULL;
	const char *at, *end;

	if (bpf_obj_get_info_by_fd(fd, &map, &len) || strcmp(map.name, "latch_info") ||
	    map.value_size < sizeof(*info) || !(info = calloc(1, map.value_size + 1)) ||
	    bpf_map_lookup_elem(fd, &zero, info) || info->abi != LATCH_ABI)
		return false;
	end = (char *)info + map.value_size;
	for (at = info->text; at < end && strncmp(at, "name=", 5);)
		at += strlen(at) + 1;
	snprintf(name, size, "%s", at < end ? at + 5 : "");
	return latch_name_ok(name);
}

static bool find_by_maps(enum latch_denied_call call, char *pin, size_t size)
{
	char name[LATCH_NAME_MAX];
	uint32_t id = 0;

	while (!bpf_map_get_next_id(id, &id)) {
		_cleanup_close_ int fd = bpf_map_get_fd_by_id(id);

		if (fd >= 0 && read_name(fd, name, sizeof(name)) && find_hook(name, call, pin, size))
			return true;
	}
	return false;
}

static bool find(enum latch_denied_call call, char *pin, size_t size)
{
	DIR *list = opendir(LATCH_ROOT);
	bool found = false;
	struct dirent *d;

	if (!list)
		return find_by_maps(call, pin, size);
	while (!found && (d = readdir(list)))
		found = latch_name_ok(d->d_name) && find_hook(d->d_name, call, pin, size);
	closedir(list);
	return found;
}

/* Whether root's rights alone would do; in a user namespace of its own a process has few of them. */
static bool privileged(int code)
{
	struct latch_error unused;

	return latch_capability(CAP_SYS_ADMIN, &unused) > 0 &&
	       (code == -EPERM || (code == -EACCES && latch_capability(CAP_DAC_OVERRIDE, &unused) > 0));
}

int latch_fail_denied(struct latch_error *err, int code, enum latch_denied_call call, const char *what)
{
	char pin[2 * LATCH_NAME_MAX + 16];
	const char *hook;

	if (!privileged(code))
		return latch_fail(err, code, "%s: %s", what, strerror(-code));
	if (!find(call, pin, sizeof(pin)))
		return latch_fail_lines(err, code,
					"%s: %s, by a security module or a seccomp filter, not for want of privilege\n"
					"  `bpftool link` may show a program, and on which hook",
					what, strerror(-code));
	hook = strrchr(pin, '/') + 1;
	return latch_fail_lines(
		err, code,
		"%s: %s, by a security module, not for want of privilege; %.*s is on hook %s\n"
		"  unless it is sealed, `rm " LATCH_ROOT "/%s` takes it off, and `latch unload %.*s` removes the rest",
		what, strerror(-code), (int)strcspn(pin, "/"), pin, hook, pin, (int)strcspn(pin, "/"), pin);
}
