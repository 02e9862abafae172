// SPDX-License-Identifier: GPL-2.0-only
/* What an exception can be about, as far as no kernel is asked. */
#include "test.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "allow/allow.h"

static char text[] = "feature_files=module_signature:kernel_read_file,kernel_load_data";

static struct latch_param params[] = {
	{ .name = "module_signature",
	  .type = LATCH_TYPE_MODE,
	  .feature = 1,
	  .hooks = "locked_down",
	  .value = LATCH_OFF },
	{ .name = "dev_mem", .type = LATCH_TYPE_MODE, .feature = 2, .hooks = "locked_down", .value = LATCH_ENFORCE },
	{ .name = "dbg_write_kernel", .type = LATCH_TYPE_MODE, .feature = 3, .hooks = "locked_down" },
	{ .name = "from_tomorrow", .type = LATCH_TYPE_MODE, .feature = 4, .hooks = "locked_down" },
	{ .name = "number", .type = LATCH_TYPE_INT },
	{ .name = "module_load", .type = LATCH_TYPE_MODE, .feature = 96, .hooks = "kernel_read_file" },
};

static struct latch_module lockdown = {
	.name = "lockdown",
	.gated = true,
	.params = params,
	.nparams = sizeof(params) / sizeof(*params),
	.text = text,
	.text_size = sizeof(text),
};

static void refuses(const char *feature, const char *kind, const char *what, int code, const char *why)
{
	struct latch_exception ex;
	struct latch_error err = { "" };

	assert_int_equal(latch_exception_resolve(&lockdown, feature, kind, what, &ex, &err), code);
	if (!strstr(err.text, why))
		fail_msg("`%s` is not `%s`", err.text, why);
}

static void features(void **state)
{
	(void)state;
	refuses("dev_men", "exe", "/bin/sh", -EINVAL, "lockdown has no feature `dev_men`");
	refuses("integrity", "exe", "/bin/sh", -EINVAL, "no feature `integrity`");
	refuses("number", "exe", "/bin/sh", -EINVAL, "no feature `number`");
	refuses("dbg_write_kernel", "exe", "/bin/sh", -EINVAL, "does not ask for it in the context of who wants it");
	refuses("dbg_write_kernel", "unit", "a.service", -EINVAL, "does not ask for it in the context of who wants it");
	refuses("from_tomorrow", "exe", "/bin/sh", -EINVAL, "newer than this latch");
	refuses("dev_mem", "module", "/bin/sh", -EINVAL, "not about modules that are read from files");
	refuses("dev_mem", "program", "/bin/sh", -EINVAL, "`program`");
}

static void files(void **state)
{
	char name[] = "/tmp/latch-exception.XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	refuses("dev_mem", "exe", "bin/sh", -EINVAL, "`bin/sh`: write the whole path");
	refuses("dev_mem", "exe", "/nowhere/x", -ENOENT, "/nowhere/x: No such file");
	refuses("module_signature", "module", "/nowhere/x.ko", -ENOENT, "/nowhere/x.ko: No such file");
	refuses("dev_mem", "exe", "/tmp", -EINVAL, "/tmp: not a regular file");
	refuses("dev_mem", "exe", "/dev/null", -EINVAL, "/dev/null: not a regular file");
	refuses("dev_mem", "exe", name, -EINVAL, "not a program");
	assert_int_equal(fchmod(fd, 0755), 0);
	assert_int_equal(write(fd, "#!/bin/sh\n", 10), 10);
	refuses("dev_mem", "exe", name, -EINVAL, "is a script");
	close(fd);
	unlink(name);
}

static void hooks(void **state)
{
	struct latch_exception ex = { .key = { .feature = 1, .kind = LATCH_ALLOW_EXE } };

	(void)state;
	assert_true(latch_hook_served(&lockdown, "kernel_load_data"));
	assert_true(latch_hook_needed(&lockdown, "locked_down"));
	assert_false(latch_hook_needed(&lockdown, "kernel_read_file"));
	params[0].value = LATCH_OBSERVE;
	assert_false(latch_hook_needed(&lockdown, "kernel_read_file"));
	lockdown.exceptions = &ex;
	lockdown.nexceptions = 1;
	assert_false(latch_hook_needed(&lockdown, "kernel_read_file"));
	ex.key.kind = LATCH_ALLOW_DIGEST;
	assert_true(latch_hook_needed(&lockdown, "kernel_read_file"));
	assert_true(latch_hook_needed(&lockdown, "kernel_load_data"));
	params[0].value = LATCH_OFF;
	assert_false(latch_hook_needed(&lockdown, "kernel_read_file"));
	ex.key.feature = 2;
	params[0].value = LATCH_ENFORCE;
	assert_false(latch_hook_needed(&lockdown, "kernel_read_file"));
	lockdown.exceptions = NULL;
	lockdown.nexceptions = 0;
	params[0].value = LATCH_OFF;
}

/* A cgroup's place is its own, and what stands above it counts. */
static void places(void **state)
{
	static const char *const paths[] = { "/a", "/b", "/a/b", "/b/a", "/a/a", "/a/b/c", "/a.slice/b.service" };

	__u32 places[sizeof(paths) / sizeof(*paths)][LATCH_CGROUP_DEPTH];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		size_t levels = 0;

		latch_cgroup_place_of(paths[i], places[i]);
		for (const char *c = paths[i]; *c; c++)
			levels += *c == '/';
		for (size_t level = 0; level < LATCH_CGROUP_DEPTH; level++)
			assert_true(!places[i][level] == (level >= levels));
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(places[i], places[j], sizeof(*places));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features),
		cmocka_unit_test(files),
		cmocka_unit_test(hooks),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
