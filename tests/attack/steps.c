// SPDX-License-Identifier: GPL-2.0-only
/* What many attacks do. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

int attack_absent(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(attack_reason, ATTACK_REASON_SIZE, format, args);
	va_end(args);
	return ATTACK_ABSENT;
}

int sys(long result)
{
	return result < 0 ? -errno : (int)result;
}

int open_fd(const char *path, int flags)
{
	return sys(open(path, flags | O_CLOEXEC));
}

int write_fd(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int write_file(const char *path, const char *text)
{
	int e, fd = open_fd(path, O_WRONLY);

	if (fd < 0)
		return fd;
	e = write_fd(fd, text);
	close(fd);
	return e;
}

int ftrace_off(void)
{
	return write_file(FTRACE, "0\n");
}

/* every file of a directory */
int unlink_all(int dirfd, const char *dir)
{
	int e = 0, fd = sys(openat(dirfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *d;
	DIR *all = fd < 0 ? NULL : fdopendir(fd);

	if (!all)
		return fd < 0 ? fd : -errno;
	while ((d = readdir(all)))
		if (d->d_name[0] != '.' && unlinkat(fd, d->d_name, 0) && !e)
			e = -errno;
	closedir(all);
	return e;
}

int remove_tree(const char *dir)
{
	char path[512];
	int e = 0, one;
	struct dirent *d;
	DIR *all = opendir(dir);

	if (!all)
		return -errno;
	while ((d = readdir(all))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		one = d->d_type == DT_DIR ? remove_tree(path) : sys(unlink(path));
		e = e ? e : one;
	}
	closedir(all);
	one = sys(rmdir(dir));
	return e ? e : one;
}

int command(const char *line)
{
	int status = system(line);

	if (status < 0)
		return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EPERM;
}

int uring_submit(int ring, const struct io_uring_params *params, const struct io_uring_sqe *entry)
{
	const struct io_uring_params p = *params;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *sq, *cq;

	sq = mmap(NULL, p.sq_off.array + 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + 2 * sizeof(*cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		return -errno;
	*sqe = *entry;
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return cqe->res < 0 ? cqe->res : 0;
}

int uring_op(unsigned int op, int fd, const void *addr, unsigned int len, uint64_t off, unsigned int flags)
{
	const struct io_uring_sqe entry = {
		.opcode = (uint8_t)op, .fd = fd, .addr = (uintptr_t)addr, .len = len, .off = off, .unlink_flags = flags
	};
	struct io_uring_params p = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &p), e;

	if (ring < 0)
		return -errno;
	e = uring_submit(ring, &p, &entry);
	close(ring);
	return e;
}
