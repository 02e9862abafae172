// SPDX-License-Identifier: GPL-2.0-only
/* A BPF token: what bpf(2) grants within a user namespace, delegated by a mount of bpffs. */
#include "token.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

/* newer than the headers of this tree's oldest build machine */
#define TOKEN_CREATE 36
#define TOKEN_FLAG (1U << 16)
#define TOKEN_AT 144 /* in the attributes of BPF_PROG_LOAD */

/* Whether the kernel knows the command: then it looks for the file system first. */
static bool has_tokens(void)
{
	const uint32_t create[2] = { 0, (uint32_t)-1 };

	return syscall(SYS_bpf, TOKEN_CREATE, create, sizeof(create)) >= 0 || errno != EINVAL;
}

static int send_fd(int sock, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) < 0 ? -errno : 0;
}

static int receive_fd(int sock)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c;
	int fd = -EBADF;

	if (recvmsg(sock, &msg, 0) <= 0)
		return -EPIPE;
	c = CMSG_FIRSTHDR(&msg);
	if (c)
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

/* The program writes 8 zero bytes to element 0 of the map. */
static int write_with(int token, int map)
{
#define INSN(c, d, s, o, i)                                                                                            \
	{                                                                                                              \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                                    \
	}
	const struct bpf_insn insns[] = {
		INSN(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -8, 0),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 3, 2, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_update_elem),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union {
		union bpf_attr attr;
		char bytes[256];
	} load = { 0 }, run = { 0 };
	char packet[64] = { 0 };
	int fd;

	load.attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	load.attr.insns = (uintptr_t)insns;
	load.attr.insn_cnt = sizeof(insns) / sizeof(insns[0]);
	load.attr.license = (uintptr_t) "GPL";
	load.attr.prog_flags = TOKEN_FLAG;
	memcpy(load.bytes + TOKEN_AT, &token, sizeof(token));
	fd = sys(syscall(SYS_bpf, BPF_PROG_LOAD, &load, TOKEN_AT + 4));
	if (fd < 0)
		return fd;
	run.attr.test.prog_fd = (uint32_t)fd;
	run.attr.test.data_in = (uintptr_t)packet;
	run.attr.test.data_size_in = sizeof(packet);
	run.attr.test.repeat = 1;
	return sys(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &run, sizeof(run.attr)));
}

/* In the user namespace; the file system's options are set, and it is mounted, outside. */
static int inside(int sock)
{
	uint32_t create[2] = { 0 };
	int fs, mnt, dir, token;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return errno;
	fs = (int)syscall(SYS_fsopen, "bpf", 0);
	if (fs < 0 || send_fd(sock, fs))
		return errno;
	mnt = receive_fd(sock);
	if (mnt < 0)
		return -mnt;
	dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY);
	create[1] = (uint32_t)dir;
	token = (int)syscall(SYS_bpf, TOKEN_CREATE, create, sizeof(create));
	if (dir < 0 || token < 0)
		return errno;
	return -write_with(token, target.gate_fd);
}

static int map_ids(pid_t pid)
{
	char path[64];
	int e;

	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	write_file(path, "deny");
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	e = write_file(path, "0 0 1");
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	return e ?: write_file(path, "0 0 1");
}

int token_write(void)
{
	static const char *const delegated[] = { "delegate_cmds", "delegate_maps", "delegate_progs",
						 "delegate_attachs" };
	int pair[2], fs, mnt, status = 0;
	pid_t pid;

	if (!has_tokens())
		return attack_absent("the kernel has no BPF token");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -errno;
	pid = fork();
	if (!pid)
		_exit(inside(pair[1]));
	close(pair[1]);
	fs = receive_fd(pair[0]);
	if (fs < 0)
		return fs;
	map_ids(pid);
	for (int i = 0; i < 4; i++)
		if (syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, delegated[i], "any", 0))
			return -errno;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	mnt = (int)syscall(SYS_fsmount, fs, 0, 0);
	if (mnt < 0 || send_fd(pair[0], mnt))
		return -errno;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
