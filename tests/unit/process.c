// SPDX-License-Identifier: GPL-2.0-only
/* Running latch(8) as a process that has no privilege. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

#define NOBODY 65534
#define ARGUMENTS_MAX 64

void drop_privilege(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ||
	    !setuid(0) || prctl(PR_SET_DUMPABLE, 1)) {
		/* Better no test than one that loads something on this machine. */
		perror("cannot drop privileges");
		_exit(126);
	}
}

static void child(int binary, const char *const *argv)
{
	char *args[ARGUMENTS_MAX] = { "latch" };

	for (size_t i = 0; argv[i] && i + 2 < ARGUMENTS_MAX; i++)
		args[i + 1] = (char *)argv[i];
	drop_privilege();
	unsetenv("CMOCKA_MESSAGE_OUTPUT");
	fexecve(binary, args, environ);
	perror("fexecve");
	_exit(127);
}

static void take_file(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
}

void run_latch(struct result *res, const char *out, const char *const *argv)
{
	/* Opened while we may: nobody cannot enter every directory that a tree is cloned in. */
	int binary = open(LATCH_BUILD "/latch", O_RDONLY);
	int outfd = out ? open(out, O_RDWR) : memfd_create("out", MFD_CLOEXEC);
	int errfd = memfd_create("err", MFD_CLOEXEC), status;
	pid_t pid;

	assert_true(binary >= 0 && outfd >= 0 && errfd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(outfd, STDOUT_FILENO);
		dup2(errfd, STDERR_FILENO);
		child(binary, argv);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(binary);
	res->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	res->out[0] = '\0';
	if (out)
		close(outfd);
	else
		take_file(outfd, res->out, sizeof(res->out));
	take_file(errfd, res->err, sizeof(res->err));
}

void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

char *make_directory(void)
{
	char *path = strdup("/tmp/latch-test.XXXXXX");

	assert_non_null(path);
	assert_non_null(mkdtemp(path));
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

void remove_directory(char *path)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
	free(path);
}

char *copy_into(const char *directory, const char *path, const char *name)
{
	struct object o = object_read(path);
	char *to = malloc(PATH_MAX);
	FILE *f;

	assert_non_null(to);
	snprintf(to, PATH_MAX, "%s/%s", directory, name);
	f = fopen(to, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(o.data, 1, o.size, f), o.size);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(to, 0644), 0);
	object_free(&o);
	return to;
}

void text_says(const char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("`%s` does not say `%s`", text, want);
}

void text_is_narrow(const char *what, const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strcspn(text, "\n") > 80)
			fail_msg("%s: wider than 80: `%.*s`", what, (int)strcspn(text, "\n"), text);
}
