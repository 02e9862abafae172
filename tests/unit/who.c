// SPDX-License-Identifier: GPL-2.0-only
/* Who was denied, and by what: recorded names, the file they lead to, tally ids. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "test.h"

#define NOWHERE 0xfffffffffull /* no mount's device */

/* names: the file's first, as the kernel records them. */
static void record(struct latch_who *who, const char *const *names)
{
	memset(who, 0, sizeof(*who));
	for (; names[who->depth]; who->depth++)
		if (who->depth < LATCH_PATH_DEPTH)
			memcpy(who->path[who->depth], names[who->depth], strnlen(names[who->depth], LATCH_PATH_NAME));
}

static void shows(const char *const *names, const char *want)
{
	struct latch_who who;
	char path[4096];

	record(&who, names);
	assert_false(latch_who_path(&who, NOWHERE, 1, path, sizeof(path)));
	assert_string_equal(path, want);
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define FORTY "0123456789012345678901234567890123456789"

static void recorded(void **state)
{
	(void)state;
	shows(NAMES("cat", "bin", "usr"), ".../usr/bin/cat");
	shows(NAMES("init"), ".../init");
	shows(NAMES(NULL), "...");
	shows(NAMES("cat", "", "usr"), ".../usr/*/cat");
	shows(NAMES("", "bin", "usr"), ".../usr/bin/*");
	shows(NAMES("", "", ""), ".../*/*/*");
	shows(NAMES("a\nb", "\033[31m", "\177"), ".../\177/\033[31m/a\nb");
	shows(NAMES("caf\xc3\xa9"), ".../caf\xc3\xa9");
	shows(NAMES("8", "7", "6", "5", "4", "3", "2", "1"), ".../1/2/3/4/5/6/7/8");
	shows(NAMES("9", "8", "7", "6", "5", "4", "3", "2", "1"), ".../2/3/4/5/6/7/8/9");
	shows(NAMES(FORTY "beyond", FORTY), ".../" FORTY "/" FORTY);
}

/* The largest text there can be, and buffers that are too small for it. */
static void worst(void **state)
{
	struct latch_who who = { .depth = UINT32_MAX };
	char path[4096];

	(void)state;
	memset(who.path, '\1', sizeof(who.path));
	latch_who_path(&who, NOWHERE, 1, path, sizeof(path));
	assert_int_equal(strlen(path), 3 + LATCH_PATH_DEPTH * (1 + LATCH_PATH_NAME));
	for (size_t size = 1; size < 1400; size += 7) {
		char *small = malloc(size);

		assert_non_null(small);
		latch_who_path(&who, NOWHERE, 1, small, size);
		assert_int_equal(strlen(small), size - 1 < strlen(path) ? size - 1 : strlen(path));
		free(small);
	}
}

/* A program on a file system of its own, if there is one to write to: /dev/shm. */
struct program {
	char directory[32], path[PATH_MAX];
	const char *mountpoint;
	uint64_t dev, ino;
};

#define LONG_NAME "a-name-that-is-too-long-to-be-kept-inside-of-a-dentry"

static int setup(void **state)
{
	struct program *p = calloc(1, sizeof(*p));
	struct stat st, root;
	int fd;

	if (!p)
		return -1;
	*state = p;
	p->mountpoint = "/dev/shm";
	strcpy(p->directory, "/dev/shm/latch-test.XXXXXX");
	if (stat("/dev/shm", &st) || stat("/dev", &root) || st.st_dev == root.st_dev || !mkdtemp(p->directory)) {
		p->mountpoint = NULL;
		return 0;
	}
	snprintf(p->path, sizeof(p->path), "%s/" LONG_NAME, p->directory);
	fd = open(p->path, O_CREAT | O_CLOEXEC | O_WRONLY, 0755);
	if (fd < 0 || fstat(fd, &st))
		return -1;
	close(fd);
	p->dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	p->ino = st.st_ino;
	return 0;
}

static int teardown(void **state)
{
	struct program *p = *state;

	if (p->mountpoint) {
		unlink(p->path);
		rmdir(p->directory);
	}
	free(p);
	return 0;
}

static void resolved(void **state)
{
	const struct program *p = *state;
	const char *directory = strrchr(p->directory, '/') + 1;
	char path[4096], want[64];
	struct latch_who who;

	if (!p->mountpoint)
		skip();
	record(&who, NAMES("", directory));
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, p->path);
	record(&who, NAMES(LONG_NAME, directory));
	strcpy(who.path[0], "");
	strcpy(who.path[1], "");
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, p->path);

	/* Another file by now, or on another device: the names as they were. */
	snprintf(want, sizeof(want), ".../%s/*", directory);
	record(&who, NAMES("", directory));
	latch_who_path(&who, p->dev, p->ino + 1, path, sizeof(path));
	assert_string_equal(path, want);
	latch_who_path(&who, p->dev + 1, p->ino, path, sizeof(path));
	assert_string_equal(path, want);
	latch_who_path(&who, p->dev + (1 << 20), p->ino, path, sizeof(path));
	assert_string_equal(path, want);
}

static void resolved_by_full_name(void **state)
{
	struct program *p = *state;
	const char *directory = strrchr(p->directory, '/') + 1;
	char path[4096], want[64];
	struct latch_who who;

	if (!p->mountpoint)
		skip();
	snprintf(path, sizeof(path), "%s/short", p->directory);
	assert_int_equal(rename(p->path, path), 0);
	strcpy(p->path, path);
	record(&who, NAMES("short", directory));
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, p->path);
	snprintf(want, sizeof(want), ".../%s/short", directory);
	latch_who_path(&who, p->dev, p->ino + 1, path, sizeof(path));
	assert_string_equal(path, want);
	record(&who, NAMES("gone", directory));
	snprintf(want, sizeof(want), ".../%s/gone", directory);
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, want);
}

/* Who chooses the names cannot make latch search the disk. */
static void not_searched(void **state)
{
	const struct program *p = *state;
	char path[4096], inner[64], moved[128];
	struct latch_who who;

	if (!p->mountpoint)
		skip();
	snprintf(inner, sizeof(inner), "%s/inner", p->directory);
	snprintf(moved, sizeof(moved), "%s/program", inner);
	assert_int_equal(mkdir(inner, 0755), 0);
	assert_int_equal(rename(p->path, moved), 0);
	record(&who, NAMES("", "", strrchr(p->directory, '/') + 1));
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, moved);
	record(&who, NAMES("", "", ""));
	latch_who_path(&who, p->dev, p->ino, path, sizeof(path));
	assert_string_equal(path, ".../*/*/*");
	assert_int_equal(rename(moved, p->path), 0);
	assert_int_equal(rmdir(inner), 0);
}

/* A path that is found is the file's own, whatever letters it has; and no more than what is found. */
static void whatever_letters(void **state)
{
	static const char *const names[] = {
		"a b",	 "a\tb",	"a\nb",
		"a\\b",	 "a\\012b",	"*",
		"?",	 "[",		"[a]",
		"{a,b}", "#",		"\033[31m",
		"\xff",	 "caf\xc3\xa9", "-",
		"~",	 "'",		"\"",
		"$(a)",	 "%s",		".hidden-and-too-long-to-be-kept-inside-of-a-dentry",
	};
	struct program *p = *state;
	char path[4096], inner[256], program[512];
	struct latch_who who;

	if (!p->mountpoint)
		skip();
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *kept = strlen(names[i]) < LATCH_PATH_NAME ? names[i] : "";

		snprintf(inner, sizeof(inner), "%s/%s", p->directory, names[i]);
		snprintf(program, sizeof(program), "%s/%s", inner, names[i]);
		assert_int_equal(mkdir(inner, 0755), 0);
		assert_int_equal(rename(p->path, program), 0);
		record(&who, NAMES(kept, kept, strrchr(p->directory, '/') + 1));
		if (!latch_who_path(&who, p->dev, p->ino, path, sizeof(path)) || strcmp(path, program))
			fail_msg("%s: found as %s", program, path);
		/* One that has no room is not cut. */
		assert_false(latch_who_path(&who, p->dev, p->ino, path, strlen(program)));
		assert_int_equal(path[0], '.');
		assert_int_equal(rename(program, p->path), 0);
		/* Gone; then a link stands there, to the very file; then another file. */
		assert_false(latch_who_path(&who, p->dev, p->ino, path, sizeof(path)));
		assert_int_equal(path[0], '.');
		assert_int_equal(symlink(p->path, program), 0);
		assert_false(latch_who_path(&who, p->dev, p->ino, path, sizeof(path)));
		assert_int_equal(unlink(program), 0);
		assert_int_equal(mkdir(program, 0755), 0);
		assert_false(latch_who_path(&who, p->dev, p->ino, path, sizeof(path)));
		assert_int_equal(rmdir(program), 0);
		assert_int_equal(rmdir(inner), 0);
	}
}

static void ids(void **state)
{
	struct latch_module *mod = module_of(OBJECT("every"));

	(void)state;
	for (size_t i = 0; i < mod->nhooks; i++)
		assert_string_equal(latch_id_name(mod, mod->hooks[i].number), mod->hooks[i].name);
	assert_string_equal(latch_id_name(mod, LATCH_ID_FEATURE | 0), "alpha");
	assert_string_equal(latch_id_name(mod, LATCH_ID_FEATURE | 127), "omega");
	assert_string_equal(latch_id_name(mod, LATCH_ID_FEATURE | 1), "unknown");
	assert_string_equal(latch_id_name(mod, 1000), "unknown");
	assert_string_equal(latch_id_name(mod, UINT32_MAX), "unknown");
	latch_module_free(mod);
}

#define ON_DISK(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),	cmocka_unit_test(worst), ON_DISK(resolved),
		ON_DISK(resolved_by_full_name), ON_DISK(not_searched),	 ON_DISK(whatever_letters),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
