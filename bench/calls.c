// SPDX-License-Identifier: GPL-2.0-only
/* The system calls that are measured, each by what stands around it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

#define PLAYGROUND "/tmp/measure.file"
#define SCRIPT "/tmp/measure.script"

static int open_file(const char *path, uint64_t *taken)
{
	uint64_t start = now();
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	*taken = now() - start;
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

static int call_openat(uint64_t *taken)
{
	return open_file(PLAYGROUND, taken);
}

static int call_dev_mem(uint64_t *taken)
{
	return open_file("/dev/mem", taken);
}

static int playground;

static int one_byte(long nr, uint64_t *taken)
{
	uint64_t start;
	char byte = 'x';
	long n;

	lseek(playground, 0, SEEK_SET);
	start = now();
	n = syscall(nr, playground, &byte, 1);
	*taken = now() - start;
	return n == 1 ? 0 : errno;
}

static int call_read(uint64_t *taken)
{
	return one_byte(SYS_read, taken);
}

static int call_write(uint64_t *taken)
{
	return one_byte(SYS_write, taken);
}

static int call_unlink(uint64_t *taken)
{
	int fd = open(PLAYGROUND ".unlink", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	uint64_t start;
	long e;

	if (fd < 0)
		return errno;
	close(fd);
	start = now();
	e = syscall(SYS_unlink, PLAYGROUND ".unlink");
	*taken = now() - start;
	return e ? errno : 0;
}

static int call_mkdir(uint64_t *taken)
{
	uint64_t start = now();
	long e = syscall(SYS_mkdir, PLAYGROUND ".dir", 0700);

	*taken = now() - start;
	return e || rmdir(PLAYGROUND ".dir") ? errno : 0;
}

/* There and back, so that it can be done again; the first is measured. */
static int call_rename(uint64_t *taken)
{
	uint64_t start = now();
	long e = syscall(SYS_rename, PLAYGROUND ".old", PLAYGROUND ".new");

	*taken = now() - start;
	return e || rename(PLAYGROUND ".new", PLAYGROUND ".old") ? errno : 0;
}

/*
 * The half of an umount that comes first: with MNT_EXPIRE one that is in use is refused behind
 * sb_umount. The rest waits for all CPUs.
 */
static int call_umount(uint64_t *taken)
{
	uint64_t start = now();
	long e = syscall(SYS_umount2, PLAYGROUND ".mount", MNT_EXPIRE);

	*taken = now() - start;
	return e && errno == EBUSY ? 0 : EIO;
}

static int call_bpf(uint64_t *taken)
{
	union bpf_attr attr = { .start_id = 0x7ffffffe };
	uint64_t start = now();
	long e = syscall(SYS_bpf, BPF_MAP_GET_NEXT_ID, &attr, sizeof(attr));

	*taken = now() - start;
	return e && errno == ENOENT ? 0 : EIO;
}

static int call_ioctl(uint64_t *taken)
{
	uint64_t start = now();
	long e = syscall(SYS_ioctl, playground, FIOCLEX, 0);

	*taken = now() - start;
	return e ? errno : 0;
}

static int call_mmap(uint64_t *taken)
{
	uint64_t start = now();
	long at = syscall(SYS_mmap, NULL, 4096UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0UL);

	*taken = now() - start;
	return at < 0 || munmap((void *)at, 4096) ? errno : 0;
}

static int end_of(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static int call_fork(uint64_t *taken)
{
	uint64_t start = now();
	pid_t pid = fork();
	int e;

	if (!pid)
		_exit(0);
	e = end_of(pid);
	*taken = now() - start;
	return e;
}

/*
 * The half of a fork that comes first, and ends long after task_alloc: there is no
 * descriptor left for the pidfd. The rest is scheduling, and differs by hundreds.
 */
static int call_clone3(uint64_t *taken)
{
	struct rlimit none = { 0 }, before;
	int pidfd;
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_PIDFD,
		.exit_signal = SIGCHLD,
		.pidfd = (uintptr_t)&pidfd,
	};
	uint64_t start;
	long e;

	getrlimit(RLIMIT_NOFILE, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NOFILE, &none);
	start = now();
	e = syscall(SYS_clone3, &args, sizeof(args));
	if (!e)
		_exit(ECHILD);
	*taken = now() - start;
	e = e == -1 && errno == EMFILE ? 0 : ECHILD;
	setrlimit(RLIMIT_NOFILE, &before);
	return (int)e;
}

/*
 * The same of execve, which comes to a file of no known format. Each interpreter on the
 * way to it is another bprm_check_security in one execve, whose beginning, where a new
 * address space is allocated, differs by hundreds too.
 */
static int no_exec(char *path, uint64_t *taken)
{
	char *const argv[] = { path, NULL }, *const env[] = { NULL };
	uint64_t start = now();

	execve(path, argv, env);
	*taken = now() - start;
	return errno == ENOEXEC ? 0 : errno;
}

static int call_exec1(uint64_t *taken)
{
	return no_exec(SCRIPT "1", taken);
}

static int call_exec5(uint64_t *taken)
{
	return no_exec(SCRIPT "5", taken);
}

/* The program executed does nothing, so that its start is all there is of it. */
static int call_execve(uint64_t *taken)
{
	static char *const argv[] = { "/test/bench/nothing", NULL }, *const env[] = { NULL };
	uint64_t start = now();
	pid_t pid = vfork();
	int e;

	if (!pid) {
		execve(argv[0], argv, env);
		_exit(errno);
	}
	e = end_of(pid);
	*taken = now() - start;
	return e;
}

static const struct call calls[] = {
	{ "openat", call_openat }, { "read", call_read },	{ "write", call_write }, { "unlink", call_unlink },
	{ "clone3", call_clone3 }, { "exec1", call_exec1 },	{ "exec5", call_exec5 }, { "fork", call_fork },
	{ "execve", call_execve }, { "dev_mem", call_dev_mem }, { "mkdir", call_mkdir }, { "rename", call_rename },
	{ "umount", call_umount }, { "bpf", call_bpf },	{ "ioctl", call_ioctl }, { "mmap", call_mmap },
};

const struct call *call_find(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(name, calls[i].name))
			return &calls[i];
	return NULL;
}

/* SCRIPT1 is of no format; SCRIPT2 to 5 each name the one before as their interpreter. */
int calls_prepare(void)
{
	for (int i = 1; i <= 5; i++) {
		char path[64], text[64] = "junk\n";
		int fd, len;

		snprintf(path, sizeof(path), SCRIPT "%d", i);
		if (i > 1)
			snprintf(text, sizeof(text), "#!" SCRIPT "%d\n", i - 1);
		len = (int)strlen(text);
		fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700);
		if (fd < 0 || write(fd, text, (size_t)len) != len || close(fd))
			return -1;
	}
	/* for as long as this process lives */
	if (mkdir(PLAYGROUND ".mount", 0700) || mount("none", PLAYGROUND ".mount", "tmpfs", 0, NULL) ||
	    open(PLAYGROUND ".mount", O_PATH | O_CLOEXEC) < 0 ||
	    close(open(PLAYGROUND ".old", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)))
		return -1;
	playground = open(PLAYGROUND, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
	return playground < 0 || write(playground, "x", 1) != 1 ? -1 : 0;
}
