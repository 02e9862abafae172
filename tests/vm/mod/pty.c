// SPDX-License-Identifier: GPL-2.0-only
/* pty COLUMNS PROGRAM...: runs it on a terminal that wide, and copies what it prints, less the \r. */
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24 };
	char buf[4096];
	int terminal, status;
	pid_t pid;
	ssize_t n;

	if (argc < 3)
		return 2;
	size.ws_col = (unsigned short)atoi(argv[1]);
	pid = forkpty(&terminal, NULL, NULL, &size);
	if (pid < 0) {
		perror("forkpty");
		return 125;
	}
	if (!pid) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	/* EIO is the end of what it had to say. */
	while ((n = read(terminal, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != '\r')
				putchar(buf[i]);
	if (waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
