// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks on the making of a seal, each against a module of its own (victim.bpf.c). Won is a
 * seal that latch reports while the module can be weakened; a seal that was refused, or that
 * holds, is not. Where nothing is to be sealed the seal is left out, and all else done.
 */
#include <errno.h>
#include <fcntl.h>
#include <latch/abi.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"

static const uint32_t zero;
static void *pinned_at;
static const struct latch_gate off;

struct victim {
	int number;
	uint32_t gate, prog;
};

static bool denies(const struct victim *v)
{
	bool no = mkdir("/dev/victim", (mode_t)(0100 + v->number)) && errno == EPERM;

	rmdir("/dev/victim");
	return no;
}

static void pinned(const struct victim *v, const char *what, char *to, size_t size)
{
	snprintf(to, size, BPFFS "/latch/victim%d/%s", v->number, what);
}

static struct victim load(int number)
{
	struct victim v = { .number = number };
	union {
		struct bpf_map_info map;
		struct bpf_link_info link;
	} info = { 0 };
	uint32_t size = sizeof(info);
	char line[256];
	int fd;

	snprintf(line, sizeof(line),
		 "{ latch unload victim%d; latch load /test/attack/victim%d.bpf.o; } >/dev/null 2>&1", number, number);
	command(line);
	pinned(&v, "maps/gate", line, sizeof(line));
	fd = bpf_obj_get(line);
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		v.gate = info.map.id;
	close(fd);
	pinned(&v, "links/inode_mkdir", line, sizeof(line));
	fd = bpf_obj_get(line);
	memset(&info, 0, sizeof(info));
	size = sizeof(info);
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		v.prog = info.link.prog_id;
	close(fd);
	return v;
}

static pid_t seal_begin(const struct victim *v, bool traced)
{
	char name[32];
	pid_t pid;

	snprintf(name, sizeof(name), "victim%d", v->number);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		if (traced)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		if (!target_to_seal)
			execlp("true", "true", NULL);
		execlp("latch", "latch", "seal", name, "--with-lockdown", NULL);
		_exit(127);
	}
	return pid;
}

/* 0: latch says that it is sealed */
static int seal_end(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ECANCELED;
}

static int seal(const struct victim *v)
{
	return seal_end(seal_begin(v, false));
}

/* A seal may be refused for no other reason than that this is open. */
static int gate_of(const struct victim *v)
{
	return bpf_map_get_fd_by_id(v->gate);
}

static int close_by_id(const struct victim *v)
{
	int fd = gate_of(v);
	int e = fd < 0 ? fd : bpf_map_update_elem(fd, &zero, &off, 0);

	if (fd >= 0)
		close(fd);
	return e;
}

/* Of a seal that was reported: does the module deny, and go on to when its gate is closed? */
static int verdict(const struct victim *v, int refused)
{
	char line[128];
	int e = 0;

	if (refused)
		e = refused;
	else if (denies(v))
		e = close_by_id(v);
	if (!refused && !denies(v))
		e = ATTACK_WON;
	if (refused || !target_to_seal) {
		snprintf(line, sizeof(line), "latch unload victim%d >/dev/null 2>&1", v->number);
		command(line);
	}
	return e;
}

static int seal_fmod(void)
{
	struct victim v = load(1);

	program_attach("modify_bpf");
	program_attach("modify_bpf_map");
	program_attach("modify_bpf_prog");
	return verdict(&v, seal(&v));
}

static int seal_positive(void)
{
	struct victim v = load(2);

	program_attach("positive_bpf");
	program_attach("positive_bpf_map");
	program_attach("positive_bpf_prog");
	return verdict(&v, seal(&v));
}

/* The hooks of the guard, or of what it needs, taken to the last place. */
static int seal_squat(void)
{
	static const char *const hooks[] = { "nothing_bpf", "nothing_bpf_map", "nothing_bpf_prog" };
	struct victim v = load(3);

	for (size_t i = 0; i < 3; i++)
		program_squat(hooks[i]);
	return verdict(&v, seal(&v));
}

static int seal_mmap(void)
{
	struct victim v = load(4);
	int fd = gate_of(&v);
	struct latch_gate *gate = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int e;

	close(fd);
	if (gate == MAP_FAILED)
		return -errno;
	e = seal(&v);
	gate->mode = LATCH_OFF;
	return verdict(&v, e);
}

/* The gate among the maps of a program that was loaded before. */
static int seal_program(void)
{
	struct victim v = load(5);
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_gate", &prog);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int e, fd = gate_of(&v), prog_fd;

	if (!obj || bpf_map__reuse_fd(bpf_object__find_map_by_name(obj, "own"), fd) || bpf_object__load(obj))
		return -errno;
	prog_fd = dup(bpf_program__fd(prog));
	bpf_object__close(obj);
	close(fd);
	e = seal(&v);
	bpf_prog_test_run_opts(prog_fd, &opts);
	return verdict(&v, e);
}

static int seal_inner(void)
{
	struct victim v = load(6);
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_inner", &prog);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int e, fd = gate_of(&v);

	if (!obj || bpf_object__load(obj) ||
	    bpf_map_update_elem(bpf_map__fd(bpf_object__find_map_by_name(obj, "outer")), &zero, &fd, 0))
		return -errno;
	close(fd);
	e = seal(&v);
	bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	return verdict(&v, e);
}

static int seal_iterator(void)
{
	struct victim v = load(7);
	int gate = gate_of(&v), e, fd;
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)gate };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("write_element", &prog);
	struct bpf_link *link;
	char text[64];

	if (!obj || bpf_object__load(obj))
		return -errno;
	link = bpf_program__attach_iter(prog, &opts);
	fd = link ? bpf_iter_create(bpf_link__fd(link)) : -errno;
	close(gate);
	if (fd < 0)
		return fd;
	e = seal(&v);
	if (read(fd, text, sizeof(text)) < 0)
		close(fd);
	return verdict(&v, e);
}

/*
 * A map's memory, mapped before the seal and let go of, while the kernel keeps the page for a registered
 * buffer of io_uring's: no descriptor, mapping or reference shows that.
 */
static int pin_page(const struct victim *v, const char *map, struct io_uring_params *p)
{
	char path[256];
	struct iovec page = { .iov_len = 4096 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, p), fd, e;

	pinned(v, map, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (ring < 0 || fd < 0)
		return -errno;
	page.iov_base = mmap(NULL, page.iov_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (page.iov_base == MAP_FAILED)
		return -errno;
	e = sys(syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &page, 1));
	pinned_at = page.iov_base;
	munmap(page.iov_base, page.iov_len);
	return e ? e : ring;
}

static int seal_page(int number, const char *map)
{
	struct victim v = load(number);
	struct io_uring_params p = { 0 };
	struct io_uring_sqe zeros = { .opcode = IORING_OP_READ_FIXED, .len = 4096 };
	int ring = pin_page(&v, map, &p), e;

	if (ring == -EOPNOTSUPP)
		return attack_absent("this kernel registers no memory of a map");
	if (ring < 0)
		return ring;
	zeros.fd = open_fd("/dev/zero", O_RDONLY);
	zeros.addr = (uintptr_t)pinned_at;
	e = seal(&v);
	uring_submit(ring, &p, &zeros);
	return verdict(&v, e);
}

static int seal_page_gate(void)
{
	return seal_page(15, "maps/gate");
}

static int seal_page_param(void)
{
	return seal_page(15, "maps/param");
}

/* One that touches no element, for the place of a view's. */
static int seal_view(void)
{
	struct victim v = load(14);
	int prog = program_over_elements(0), e, link;
	char path[256];

	if (prog < 0)
		return prog;
	e = seal(&v);
	pinned(&v, "iter/gate", path, sizeof(path));
	link = bpf_obj_get(path);
	if (link >= 0 && !bpf_link_update(link, prog, NULL))
		return ATTACK_WON;
	return verdict(&v, e);
}

/* Replaced already when it is sealed. */
static int seal_freplace(void)
{
	struct victim v = load(8);
	struct bpf_program *prog;
	struct bpf_object *obj = programs_open("replace_verdict", &prog);
	int fd = bpf_prog_get_fd_by_id(v.prog);

	if (!obj || bpf_program__set_attach_target(prog, fd, "latch_inode_mkdir") || bpf_object__load(obj) ||
	    !bpf_program__attach(prog))
		return -errno;
	close(fd);
	return verdict(&v, seal(&v));
}

/* A program that can be put into the place of one of the guard's, loaded before there is one. */
static int seal_functions(void)
{
	struct victim v = load(16);
	int prog = function_load("replace_sysctl", "sysctl_allow", "sysctl_allow"), e;

	if (prog < 0)
		return prog;
	e = seal(&v);
	if (!function_replace(prog, "guard_sysctl", BPFFS "/latch/guard~/sysctl"))
		return ATTACK_WON;
	return verdict(&v, e);
}

/* Stopped at many moments, the gate closed at each; what is sealed then has it closed. */
static int seal_stop(void)
{
	struct victim v = load(9);
	pid_t pid = seal_begin(&v, false);

	for (int i = 0; i < 200 && !waitpid(pid, NULL, WNOHANG | WNOWAIT); i++) {
		siginfo_t info = { 0 };

		if (!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid)
			break;
		kill(pid, SIGSTOP);
		close_by_id(&v);
		kill(pid, SIGCONT);
		usleep(10000);
	}
	return verdict(&v, seal_end(pid));
}

/* What latch has open while it seals, taken from it. */
static int seal_steal(void)
{
	struct victim v = load(10);
	pid_t pid = seal_begin(&v, false);
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), stolen[512], n = 0, e;

	for (siginfo_t info = { 0 }; n < 400;) {
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid)
			break;
		for (int fd = 3; fd < 48 && n < 400; fd++) {
			int got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

			if (got >= 0)
				stolen[n++] = got;
		}
		usleep(5000);
	}
	e = seal_end(pid);
	for (int i = 0; i < n; i++) {
		bpf_map_update_elem(stolen[i], &zero, &off, 0);
		bpf_link_detach(stolen[i]);
		bpf_prog_detach2(stolen[i], open_fd("/sys/fs/cgroup", O_RDONLY), BPF_CGROUP_SYSCTL);
	}
	return verdict(&v, e);
}

/* Killed at a moment that grows; what says that it is sealed has to be. */
static int seal_kill(void)
{
	struct victim v = load(11);
	char line[128];
	int e = -ECANCELED;

	for (unsigned int ms = 100; ms < 1700 && e; ms += 200) {
		pid_t pid = seal_begin(&v, false);

		usleep(ms * 1000);
		kill(pid, SIGKILL);
		seal_end(pid);
		snprintf(line, sizeof(line),
			 "latch list --json | grep -A 12 '\"victim%d\"' | grep -q '\"sealed\": *true'", v.number);
		e = target_to_seal ? command(line) : 0;
	}
	return verdict(&v, e);
}

static int seal_race(void)
{
	struct victim v = load(12);
	pid_t pid = seal_begin(&v, false), racer = fork();
	int e;

	if (!racer) {
		for (;;)
			command("latch unload victim12 >/dev/null 2>&1");
	}
	e = seal_end(pid);
	kill(racer, SIGKILL);
	waitpid(racer, NULL, 0);
	return verdict(&v, e);
}

/* A tracer makes latch believe that it froze a map. */
static int seal_ptrace(void)
{
	const int freeze = 22;
	struct victim v = load(13);
	pid_t pid = seal_begin(&v, true);
	struct user_regs_struct regs;
	bool entry = true;
	int status, sig = 0;

	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		sig = WSTOPSIG(status);
		if (sig == SIGTRAP) { /* of execve */
			sig = 0;
			ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
		} else if (sig == (SIGTRAP | 0x80)) {
			sig = 0;
			if (!ptrace(PTRACE_GETREGS, pid, NULL, &regs) && entry && regs.orig_rax == SYS_bpf &&
			    (int)regs.rdi == freeze) {
				regs.orig_rax = (unsigned long)-1;
				ptrace(PTRACE_SETREGS, pid, NULL, &regs);
			} else if (!entry && regs.orig_rax == (unsigned long)-1) {
				regs.rax = 0;
				ptrace(PTRACE_SETREGS, pid, NULL, &regs);
			}
			entry = !entry;
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig))
			break;
	}
	return verdict(&v, WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ECANCELED);
}

/* Those first that the seal is to be refused for. */
const struct attack seal_attacks[] = {
	{ "seal-fmod-ret", "fmod_ret on security_bpf*, returning 1, from before the seal", seal_fmod, SEALS, NULL },
	{ "seal-positive", "LSM programs on bpf* that return 1, from before the seal", seal_positive, SEALS, NULL },
	{ "seal-squat", "all places on the hooks bpf* taken before the seal", seal_squat, SEALS, NULL },
	{ "seal-mmap", "the gate mapped to be written, from before the seal", seal_mmap, SEALS, NULL },
	{ "seal-program", "a program loaded before the seal that writes the gate", seal_program, SEALS, NULL },
	{ "seal-inner", "the gate in a map of maps, from before the seal", seal_inner, SEALS, NULL },
	{ "seal-page-gate", "the page of the gate kept by io_uring from before the seal, zeroed after it",
	  seal_page_gate, SEALS, NULL },
	{ "seal-page-param", "the same of the parameters", seal_page_param, SEALS, "they cannot be mapped" },
	{ "seal-view", "a program for the place of a view's, loaded before the seal", seal_view, SEALS, NULL },
	{ "seal-iterator", "an iterator over the gate that writes, opened before the seal", seal_iterator, SEALS,
	  NULL },
	{ "seal-freplace", "a program replaced by freplace before the seal", seal_freplace, SEALS,
	  "the kernel replaces no program whose argument, as the SDK writes it, is no type of its own" },
	{ "seal-functions", "a program for the place of a function of the guard's, loaded before the seal",
	  seal_functions, SEALS, "what is not sealed has no guard" },
	{ "seal-stop", "SIGSTOP latch while it seals, close the gate, SIGCONT", seal_stop, SEALS, NULL },
	{ "seal-steal", "take latch's descriptors while it seals (pidfd_getfd)", seal_steal, SEALS, NULL },
	{ "seal-kill", "SIGKILL latch while it seals", seal_kill, SEALS, NULL },
	{ "seal-ptrace", "trace latch while it seals, leave out each BPF_MAP_FREEZE", seal_ptrace, SEALS, NULL },
	{ "seal-race", "latch unload, over and over, while it seals", seal_race, SEALS, NULL },
	{},
};
