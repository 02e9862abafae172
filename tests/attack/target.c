// SPDX-License-Identifier: GPL-2.0-only
/* The module under attack: made whole again, sealed, and looked at. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attack.h"

const char *const target_hooks[HOOKS] = { "inode_symlink", "inode_link", "inode_mknod" };
struct target target;
bool target_to_seal;
static bool with_lockdown;

static char listed[4096];  /* what `latch list` said */
static char record[16384]; /* the pin directory: each file's name and inode */

/* A verdict that is no errno comes back as it is, from a call that did nothing. */
static bool refused(int result, int error, const char *path)
{
	bool no = result < 0 ? errno == error : result > 0;

	return unlink(path) && no;
}

/* As trio.bpf.c says, each hook with an errno of its own. */
static int hooks_that_hold(void)
{
	char file[64], other[64];
	int n = 0;

	snprintf(file, sizeof(file), "/dev/shm.%d", getpid());
	snprintf(other, sizeof(other), "/dev/shm.%d-", getpid());
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	n += refused(symlink("nowhere", other), EPERM, other);
	n += refused(link(file, other), EACCES, other);
	n += refused(mknod(other, S_IFIFO | 0600, 0), EROFS, other);
	unlink(file);
	return n;
}

/* All of trio, and lockdown's perf where that is loaded. */
bool target_enforced(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000000,
		.sample_type = PERF_SAMPLE_REGS_INTR,
		.sample_regs_intr = 1,
		.disabled = 1,
	};
	bool held = hooks_that_hold() == HOOKS;
	int fd;

	if (!with_lockdown)
		return held;
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	held &= fd < 0 && errno == EPERM;
	if (fd >= 0)
		close(fd);
	return held;
}

static void walk(const char *dir, char *to, size_t size)
{
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		char path[512];
		struct stat st;
		size_t at = strlen(to);

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (strcmp(name, ".") && strcmp(name, "..") && !lstat(path, &st)) {
			snprintf(to + at, size - at, "%s %lx:%lx %s\n", path + strlen(BPFFS), st.st_dev, st.st_ino,
				 names[i]->d_type == DT_DIR ? "dir" : "pin");
			if (S_ISDIR(st.st_mode))
				walk(path, to, size);
		}
		free(names[i]);
	}
	free(names);
}

/* names, modes and numbers of hooks; the counts may grow */
static void list(char *to, size_t size)
{
	FILE *f = popen("latch list 2>&1 | awk '/^(trio|lockdown) / { print $1, $3, $4 }'", "r");

	if (!f)
		return;
	to[fread(to, 1, size - 1, f)] = '\0';
	pclose(f);
}

void target_note_record(void)
{
	int fd;

	*record = '\0';
	walk(PINDIR, record, sizeof(record));
	list(listed, sizeof(listed));
	fd = open("/run/attack.record", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (write(fd, record, sizeof(record)) < 0 || write(fd, listed, sizeof(listed)) < 0)
		perror("/run/attack.record");
	close(fd);
}

/* After the runner was killed and began anew: what it knew. */
void target_recall(void)
{
	int fd = open("/run/attack.record", O_RDONLY | O_CLOEXEC);

	if (read(fd, record, sizeof(record)) < 0 || read(fd, listed, sizeof(listed)) < 0)
		perror("/run/attack.record");
	close(fd);
}

/* Is the record what it was: the pin directory's files, and wholly also by latch's own words. */
bool target_intact(bool wholly)
{
	static char now[sizeof(record)];

	*now = '\0';
	walk(PINDIR, now, sizeof(now));
	if (strcmp(now, record))
		return false;
	if (wholly)
		list(now, sizeof(now));
	return !wholly || !strcmp(now, listed);
}

/*
 * 0 if the record is to be seen. ATTACK_HIDDEN if it is not, and of a sealed module latch
 * says so; ATTACK_SILENT if latch does not.
 */
int target_hidden(void)
{
	if (target_intact(false))
		return 0;
	if (!target_to_seal ||
	    !system("latch list 2>&1 | grep -Eq '(in force of which .* shows nothing|is mounted over .* is not seen)'"))
		return ATTACK_HIDDEN;
	return ATTACK_SILENT;
}

/*
 * As init of the guest leaves them, but for what lies over bpffs. What one attack unmounted or
 * shared would keep the next from what it tries.
 */
void target_remount(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "securityfs", "/sys/kernel/security" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};

	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		struct stat st, up;
		char parent[64];

		mkdir(mounts[i][1], 0755);
		snprintf(parent, sizeof(parent), "%s/..", mounts[i][1]);
		if (!stat(mounts[i][1], &st) && !stat(parent, &up) && st.st_dev == up.st_dev)
			mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
}

/* Where nothing is sealed, also bpffs is unmounted. */
static void mounts_anew(void)
{
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	while (!umount2(BPFFS, MNT_DETACH) || !umount2("/sys/fs", MNT_DETACH) || !umount2("/n", MNT_DETACH) ||
	       !umount2("/p", MNT_DETACH) || !umount2("/sys.old", MNT_DETACH))
		;
	target_remount();
}

/* The information of a map and of a link begins alike: type, id; a link's goes on with its program. */
static uint32_t id_of(const char *path, int *keep, uint32_t *program)
{
	union {
		struct bpf_map_info map;
		struct bpf_link_info link;
		uint32_t word[64];
	} info = { 0 };
	uint32_t size = sizeof(info);
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return 0;
	bpf_obj_get_info_by_fd(fd, &info, &size);
	if (program)
		*program = info.word[2];
	if (keep)
		*keep = fd;
	else
		close(fd);
	return info.word[1];
}

static int note_objects(void)
{
	char path[128];

	for (int i = 0; i < HOOKS; i++) {
		snprintf(path, sizeof(path), "%s/%s", LINKS, target_hooks[i]);
		target.link[i] = id_of(path, NULL, &target.prog[i]);
		if (!target.link[i])
			return -ENOENT;
	}
	target.prog_fd = bpf_prog_get_fd_by_id(target.prog[0]);
	target.gate = id_of(MAPS "/gate", &target.gate_fd, NULL);
	target.param = id_of(MAPS "/param", NULL, NULL);
	target.count = id_of(MAPS "/count", NULL, NULL);
	target.tally = id_of(MAPS "/tally", NULL, NULL);
	target.sealed = id_of(MAPS "/sealed", NULL, NULL);
	target.ftrace_fd = open_fd(FTRACE, O_WRONLY);
	return target.gate && target.param && target.count && target.tally && target.prog_fd >= 0 ? 0 : -ENOENT;
}

/* A module whose last pin is gone may deny for some seconds more. */
static int wait_until_gone(void)
{
	for (int i = 0; i < 200; i++) {
		if (!hooks_that_hold())
			return 0;
		usleep(100000);
	}
	printf("# the module of the attack before still denies\n");
	return -EBUSY;
}

/*
 * As if nothing had been tried. Where nothing is sealed, this is always possible; there
 * lockdown, which takes long to load, is for those attacks only that are after it.
 */
int target_load(bool lockdown)
{
	char line[160];
	static bool first = true;
	int e;

	if (first)
		command("modprobe -a msr vfio uio_cif; "
			"echo 1234 11e8 >/sys/bus/pci/drivers/hilscher/new_id");
	if (first)
		target.prog_fd = target.gate_fd = target.ftrace_fd = -1;
	if (!first && with_lockdown >= lockdown && target_intact(false) && target_enforced())
		return 0;
	/* First: the kernel turns ftrace off for good if a program goes while it is not enabled. */
	write_file(FTRACE, "1\n");
	if (!first)
		mounts_anew();
	first = false;
	close(target.ftrace_fd);
	close(target.prog_fd);
	close(target.gate_fd);
	target.prog_fd = target.gate_fd = target.ftrace_fd = -1;
	if (wait_until_gone())
		return -EBUSY;
	with_lockdown = lockdown;
	snprintf(line, sizeof(line), "{ %s && latch load /test/mod/trio.bpf.o; } >/tmp/load 2>&1",
		 lockdown ? "latch load lockdown perf=enforce" : "true");
	e = command(line);
	if (e) {
		command("sed 's/^/# /' /tmp/load");
		return e;
	}
	e = note_objects();
	if (e)
		printf("# its objects cannot be had: %s\n", strerror(-e));
	target_note_record();
	if (!e && !target_enforced()) {
		printf("# it does not enforce\n");
		e = -EIO;
	}
	return e;
}

static const char *seal_command(void)
{
	const char *line = getenv("ATTACK_SEAL");

	return line ? line : "latch seal trio --with-lockdown";
}

static int seal(void)
{
	char line[256];

	snprintf(line, sizeof(line), "%s >/tmp/seal 2>&1 </dev/null", seal_command());
	return command(line);
}

/*
 * With root's descriptors of the module held, if that can be had; else those attacks that
 * use them have been answered, and it is sealed without.
 */
int target_seal(void)
{
	int e = seal();

	command("sed 's/^/# /' /tmp/seal");
	if (e && target.gate_fd >= 0) {
		printf("# refused while root has descriptors: without\n");
		close(target.prog_fd);
		close(target.gate_fd);
		target.prog_fd = target.gate_fd = -EBADF;
		e = seal();
		command("sed 's/^/# /' /tmp/seal");
	}
	if (e)
		return e;
	target_note_record();
	if (target_enforced())
		return 0;
	printf("# what is sealed does not enforce\n");
	return -EIO;
}
