// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules in force of which the latch directory shows nothing: bpffs was moved, something
 * is mounted over it, or the pins of one that is not sealed were removed while somebody holds
 * its links. The kernel lists the ids of all links. The guard of a
 * sealed module says of those it keeps that they are not there, which gives it away; each
 * such question is recorded, so none is asked where a seal is to be seen.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "priv.h"

#define GOING_LOOKS 25 /* at a link, before it is not just going */
#define GOING_STEP_MS 20

/* What the latch directory shows. */
struct shown {
	bool covered; /* a room, by a mount */
	bool module, seal;
};

/* Whether the link is on an LSM hook, with a program that was made with the SDK. */
static bool is_latchs(int fd)
{
	struct bpf_prog_info prog = { 0 };
	struct bpf_link_info link = { 0 };
	uint32_t len = sizeof(link);
	_cleanup_close_ int prog_fd = -1;

	if (bpf_obj_get_info_by_fd(fd, &link, &len) || link.type != BPF_LINK_TYPE_TRACING)
		return false;
	prog_fd = bpf_prog_get_fd_by_id(link.prog_id);
	len = sizeof(prog);
	return prog_fd >= 0 && !bpf_obj_get_info_by_fd(prog_fd, &prog, &len) && prog.type == BPF_PROG_TYPE_LSM &&
	       !strncmp(prog.name, "latch_", 6);
}

/* Whether it stays, kept by a guard, or latch's own where no module is to be seen. */
static bool is_hidden(uint32_t id, const struct shown *shown)
{
	uint32_t next;

	for (int look = 0; look < GOING_LOOKS; look++) {
		_cleanup_close_ int fd = bpf_link_get_fd_by_id(id);

		if (fd >= 0 ? shown->module || !is_latchs(fd) : errno != ENOENT)
			return false;
		if (bpf_link_get_next_id(id - 1, &next) || next != id)
			return false;
		usleep(GOING_STEP_MS * 1000);
	}
	return true;
}

static bool any_link_hidden(const struct shown *shown)
{
	for (uint32_t id = 0; !bpf_link_get_next_id(id, &id);)
		if (is_hidden(id, shown))
			return true;
	return false;
}

static void look_at_room(int root, const char *name, struct shown *shown)
{
	struct latch_seal seal;
	struct stat own, room;

	shown->module = true;
	shown->covered |=
		!fstat(root, &own) && !fstatat(root, name, &room, AT_SYMLINK_NOFOLLOW) && own.st_dev != room.st_dev;
	shown->seal |= !latch_seal_read(name, &seal);
}

bool latch_hidden_look(int root)
{
	int fd = root < 0 ? -1 : openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct shown shown = { 0 };
	struct dirent *d;

	if (!list)
		latch_close_fd(&fd);
	while (list && (d = readdir(list)))
		if (d->d_name[0] != '.')
			look_at_room(root, d->d_name, &shown);
	if (list)
		closedir(list);
	return shown.covered || (!shown.seal && any_link_hidden(&shown));
}

const char latch_hidden_text[] =
	"a module is in force of which " LATCH_ROOT " shows nothing: bpffs was moved, something is mounted over it "
	"(`findmnt -R /sys`), or its pins were removed while somebody holds its links";

int latch_hidden_refuse(const struct latch *l, struct latch_error *err)
{
	return l->hidden ? latch_fail(err, -EKEYREJECTED, "nothing is loaded or sealed while %s", latch_hidden_text) :
			   0;
}

bool latch_hidden(const struct latch *l)
{
	return l->hidden;
}
