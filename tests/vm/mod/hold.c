// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold: hands things to latch.ko, and prints what became of it: "ok", or the name of the errno.
 *	hold version
 *	hold held		as liblatch reads it: "LINK PROG UID NAME HOOK" a line
 *	hold links PIN...	by liblatch
 *	hold try WHAT [HOW]	by a write; WHAT: link:PIN prog:PIN map:PIN cgroup-link regular closed
 *				text:TEXT; HOW: without=N, without that capability; opened-without=N, only
 *				when it opened the file
 *	hold try-tamper WHAT [HOW]	the same with the file for attempts: WHAT for the ring, and a
 *				new queue
 *	hold with PIN COMMAND...	runs it with the link open as descriptor 9
 *	hold tamper BEFORE THEN	hands over a queue and a ring, and puts something in before, and
 *				then: - nothing, warn or panic: an attempt, alarm: a record in the ring
 *	hold fill N		hands over N queues and rings, as many as are taken, and puts 16 attempts
 *				into each; prints how many were taken, and why no more
 *	hold large N		hands over a queue for N attempts
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <latch/latch.h>

#define FILES "/sys/kernel/security/latch/"

static int said(int e, const char *text)
{
	if (!e)
		return puts("ok"), 0;
	printf("%s%s%s\n", strerrorname_np(-e), *text ? ": " : "", text);
	return 1;
}

static int capability(int number, int on)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	if (on)
		data[number / 32].effective |= 1u << number % 32;
	else
		data[number / 32].effective &= ~(1u << number % 32);
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static int cgroup_link(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int prog = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "pass", "GPL", insns, 2, NULL);
	int cgroup = open("/sys/fs/cgroup", O_RDONLY | O_CLOEXEC);

	return bpf_link_create(prog, cgroup, BPF_CGROUP_INET_INGRESS, NULL);
}

/* The text to write for WHAT; a descriptor that this opens stays open. */
static const char *text_of(const char *what)
{
	static char text[32];
	const char *arg = strchr(what, ':');
	int fd;

	if (!strncmp(what, "text:", 5))
		return arg + 1;
	if (!strcmp(what, "closed"))
		return "1000";
	if (!strcmp(what, "regular"))
		fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	else if (!strcmp(what, "cgroup-link"))
		fd = cgroup_link();
	else
		fd = bpf_obj_get(arg ? arg + 1 : what);
	if (fd < 0) {
		fprintf(stderr, "hold: %s: %m\n", what);
		exit(2);
	}
	snprintf(text, sizeof(text), "%d\n", fd);
	return text;
}

static int new_queue(void)
{
	return bpf_map_create(BPF_MAP_TYPE_QUEUE, "queue", 0, sizeof(struct latch_attempt), LATCH_ATTEMPTS_MAX, NULL);
}

static int new_ring(void)
{
	return bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, 4096, NULL);
}

static int try(const char *path, const char *what, const char *how, int queue)
{
	char both[64];
	const char *text = text_of(what), *number = strchr(how, '=');
	int opened = !strncmp(how, "opened-", 7), file, e = number ? capability(atoi(number + 1), 0) : 0;
	ssize_t n;

	if (queue >= 0) {
		snprintf(both, sizeof(both), "%d %s", queue, text);
		text = both;
	}
	if (e)
		return fprintf(stderr, "hold: capset: %s\n", strerror(-e)), 2;
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return fprintf(stderr, "hold: open: %m\n"), 2;
	if (opened && capability(atoi(number + 1), 1))
		return fprintf(stderr, "hold: capset: %m\n"), 2;
	n = write(file, text, strlen(text));
	if (n >= 0 && n != (ssize_t)strlen(text))
		return printf("wrote %zd bytes\n", n), 1;
	return said(n < 0 ? -errno : 0, "");
}

static int links(int n, char **pins)
{
	struct latch_error err = { "" };
	int fds[64] = { -1 };

	if (n > 64)
		return fprintf(stderr, "hold: %d pins, of 64 at most\n", n), 2;
	for (int i = 0; i < n; i++) {
		fds[i] = bpf_obj_get(pins[i]);
		if (fds[i] < 0)
			return fprintf(stderr, "hold: %s: %m\n", pins[i]), 2;
	}
	return said(latch_hold_links(fds, (size_t)n, &err), err.text);
}

static int held(void)
{
	struct latch_error err = { "" };
	struct latch_held *list;
	size_t n;
	int e = latch_hold_read(&list, &n, &err);

	if (e)
		return said(e, err.text);
	for (size_t i = 0; i < n; i++)
		printf("%u %u %u %s %s\n", list[i].link, list[i].prog, list[i].uid, list[i].name, list[i].hook);
	free(list);
	return 0;
}

/* r0 = bpf_ringbuf_output(ring, a word of the stack, 8, 0); r0 = 0: as a system call program. */
static int put_record(int ring)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = ring },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ringbuf_output },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, load, .prog_flags = BPF_F_SLEEPABLE);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int prog = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "record", "GPL", insns, sizeof(insns) / sizeof(*insns), &load);

	return prog < 0 ? prog : bpf_prog_test_run_opts(prog, &run);
}

static int put(int queue, int ring, const char *what)
{
	struct latch_attempt a = { .module = "trio",
				   .comm = "a\nb",
				   .rule = LATCH_RULE_UMOUNT,
				   .pid = 4711,
				   .uid = 1234,
				   .lost = 3,
				   .panics = !strcmp(what, "panic") };

	if (!strcmp(what, "alarm"))
		return put_record(ring);
	return strcmp(what, "-") ? bpf_map_update_elem(queue, NULL, &a, 0) : 0;
}

static int tamper(const char *before, const char *then)
{
	struct latch_error err = { "" };
	int ring = new_ring(), queue = new_queue(), e;

	if (ring < 0 || queue < 0 || put(queue, ring, before))
		return fprintf(stderr, "hold: maps: %m\n"), 2;
	e = latch_hold_tamper(queue, ring, &err);
	if (e || said(e, err.text))
		return said(e, err.text);
	fflush(stdout);
	usleep(1500000);
	if (put(queue, ring, then))
		return fprintf(stderr, "hold: %s: %m\n", then), 2;
	usleep(4000000);
	return puts("no panic") < 0;
}

static int fill(int n)
{
	struct latch_error err = { "" };
	int queues[128], taken = 0, e = 0;

	while (taken < n && taken < 128) {
		queues[taken] = new_queue();
		e = latch_hold_tamper(queues[taken], new_ring(), &err);
		if (e)
			break;
		taken++;
	}
	for (int k = 0; k < LATCH_ATTEMPTS_MAX; k++)
		for (int i = 0; i < taken; i++)
			put(queues[i], -1, "warn");
	printf("%d ", taken);
	return said(e, err.text);
}

static int large(uint32_t n)
{
	struct latch_error err = { "" };
	int queue = bpf_map_create(BPF_MAP_TYPE_QUEUE, "queue", 0, sizeof(struct latch_attempt), n, NULL);

	return said(latch_hold_tamper(queue, new_ring(), &err), err.text);
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct latch_error err = { "" };
	int version;

	if (!strcmp(command, "version")) {
		version = latch_hold_version();
		return version < 0 ? said(version, err.text) : printf("%d\n", version) < 0;
	}
	if (!strcmp(command, "held"))
		return held();
	if (!strcmp(command, "links"))
		return links(argc - 2, argv + 2);
	if (!strcmp(command, "try") && argc > 2)
		return try(FILES "hold", argv[2], argc > 3 ? argv[3] : "", -1);
	if (!strcmp(command, "try-tamper") && argc > 2)
		return try(FILES "tamper", argv[2], argc > 3 ? argv[3] : "", new_queue());
	if (!strcmp(command, "with") && argc > 3) {
		if (dup2(bpf_obj_get(argv[2]), 9) == 9)
			execvp(argv[3], argv + 3);
		return fprintf(stderr, "hold: %s: %m\n", argv[3]), 2;
	}
	if (!strcmp(command, "tamper") && argc > 3)
		return tamper(argv[2], argv[3]);
	if (!strcmp(command, "fill") && argc > 2)
		return fill(atoi(argv[2]));
	if (!strcmp(command, "large") && argc > 2)
		return large((uint32_t)atoi(argv[2]));
	return fprintf(stderr, "hold: wrong usage\n"), 2;
}
