// SPDX-License-Identifier: GPL-2.0-only
/* Other ways to what a lockdown feature protects than the plain one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static int write_text(const char *path, const char *text)
{
	int err = 0, fd = probe_open(path, O_WRONLY | O_APPEND);

	if (fd < 0)
		return fd;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int run_kprobe_events(char **args)
{
	const char *events = "/sys/kernel/tracing/kprobe_events";
	int err = write_text(events, "p:latch_probe vfs_fsync\n");

	(void)args;
	return err ? err : write_text(events, "-:latch_probe\n");
}

/* To the mode that it has. */
static int run_debugfs_chmod(char **args)
{
	(void)args;
	return chmod("/sys/kernel/debug/clear_warn_once", 0200) ? -errno : 0;
}

static int load_with_flags(const char *path, int flags)
{
	int err = 0, fd = probe_open(path, O_RDONLY);

	if (fd < 0)
		return fd;
	if (syscall(SYS_finit_module, fd, "", flags))
		err = -errno;
	close(fd);
	return err;
}

/* The signature of a module that is loaded so is not looked at: it counts as unsigned. */
static int run_module_load_forced(char **args)
{
	return load_with_flags(args[0], MODULE_INIT_IGNORE_VERMAGIC);
}

static int run_module_load_compressed(char **args)
{
	return load_with_flags(args[0], MODULE_INIT_COMPRESSED_FILE);
}

/* The kernel takes the lower half of rax for the call's number, and keeps all of it. */
static int run_module_unload_wide(char **args)
{
	long ret = 1L << 32 | SYS_delete_module;

	asm volatile("syscall" : "+a"(ret) : "D"(args[0]), "S"((long)O_NONBLOCK) : "rcx", "r11", "memory");
	return ret;
}

/* The call of a 32-bit process; its pointers are 32 bits. */
static int run_module_unload_32(char **args)
{
	char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int ret = 129;

	if (name == MAP_FAILED)
		return -errno;
	strncpy(name, args[0], 4095);
	asm volatile("int $0x80" : "+a"(ret) : "b"(name), "c"(O_NONBLOCK) : "memory");
	munmap(name, 4096);
	return ret;
}

/* What only modules that the kernel asks for would make succeed; it asks, each time. */
static void ask_socket(void)
{
	close(socket(AF_ECONET, SOCK_DGRAM, 0));
}

static void ask_mount(void)
{
	mount("none", "/tmp", "latch_none", 0, NULL);
}

static void ask_tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "latch_none", sizeof("latch_none"));
	close(fd);
}

/* Asked a second time under the plain name, for those with CAP_SYS_MODULE. */
static void ask_netdev(void)
{
	struct ifreq ifr = { .ifr_name = "latch_none" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ioctl(fd, SIOCGIFFLAGS, &ifr);
	close(fd);
}

static const struct {
	const char *name;
	void (*ask)(void);
} autoloads[] = {
	{ "socket", ask_socket },
	{ "mount", ask_mount },
	{ "tcp", ask_tcp },
	{ "netdev", ask_netdev },
};

/* Whether the kernel ran kernel.modprobe is seen by the file that it then makes. */
static int run_module_autoload(char **args)
{
	for (size_t i = 0; i < sizeof(autoloads) / sizeof(autoloads[0]); i++) {
		if (strcmp(autoloads[i].name, args[0]))
			continue;
		unlink(args[1]);
		autoloads[i].ask();
		return access(args[1], F_OK) ? -ENOPKG : 0;
	}
	return -EINVAL;
}

const struct probe bypass_probes[] = {
	{ "kprobe_events", run_kprobe_events, 0, 0, "" },
	{ "debugfs_chmod", run_debugfs_chmod, 0, 0, "" },
	{ "module_load_forced", run_module_load_forced, 1, 1, "FILE" },
	{ "module_load_compressed", run_module_load_compressed, 1, 1, "FILE" },
	{ "module_unload_wide", run_module_unload_wide, 1, 1, "NAME" },
	{ "module_unload_32", run_module_unload_32, 1, 1, "NAME" },
	{ "module_autoload", run_module_autoload, 2, 2, "socket|mount|tcp|netdev MARK" },
	{},
};
