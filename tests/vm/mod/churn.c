// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn STOP: four processes, which open, fork, exec and unlink over and over until the file
 * STOP is there. Prints a line for each, "NAME ROUNDS ERRORS": how often, and which errnos it
 * got.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_US 500000 /* between rounds: a guest's CPUs share one of the host */

static int ended(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int churn_open(void)
{
	int fd = open("/etc/passwd", O_RDWR | O_CLOEXEC);

	return fd < 0 || close(fd) ? errno : 0;
}

static int churn_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return ended(child);
}

static int churn_exec(void)
{
	pid_t child = vfork();

	if (!child) {
		execl("/proc/self/exe", "churn", NULL);
		_exit(errno);
	}
	return ended(child);
}

static int churn_unlink(void)
{
	int fd = open("churn.file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	return fd < 0 || close(fd) || unlink("churn.file") ? errno : 0;
}

static void loop(const char *name, int (*once)(void), const char *stop)
{
	unsigned long rounds = 0;
	char line[1024];
	bool seen[256] = { false };
	int used;

	while (access(stop, F_OK)) {
		for (int i = 0; i < 4; i++, rounds++)
			seen[once() & 255] = true;
		usleep(PAUSE_US);
	}
	used = snprintf(line, sizeof(line), "%s %lu", name, rounds);
	for (int i = 1; i < 256; i++)
		if (seen[i])
			used += snprintf(line + used, sizeof(line) - (size_t)used, " %d", i);
	line[used++] = '\n';
	_exit(write(STDOUT_FILENO, line, (size_t)used) != used);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*once)(void);
	} kinds[] = {
		{ "open", churn_open },
		{ "fork", churn_fork },
		{ "exec", churn_exec },
		{ "unlink", churn_unlink },
	};
	int failed = 0;

	if (argc == 1) /* what churn_exec() starts */
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		pid_t child = fork();

		if (!child)
			loop(kinds[i].name, kinds[i].once, argv[1]);
		failed |= child < 0;
	}
	for (int status; wait(&status) > 0;)
		failed |= status;
	return failed ? 2 : 0;
}
