// SPDX-License-Identifier: GPL-2.0-only
/* latch(8): from the command line to a command, and from an error to an exit status. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

int cmd_version(int argc, char **argv)
{
	struct options o = { 0 };
	int words = take_options(argc, argv, &o);

	if (words < 0)
		return -words;
	if (words)
		return usage("version", "too many words");
	printf("latch %s\n", LATCH_VERSION);
	return EXIT_DONE;
}

int fail(int code, const struct latch_error *err)
{
	message_lines(err->text);
	json_failed(err->text);
	switch (code) {
	case -EINVAL:
		return EXIT_USAGE;
	case -EKEYREJECTED:
		return EXIT_REFUSED;
	case -EOPNOTSUPP:
		return EXIT_KERNEL;
	case -EINPROGRESS:
		return EXIT_DIFFERS;
	default:
		return EXIT_FAILED;
	}
}

/* What was not written was not said. */
int finish(int status)
{
	bool bad;
	int error;

	json_end(status);
	bad = fflush(stdout) || ferror(stdout);
	error = errno;

	bad = fold_end() || bad;
	if (!bad)
		return status;
	message("standard output: %s", strerror(error ? error : errno));
	return status ? status : EXIT_FAILED;
}

static char **called; /* as main() was, with what take_options() takes out */

/* latch_seal() says if that was not possible. */
void begin_seal(struct latch *l)
{
	if (called)
		latch_seal_fresh(l, called);
}

static int run(int argc, char **argv)
{
	static char *bare[] = { "status", NULL, NULL };
	struct options o = { 0 };
	const struct command *c;
	int words = take_first_options(argc, argv, &o), taken;

	if (words < 0)
		return -words;
	if (o.version) {
		bare[0] = "version";
		return cmd_version(1, bare);
	}
	if (!words)
		return raise_limits() ? EXIT_FAILED : cmd_status(1, bare);
	c = command_of_words(argv[1], words > 1 ? argv[2] : NULL, &taken);
	if (!c)
		return taken > 1 ? unknown_command(argv[1], argv[1], argv[2]) : unknown_command("", "", argv[1]);
	argv[taken] = (char *)c->name; /* for take_options() */
	if (raise_limits())
		return EXIT_FAILED;
	return c->run(words + 1 - taken, argv + taken);
}

int main(int argc, char **argv)
{
	int r;

	called = calloc((size_t)argc + 1, sizeof(*called));
	if (called)
		memcpy(called, argv, (size_t)argc * sizeof(*called));
	fold_begin();
	r = finish(run(argc, argv));
	free(called);
	return r;
}
