// SPDX-License-Identifier: GPL-2.0-only
/* fuse DIRECTORY [COMMAND...]: a FUSE file system there that answers nothing, for as long as the command runs */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), status = 0;
	char options[96];
	pid_t pid;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd, getuid(), getgid());
	if (argc < 2 || fd < 0 || mount("nothing", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
		fprintf(stderr, "fuse: %s\n", strerror(errno));
		return 1;
	}
	if (argc > 2) {
		pid = fork();
		if (!pid) {
			execvp(argv[2], argv + 2);
			_exit(127);
		}
		waitpid(pid, &status, 0);
	}
	/* The file system ends with its descriptor, before its mount does. */
	close(fd);
	if (umount2(argv[1], MNT_DETACH)) {
		fprintf(stderr, "fuse: umount: %s\n", strerror(errno));
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
