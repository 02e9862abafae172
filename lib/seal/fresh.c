// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that seals is executed anew before it does anything. Who opened its memory,
 * or traced it, did so before: what he has is of a program that is gone. From the moment
 * before that on fresh.bpf.c denies it to all, and the maps and programs that it makes, for as long as the
 * process lives, which holds the links across execve(2).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "seal/sealing.h"
#include "seal/fresh.skel.h"

#define MARK "LATCH_FRESH" /* in the environment: the descriptors of the links */
#define LINKS 2
#define LAST_ID (1u << 30)

static bool fresh;
static int bpf_link = -1;	   /* of fresh_bpf, in the program that was executed */
static struct latch_error why_not; /* empty: it was not tried */

/* Without close-on-exec, as dup(2) makes them; behind the standard streams, also where these are closed. */
static int keep(int link)
{
	int kept;

	do
		kept = dup(link);
	while (kept >= 0 && kept <= STDERR_FILENO);
	return kept < 0 ? -errno : kept;
}

/* A map and a program that are made now, and go at once: those made later have larger ids. */
static int first_ids(uint32_t *map, uint32_t *prog)
{
	_cleanup_close_ int map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "fresh", 4, 4, 1, NULL);
	_cleanup_close_ int prog_fd = latch_kernel_try(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open", 0);
	struct bpf_map_info map_info = { 0 };
	struct bpf_prog_info prog_info = { 0 };
	uint32_t len = sizeof(map_info);

	if (map_fd < 0 || bpf_obj_get_info_by_fd(map_fd, &map_info, &len))
		return -errno;
	len = sizeof(prog_info);
	if (prog_fd < 0)
		return prog_fd;
	if (bpf_obj_get_info_by_fd(prog_fd, &prog_info, &len))
		return -errno;
	*map = map_info.id;
	*prog = prog_info.id;
	/* The kernel counts them upwards, and begins anew at 2^31: then younger ones would be smaller. */
	return *map > LAST_ID || *prog > LAST_ID ? -EOVERFLOW : 0;
}

static int attach_one(const struct bpf_program *prog, const char *hook, int *kept, struct latch_error *err)
{
	_cleanup_close_ int link = latch_attach(bpf_program__fd(prog));

	if (link < 0)
		return latch_fail_attach(err, link, "the guard of this process", hook);
	*kept = keep(link);
	return *kept < 0 ? latch_fail(err, *kept, "%s", strerror(-*kept)) : 0;
}

static int attach(int links[LINKS], struct latch_error *err)
{
	struct fresh_bpf *skel;
	uint32_t map = 0, prog = 0;
	int e = first_ids(&map, &prog);

	if (e)
		return latch_fail(err, e, "an empty map and program cannot be made: %s", strerror(-e));
	latch_libbpf_capture();
	skel = fresh_bpf__open();
	if (!skel)
		return latch_fail(err, -errno, "libbpf cannot read it: %m");
	skel->rodata->fresh_process = getpid();
	skel->rodata->fresh_map = map;
	skel->rodata->fresh_prog = prog;
	e = latch_leave_unmapped(skel->obj, "");
	if (!e)
		e = fresh_bpf__load(skel);
	if (e)
		latch_fail(err, e, "the guard of this process cannot be loaded: %s%s", strerror(-e),
			   e == -EPERM && latch_guard_armed() > 0 ?
				   ", by the guard of seals, which another build of latch put up, or somebody" :
				   "");
	if (!e)
		e = attach_one(skel->progs.fresh_ptrace_access_check, "ptrace_access_check", &links[0], err);
	if (!e && (e = attach_one(skel->progs.fresh_bpf, "bpf", &links[1], err)))
		latch_close_fd(&links[0]);
	fresh_bpf__destroy(skel);
	return e;
}

/* Returns only where that is not possible, and says why. */
static void execute(char **argv, struct latch_error *err)
{
	int links[LINKS];
	char text[32];

	if (attach(links, err))
		return;
	snprintf(text, sizeof(text), "%d,%d", links[0], links[1]);
	if (!setenv(MARK, text, 1))
		execv("/proc/self/exe", argv);
	latch_fail(err, -errno, "cannot execute /proc/self/exe: %m");
	unsetenv(MARK);
	close(links[0]);
	close(links[1]);
}

/* Whether another process, of all the privileges that this one has, is refused its memory, and its maps. */
static int refused_to_others(void)
{
	_cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "fresh", 4, 4, 1, NULL);
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	char byte, mine = 0;
	struct iovec to = { &byte, 1 }, from = { &mine, 1 };
	pid_t parent = getpid(), child;
	int status;

	if (map < 0 || bpf_obj_get_info_by_fd(map, &info, &len))
		return -errno;
	child = fork();
	if (!child)
		_exit(process_vm_readv(parent, &to, 1, &from, 1, 0) < 0 && errno == EPERM &&
				      bpf_map_get_fd_by_id(info.id) < 0 && errno == ENOENT ?
			      0 :
			      1);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -errno;
	return status ? -EPERM : 0;
}

static bool is_own_link(int link)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return link > STDERR_FILENO && !bpf_obj_get_info_by_fd(link, &info, &len) &&
	       info.type == BPF_LINK_TYPE_TRACING && info.tracing.attach_type == BPF_LSM_MAC;
}

/* In the program that was executed: what the environment says is anybody's word. */
static int begin(const char *mark, char **argv, struct latch_error *err)
{
	const char *slash = strrchr(argv[0], '/');
	int links[LINKS] = { -1, -1 }, n = sscanf(mark, "%d,%d", &links[0], &links[1]), e;

	unsetenv(MARK);
	prctl(PR_SET_NAME, slash ? slash + 1 : argv[0]); /* or it were called exe */
	if (n != LINKS || !is_own_link(links[0]) || !is_own_link(links[1]))
		return latch_fail(err, -EINVAL, MARK " is in the environment, and not by latch: unset it");
	bpf_link = links[1];
	e = refused_to_others();
	return e ? latch_fail(err, e, "another process can read its memory, or open its maps: %s", strerror(-e)) : 0;
}

void latch_seal_fresh(struct latch *l, char **argv)
{
	const char *mark = getenv(MARK);
	int e;

	if (fresh)
		return;
	if (mark) {
		fresh = !begin(mark, argv, &why_not);
		return;
	}
	/* Who may not load a program cannot seal either, and is told so there. */
	e = latch_kernel_ready(&why_not);
	if (!e)
		e = latch_seal_namespace(&why_not);
	if (!e)
		e = latch_load_refuse(l, &why_not);
	if (!e)
		execute(argv, &why_not);
}

static int read_tag(uint64_t *tag)
{
	struct bpf_link_info link = { 0 };
	struct bpf_prog_info prog = { 0 };
	_cleanup_close_ int fd = -1;
	uint32_t len = sizeof(link);

	if (bpf_obj_get_info_by_fd(bpf_link, &link, &len))
		return -errno;
	fd = bpf_prog_get_fd_by_id(link.prog_id);
	len = sizeof(prog);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &prog, &len))
		return -errno;
	memcpy(tag, prog.tag, sizeof(*tag));
	return 0;
}

int latch_fresh_tag(uint64_t *tag)
{
	static uint64_t kept;
	int e = bpf_link < 0 ? -ENOENT : kept ? 0 : read_tag(&kept);

	*tag = kept;
	return e;
}

int latch_seal_refuse_old(const char *name, struct latch_error *err)
{
	if (fresh)
		return 0;
	return latch_fail_lines(
		err, -EOPNOTSUPP,
		"%s is not sealed: others may have a hand on this process, which was not executed anew: "
		"%.1500s",
		name, *why_not.text ? why_not.text : "latch_seal_fresh() was not called");
}
