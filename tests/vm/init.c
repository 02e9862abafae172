// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of a test guest: mounts, runs /script with its output on ttyS1, tells the host
 * the status on ttyS2 ("exit STATUS" or "exit STATUS poweroff") and ends the guest.
 * Under systemd, a service: the mounts are there, and it may be too late for the port.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_PORT 0xf4

static const struct {
	const char *type, *dir;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "securityfs", "/sys/kernel/security" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tracefs", "/sys/kernel/tracing" },
	{ "cgroup2", "/sys/fs/cgroup" },
	{ "tmpfs", "/tmp" },
	{ "tmpfs", "/run" },
};

static void complain(const char *what)
{
	fprintf(stderr, "init: %s: %m\n", what);
}

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL))
			complain(mounts[i].dir);
	}
	chmod("/tmp", 01777);
}

static int open_serial(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios tio;

	if (fd < 0 || tcgetattr(fd, &tio)) {
		complain(path);
		return fd;
	}
	cfmakeraw(&tio);
	cfsetspeed(&tio, B115200);
	tio.c_cflag |= CLOCAL;
	if (tcsetattr(fd, TCSANOW, &tio))
		complain(path);
	return fd;
}

static void run_script(int out)
{
	static char *const env[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", NULL,
	};
	static char *const plain[] = { "/script", NULL };
	static char *const by_shell[] = { "sh", "/script", NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ioperm(EXIT_PORT, 1, 0); /* it is kept across fork and exec, and is not for the script */
	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	if (chdir("/root"))
		complain("/root");
	execve(plain[0], plain, env);
	if (errno == ENOEXEC)
		execve("/bin/sh", by_shell, env);
	complain("/script");
	_exit(127);
}

static int wait_for(pid_t script)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(-1, &status, 0);
	} while (pid != script && (pid > 0 || errno == EINTR));
	if (pid != script)
		return 126;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * What the script left running must not write after the end. A process that the kernel keeps
 * in a system call for good, and that cannot do that either, is not waited for.
 */
static void kill_rest(void)
{
	kill(-1, SIGKILL);
	for (int i = 0; i < 500 && waitpid(-1, NULL, WNOHANG) >= 0; i++)
		usleep(10000);
}

int main(void)
{
	int port, out, result, status;
	pid_t script;

	/* Before any policy can refuse it; under lockdown= on the command line it is too late. */
	port = getpid() == 1 && ioperm(EXIT_PORT, 1, 1) == 0;

	if (getpid() == 1)
		mount_all();
	out = open_serial("/dev/ttyS1");
	result = open_serial("/dev/ttyS2");

	script = fork();
	if (!script)
		run_script(out);
	status = script < 0 ? 126 : wait_for(script);

	kill_rest();
	tcdrain(out);
	dprintf(result, "exit %d%s\n", status, port ? "" : " poweroff");
	tcdrain(result);
	if (port)
		outb(status, EXIT_PORT);
	reboot(RB_POWER_OFF);
	return 1;
}
