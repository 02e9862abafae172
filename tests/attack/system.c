// SPDX-License-Identifier: GPL-2.0-only
/* What root does to the machine as a whole, and what the kernel does for root. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"

#define HELPER "/tmp/helper"

static int kill_all(void)
{
	return sys(kill(-1, SIGKILL));
}

static int sysrq(const char *key)
{
	write_file("/proc/sys/kernel/sysrq", "1");
	return write_file("/proc/sysrq-trigger", key);
}

static int sysrq_term(void)
{
	return sysrq("e");
}

static int sysrq_kill(void)
{
	return sysrq("i");
}

/* Emergency remount: leaves the guest's file systems read-only where they can be. */
static int sysrq_remount(void)
{
	int e = sysrq("u");

	sleep(1);
	mount(NULL, "/", NULL, MS_REMOUNT, NULL);
	mount(NULL, "/tmp", NULL, MS_REMOUNT, NULL);
	mount(NULL, "/run", NULL, MS_REMOUNT, NULL);
	mount(NULL, "/dev", NULL, MS_REMOUNT, NULL);
	mount(NULL, BPFFS, NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return e;
}

/* The OOM killer takes those first that offer themselves, and these take all there is. */
static int memory(void)
{
	const size_t step = 16 << 20;

	printf("# expect-kernel-log: Call Trace\n"); /* of the OOM killer */
	fflush(stdout);
	write_file("/proc/self/oom_score_adj", "1000");
	for (;;) {
		char *more = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (more == MAP_FAILED)
			return -errno;
		for (size_t i = 0; i < step; i += 4096)
			more[i] = 1;
	}
}

static int drop_caches(void)
{
	int e = 0;

	for (int i = 0; i < 3 && !e; i++)
		e = write_file("/proc/sys/vm/drop_caches", "3");
	return e;
}

/* Threads and descriptors to the last: what is attached needs no new ones. */
static int exhaust_files(void)
{
	struct rlimit all = { 100000, 100000 };
	int n = 0;

	setrlimit(RLIMIT_NOFILE, &all);
	while (n < 50000 && open("/dev/null", O_RDONLY) >= 0)
		n++;
	return n < 1000 ? -errno : 0;
}

static int hotplug(void)
{
	const char *online = "/sys/devices/system/cpu/cpu1/online";
	int e;

	if (access(online, W_OK))
		return attack_absent("the guest has one CPU");
	e = write_file(online, "0");
	if (!e && target_enforced())
		e = 0;
	write_file(online, "1");
	return e;
}

/* Suspend to idle ends at no interrupt that this machine has: not even its clock's. */
static int suspend(void)
{
	return attack_absent("nothing wakes this guest");
}

/* What the kernel will run as root, in the initial namespaces: it removes the pins. */
static int make_helper(void)
{
	FILE *f = fopen(HELPER, "we");

	if (!f)
		return -errno;
	fputs("#!/bin/sh\nrm -f " LINKS "/*\necho 0 >" FTRACE "\ntouch " HELPER ".ran\n", f);
	fclose(f);
	unlink(HELPER ".ran");
	return sys(chmod(HELPER, 0755));
}

static int helper_ran(void)
{
	for (int i = 0; i < 50; i++) {
		if (!access(HELPER ".ran", F_OK))
			return 0;
		usleep(100000);
	}
	return -ETIMEDOUT;
}

static int core_pattern(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int e = make_helper();
	pid_t pid;

	e = e ? e : write_file("/proc/sys/kernel/core_pattern", "|" HELPER);
	if (e)
		return e;
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &all);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	e = helper_ran();
	write_file("/proc/sys/kernel/core_pattern", "core");
	return e;
}

static int modprobe_path(void)
{
	int e = make_helper();

	e = e ? e : write_file("/proc/sys/kernel/modprobe", HELPER);
	if (e)
		return e;
	mount("none", "/tmp", "latch_none", 0, NULL);
	e = helper_ran();
	write_file("/proc/sys/kernel/modprobe", "/sbin/modprobe");
	return e;
}

static int uevent_helper(void)
{
	int e = make_helper();

	if (access("/sys/kernel/uevent_helper", W_OK))
		return attack_absent("the kernel has no uevent helper");
	e = e ? e : write_file("/sys/kernel/uevent_helper", HELPER);
	e = e ? e : write_file("/sys/class/mem/null/uevent", "change");
	e = e ? e : helper_ran();
	write_file("/sys/kernel/uevent_helper", "");
	return e;
}

/* All that is run by latch's name is run by the attacker's helper. */
static int binfmt(void)
{
	const char *dir = "/proc/sys/fs/binfmt_misc";
	int e = make_helper();

	command("modprobe binfmt_misc 2>/dev/null");
	if (mount("none", dir, "binfmt_misc", 0, NULL))
		return attack_absent("the guest has no binfmt_misc");
	e = e ? e : write_file("/proc/sys/fs/binfmt_misc/register", ":attack:M::own-format::" HELPER ":");
	if (!e) {
		command("printf own-format >/tmp/own; chmod 755 /tmp/own; /tmp/own");
		e = helper_ran();
		write_file("/proc/sys/fs/binfmt_misc/attack", "-1");
	}
	umount2(dir, MNT_DETACH);
	command("rmmod binfmt_misc 2>/dev/null");
	return e;
}

/* Every knob that has to do with BPF or with what runs it; each is put back. */
static int sysctls(void)
{
	static const char *const knobs[][2] = {
		{ "net/core/bpf_jit_enable", "0" },	{ "net/core/bpf_jit_harden", "2" },
		{ "net/core/bpf_jit_limit", "1" },	{ "net/core/bpf_jit_kallsyms", "0" },
		{ "kernel/bpf_stats_enabled", "1" },	{ "kernel/unprivileged_bpf_disabled", "0" },
		{ "kernel/stack_tracer_enabled", "1" }, { "kernel/kptr_restrict", "0" },
		{ "kernel/perf_event_paranoid", "-1" }, { "kernel/randomize_va_space", "0" },
		{ "kernel/sched_schedstats", "1" },	{ "kernel/cap_last_cap", "0" },
		{ "kernel/tracepoint_printk", "1" },	{ "debug/kprobes-optimization", "0" },
	};
	int e = -ENOENT;

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		char path[128], was[64] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/sys/%s", knobs[i][0]);
		fd = open_fd(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, was, sizeof(was) - 1) < 0)
			*was = '\0';
		close(fd);
		e = write_file(path, knobs[i][1]) && e ? e : 0;
		if (!target_enforced())
			return 0;
		write_file(path, was);
	}
	return e;
}

/* all of tracefs' off switches, and the function tracer on the hook itself */
static int tracers(void)
{
	const char *tracing = "/sys/kernel/tracing";
	int e;

	write_file("/sys/kernel/tracing/set_ftrace_filter", "bpf_lsm_inode_symlink\n");
	e = write_file("/sys/kernel/tracing/current_tracer", "function\n");
	write_file("/sys/kernel/tracing/tracing_on", "0");
	write_file("/sys/kernel/tracing/set_ftrace_notrace", "bpf_lsm_*\n");
	write_file("/sys/kernel/tracing/current_tracer", "nop\n");
	write_file("/sys/kernel/tracing/set_ftrace_filter", "\n");
	write_file("/sys/kernel/tracing/set_ftrace_notrace", "\n");
	write_file("/sys/kernel/tracing/tracing_on", "1");
	return access(tracing, F_OK) ? attack_absent("no tracefs") : e;
}

static int unload_hold(void)
{
	if (access("/sys/module/latch", F_OK))
		return attack_absent("latch.ko is not loaded");
	return sys(syscall(SYS_delete_module, "latch", O_NONBLOCK));
}

/* Where it holds something, whoever does this never comes back: ECHILD stands for that. */
static int force_hold(void)
{
	int status = 0;
	pid_t pid;

	if (access("/sys/module/latch", F_OK))
		return attack_absent("latch.ko is not loaded");
	pid = fork();
	if (!pid)
		_exit(syscall(SYS_delete_module, "latch", O_NONBLOCK | O_TRUNC) ? errno : 0);
	sleep(5);
	if (pid > 0 && !waitpid(pid, &status, WNOHANG))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static int rm_cgroups(void)
{
	mkdir("/sys/fs/cgroup/attack", 0755);
	rmdir("/sys/fs/cgroup/attack");
	rmdir("/sys/fs/cgroup");
	umount2("/sys/fs/cgroup", 0);
	return ftrace_off();
}

#define NO_PROCESS "latch needs no process"

const struct attack system_attacks[] = {
	{ "sysrq-remount", "SysRq u: emergency remount", sysrq_remount, 0, "what is attached needs no write" },
	{ "memory", "use up all memory: the OOM killer", memory, 0, NO_PROCESS },
	{ "drop-caches", "drop dentries, inodes, pages", drop_caches, 0, "pins hold their inodes" },
	{ "files", "50000 open files", exhaust_files, 0, NO_PROCESS },
	{ "cpu-hotplug", "take a CPU off, and on", hotplug, 0, "programs are in the text of all CPUs" },
	{ "suspend", "suspend", suspend, 0, "all stays in memory" },
	{ "core-pattern", "core_pattern: the kernel runs a helper that removes the pins", core_pattern, 0, NULL },
	{ "modprobe-path", "kernel.modprobe: the same", modprobe_path, 0, NULL },
	{ "uevent-helper", "uevent_helper: the same", uevent_helper, 0, NULL },
	{ "binfmt-misc", "binfmt_misc: the same", binfmt, 0, NULL },
	{ "sysctls", "bpf_jit_enable=0, unprivileged_bpf_disabled=0 and twelve more", sysctls, 0,
	  "none reaches what is attached" },
	{ "tracers", "the function tracer on the hook, then off", tracers, 0,
	  "a trampoline is its own user of ftrace" },
	{ "cgroup-remove", "rmdir and umount of cgroup2, then ftrace_enabled=0", rm_cgroups, 0,
	  "newer kernels do not let it be cleared" },
	{ "hold-unload", "rmmod latch.ko", unload_hold, 0, "nothing is held" },
	{ "hold-force", "rmmod -f latch.ko", force_hold, 0, "nothing is held" },
	{ "sysrq-term", "SysRq e: SIGTERM to all", sysrq_term, KILLS_ALL, NO_PROCESS },
	{ "kill-all", "kill -9 -1", kill_all, KILLS_ALL, NO_PROCESS },
	{ "sysrq-kill", "SysRq i: SIGKILL to all", sysrq_kill, KILLS_ALL, NO_PROCESS },
	{},
};
