// SPDX-License-Identifier: GPL-2.0-only
/* A configuration that others than root could have written is not read, and why is said. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "test.h"

#define OTHER 4711

static char *directory; /* made anew for each */

static const char *in(const char *name)
{
	static char paths[4][256];
	static unsigned int n;
	char *path = paths[n++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static void write_file(const char *name, mode_t mode)
{
	FILE *f = fopen(in(name), "we");

	assert_non_null(f);
	fputs("[lockdown]\nkexec = enforce\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(in(name), mode), 0);
}

/* a/latch.conf, a/conf.d/x.conf, and what links lead to: real/there.conf, real/conf.d */
static int setup(void **state)
{
	(void)state;
	umask(022);
	directory = make_directory();
	assert_int_equal(mkdir(in("a"), 0755) || mkdir(in("a/conf.d"), 0755) || mkdir(in("real"), 0755), 0);
	write_file("a/latch.conf", 0644);
	write_file("a/conf.d/x.conf", 0644);
	write_file("real/there.conf", 0644);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(directory);
	return 0;
}

static int reads(struct latch_error *err)
{
	struct latch_config *config = NULL;
	int e = latch_config_read(in("a"), NULL, &config, err);

	latch_config_free(config);
	return e;
}

/* code 0: it is read; else the message has these words. */
static void comes_to(const char *what, int code, const char *path, const char *remedy)
{
	struct latch_error err = { "" };
	int e = reads(&err);

	if (e != code)
		fail_msg("%s: %d, not %d: %s", what, e, code, err.text);
	if (code && (!strstr(err.text, in(path)) || !strstr(err.text, remedy)))
		fail_msg("%s: `%s` has not `%s` and `%s`", what, err.text, in(path), remedy);
}

static const char *const places[] = { "a/latch.conf", "a/conf.d/x.conf", "a/conf.d", "a", "" };

/* Each mode of each place: with a bit of writing for others it is refused, else not. */
static void modes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct stat st;

		assert_int_equal(stat(in(places[i]), &st), 0);
		for (mode_t mode = 0; mode < 01000; mode++) {
			char what[300], path[256];
			int code = mode & 022 ? -EKEYREJECTED : 0;

			/* Who is not root has to be able to read it at all. */
			if ((mode & 0500) != 0500)
				continue;
			snprintf(path, sizeof(path), "%s", in(places[i]));
			snprintf(what, sizeof(what), "%s %o", path, mode);
			assert_int_equal(chmod(path, mode), 0);
			comes_to(what, code, places[i], "`chmod go-w ");
		}
		assert_int_equal(chmod(in(places[i]), st.st_mode & 07777), 0);
	}
	comes_to("as it was", 0, "", "");
}

/* In a sticky directory nobody removes what is root's; but a file can be added to conf.d. */
static void sticky(void **state)
{
	(void)state;
	assert_int_equal(chmod(directory, 01777), 0);
	comes_to("a parent", 0, "", "");
	assert_int_equal(chmod(in("a/conf.d"), 01777), 0);
	comes_to("conf.d", -EKEYREJECTED, "a/conf.d", "`chmod go-w ");
}

static void owners(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	for (size_t i = 0; i < COUNT(places); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s", in(places[i]));
		assert_int_equal(lchown(path, OTHER, 0), 0);
		comes_to(path, -EKEYREJECTED, places[i], "belongs to uid 4711");
		comes_to(path, -EKEYREJECTED, places[i], "`chown root ");
		/* A group that cannot write it may have it. */
		assert_int_equal(lchown(path, 0, OTHER), 0);
		comes_to(path, 0, "", "");
		assert_int_equal(lchown(path, 0, 0), 0);
	}
	/* The owner may well be root, where others are the directory's. */
	assert_int_equal(chmod(directory, 01777) || lchown(directory, OTHER, 0), 0);
	comes_to("a sticky directory of another's", -EKEYREJECTED, "", "`chown root ");
}

static void link_to(const char *target, const char *name)
{
	unlink(in(name));
	assert_int_equal(symlink(target, in(name)), 0);
}

static void links(void **state)
{
	(void)state;
	link_to("../real/there.conf", "a/latch.conf");
	comes_to("a link", 0, "", "");
	link_to(in("real/there.conf"), "a/latch.conf");
	comes_to("a link with the whole path", 0, "", "");
	assert_int_equal(chmod(in("real/there.conf"), 0666), 0);
	comes_to("what it leads to can be written", -EKEYREJECTED, "real/there.conf", "`chmod go-w ");
	assert_int_equal(chmod(in("real/there.conf"), 0644) || chmod(in("real"), 0777), 0);
	comes_to("that's directory can be written", -EKEYREJECTED, "real", "the directory ");
	link_to("../a/latch.conf", "real/hop");
	link_to("../real/hop", "a/latch.conf");
	comes_to("over a directory that can be written", -EKEYREJECTED, "real", "the directory ");
	assert_int_equal(chmod(in("real"), 0755), 0);
	comes_to("a circle", -ELOOP, "a/latch.conf", "Too many levels of symbolic links");
	link_to("nowhere", "a/latch.conf");
	comes_to("to nowhere", -ENOENT, "a/latch.conf", "No such file or directory");
	link_to("../a/conf.d/../../real/./there.conf", "a/latch.conf");
	comes_to("by way of ..", 0, "", "");
	if (geteuid())
		return;
	assert_int_equal(lchown(in("a/latch.conf"), OTHER, 0), 0);
	comes_to("a link of another's", -EKEYREJECTED, "a/latch.conf", "`chown -h root ");
}

/* The directory of drop-ins may be a link as well, and the path a relative one. */
static void directories(void **state)
{
	struct latch_config *config;
	struct latch_error err;
	char *from = get_current_dir_name();

	(void)state;
	assert_int_equal(rename(in("a/conf.d"), in("real/conf.d")), 0);
	link_to("../real/conf.d", "a/conf.d");
	comes_to("a link", 0, "", "");
	assert_int_equal(chmod(in("real/conf.d"), 0775), 0);
	comes_to("what it leads to can be written", -EKEYREJECTED, "real/conf.d", "`chmod go-w ");
	assert_int_equal(chmod(in("real/conf.d"), 0755), 0);
	assert_int_equal(chdir(directory), 0);
	assert_int_equal(latch_config_read("a", NULL, &config, &err), 0);
	latch_config_free(config);
	assert_int_equal(latch_config_read(".//a/../a/", NULL, &config, &err), 0);
	latch_config_free(config);
	assert_int_equal(chdir(from), 0);
	free(from);
	assert_int_equal(mkfifo(in("a/fifo"), 0644) || rename(in("a/fifo"), in("a/latch.conf")), 0);
	comes_to("a fifo, which is not waited for", -EINVAL, "a/latch.conf", "not a regular file");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = { TEST(modes), TEST(sticky), TEST(owners), TEST(links), TEST(directories) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
