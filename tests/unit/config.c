// SPDX-License-Identifier: GPL-2.0-only
/* latch.conf and its drop-ins: what is read, who wins, and what is said of mistakes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

static char *directory;

static int setup(void **state)
{
	char path[64];

	(void)state;
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/conf.d", directory);
	return mkdir(path, 0755);
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(directory);
	return 0;
}

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	write_text(path, text);
}

static struct latch_config *reads(FILE *notes)
{
	struct latch_config *config = NULL;
	struct latch_error err;

	if (latch_config_read(directory, notes, &config, &err))
		fail_msg("%s", err.text);
	return config;
}

static const struct latch_wanted *module(const struct latch_config *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (!strcmp(config->modules[i].name, name))
			return &config->modules[i];
	fail_msg("no module %s", name);
	return NULL;
}

static const struct latch_setting *setting(const struct latch_config *config, const char *name, const char *key)
{
	const struct latch_wanted *w = module(config, name);

	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->settings[i].key, key))
			return &w->settings[i];
	fail_msg("%s has no %s", name, key);
	return NULL;
}

static void nothing(void **state)
{
	struct latch_config *config = reads(NULL);
	struct latch_error err;

	(void)state;
	assert_int_equal(config->n, 0);
	latch_config_free(config);
	latch_config_free(NULL);
	assert_int_equal(latch_config_read("/no/such/directory", NULL, &config, &err), 0);
	assert_int_equal(config->n, 0);
	latch_config_free(config);
}

static void one_file(void **state)
{
	struct latch_config *config;
	const struct latch_setting *s;

	(void)state;
	write_file("latch.conf", "# a comment\n\n[lockdown]\nmode = observe\ndev_mem=enforce\n  ; another\n"
				 "[module my-own]\nfile = /opt/my-own.bpf.o\nkinds = read,write\n"
				 "[module bare] # empty\n[lockdown]\t; again\nmsr = off ; behind it");
	config = reads(NULL);
	assert_int_equal(config->n, 3);
	assert_int_equal(module(config, "lockdown")->n, 3);
	assert_int_equal(module(config, "my-own")->n, 2);
	assert_int_equal(module(config, "bare")->n, 0);
	assert_string_equal(setting(config, "lockdown", "mode")->value, "observe");
	assert_string_equal(setting(config, "lockdown", "msr")->value, "off");
	assert_string_equal(setting(config, "my-own", "kinds")->value, "read,write");
	s = setting(config, "lockdown", "dev_mem");
	assert_string_equal(s->value, "enforce");
	assert_int_equal(s->line, 5);
	assert_non_null(strstr(s->file, "/latch.conf"));
	latch_config_free(config);
}

/* A later file wins, by name and not by age; what it takes the place of is noted. */
static void drop_ins(void **state)
{
	struct latch_config *config;
	char *text = NULL;
	size_t size = 0;
	FILE *notes = open_memstream(&text, &size);

	(void)state;
	assert_non_null(notes);
	write_file("conf.d/20-late.conf", "[module x]\na = 20\n");
	write_file("conf.d/10-early.conf", "[module x]\na = 10\nb = 10\nc = 1\n");
	write_file("latch.conf", "[module x]\na = 1\nb = 1\nc = 1\n");
	write_file("conf.d/30-backup.conf~", "not read\n");
	write_file("conf.d/.30-hidden.conf", "not read\n");
	write_file("conf.d/.conf", "not read\n");
	write_file("conf.d/README", "not read\n");
	config = reads(notes);
	fclose(notes);
	assert_string_equal(setting(config, "x", "a")->value, "20");
	assert_non_null(strstr(setting(config, "x", "a")->file, "/conf.d/20-late.conf"));
	assert_int_equal(setting(config, "x", "a")->line, 2);
	assert_string_equal(setting(config, "x", "b")->value, "10");
	assert_string_equal(setting(config, "x", "c")->value, "1");
	assert_int_equal(module(config, "x")->n, 3);
	assert_non_null(strstr(text, "10-early.conf:2: a = 10 wins over "));
	assert_non_null(strstr(text, "20-late.conf:2: a = 20 wins over "));
	assert_non_null(strstr(text, "/latch.conf:3: b = 1\n"));
	assert_null(strstr(text, "c = 1"));
	free(text);
	latch_config_free(config);
}

static int count(struct latch_config *config, const char *name, const char *key)
{
	const struct latch_wanted *w = module(config, name);
	int n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += !strcmp(w->settings[i].key, key);
	return n;
}

/* Exceptions add up, in a file and over files; to say one again elsewhere changes nothing. */
static void exceptions(void **state)
{
	struct latch_config *config;
	char *text = NULL;
	size_t size = 0;
	FILE *notes = open_memstream(&text, &size);
	const struct latch_wanted *w;

	(void)state;
	assert_non_null(notes);
	write_file("latch.conf", "[lockdown]\nallow = msr exe /bin/a\nallow = msr exe /bin/b c\n");
	write_file("conf.d/10-a.conf", "[lockdown]\nallow = msr exe /bin/a\nallow = dev_mem unit a.service\n");
	write_file("conf.d/20-b.conf", "[module x]\nallow = 1\n");
	write_file("conf.d/30-c.conf", "[module x]\nallow = 2\n");
	config = reads(notes);
	fclose(notes);
	w = module(config, "lockdown");
	assert_int_equal(count(config, "lockdown", "allow"), 3);
	assert_string_equal(w->settings[0].value, "msr exe /bin/a");
	assert_string_equal(w->settings[1].value, "msr exe /bin/b c");
	assert_int_equal(w->settings[1].line, 3);
	assert_string_equal(w->settings[2].value, "dev_mem unit a.service");
	assert_non_null(strstr(w->settings[2].file, "10-a.conf"));
	/* In another module it is a parameter like any other. */
	assert_int_equal(count(config, "x", "allow"), 1);
	assert_string_equal(setting(config, "x", "allow")->value, "2");
	assert_null(strstr(text, "msr"));
	assert_non_null(strstr(text, "allow = 2 wins over"));
	free(text);
	latch_config_free(config);
}

static void fails(const char *name, const char *text, int line, const char *why)
{
	struct latch_config *config = NULL;
	struct latch_error err = { "" };
	char where[128];

	write_file(name, text);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -EINVAL);
	assert_null(config);
	if (line)
		snprintf(where, sizeof(where), "%s/%s:%d: ", directory, name, line);
	else
		snprintf(where, sizeof(where), "%s/%s: ", directory, name);
	if (strncmp(err.text, where, strlen(where)) || !strstr(err.text, why))
		fail_msg("`%s` is not `%s%s`", err.text, where, why);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *why;
	} bad[] = {
		{ "mode = observe\n", 1, "`mode` stands before any [section]" },
		{ "[lockdwn]\n", 1, "unknown section [lockdwn]: did you mean [lockdown]?" },
		{ "\n[latch]\na = b\n", 3, "[latch] has no key `a`; it has: unload, on-tamper" },
		{ "[latch]\nmode = enforce\n", 2, "[latch] has no key `mode`" },
		{ "[latch]\nunload = no\n", 2, "unload = no: it is allow or deny" },
		{ "[module a]\nunload =\n", 2, "unload = : it is allow or deny" },
		{ "[module latch]\nunload = Deny\n", 2, "unload = Deny: it is allow or deny" },
		{ "[latch]\non-tamper = reboot\n", 2, "on-tamper = reboot: it is deny, warn or panic" },
		{ "[module a]\non-tamper =\n", 2, "on-tamper = : it is deny, warn or panic" },
		{ "[lockdown]\non-tamper = warn\non-tamper = panic\n", 3, "on-tamper is given twice" },
		{ "[latch]\nunload = deny\nunload = deny\n", 3, "unload is given twice: first in line 2" },
		{ "[module]\n", 1, "unknown section [module]: there are [latch], [lockdown] and [module NAME]" },
		{ "[module ]\n", 1, "unknown section [module ]" },
		{ "[module Big]\n", 1, "unknown section [module Big]" },
		{ "[module lockdown]\n", 1,
		  "unknown section [module lockdown]: lockdown has one of its own, [lockdown]" },
		{ "[ptrace]\n", 1, "unknown section [ptrace]: that of a module is [module ptrace]" },
		{ "[lockdown]\nmsr: off\n", 2, "`msr` has a colon behind it: write key = value" },
		{ "[module x]\nfile:/a=b\n", 2, "`file` has a colon behind it: write key = value" },
		{ "[module a-name-that-is-longer-than-a-module-may-have]\n", 1, "unknown section" },
		{ "[lockdown] mode = observe\n", 1, "something stands behind [lockdown]" },
		{ "[lockdown\nmsr = off\n", 1, "neither [section] nor key = value" },
		{ "[lockdown]\nmsr\n", 2, "neither [section] nor key = value" },
		{ "[lockdown]\nmode = off\n", 2, "mode = off: a module's mode is observe or enforce" },
		{ "[lockdown]\nmode = \n", 2, "a module's mode is observe or enforce" },
		{ "[lockdown]\nfile = lockdown.bpf.o\n", 2, "write the whole path" },
		{ "[lockdown]\nmsr = off\n# ...\nmsr = off\n", 4, "msr is given twice: first in line 2" },
		{ "[lockdown]\nallow = msr exe /a\nallow = msr exe /b\nallow = msr exe /a\n", 4,
		  "allow = msr exe /a: this exception is given twice: first in line 2" },
		{ "[lockdown]\nmsr = off\n[module x]\n[lockdown]\nmsr = off\n", 5, "msr is given twice" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		fails("latch.conf", bad[i].text, bad[i].line, bad[i].why);
	write_file("latch.conf", "");
	fails("conf.d/10-a.conf", "[module x]\na = 1\nwhat\n", 3, "neither");
}

/* What cannot be had is not an unknown word. */
static void lift(void **state)
{
	static const char *const sections[] = { "latch", "lockdown", "module a" };
	struct latch_config *config;
	struct latch_error err;
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		snprintf(text, sizeof(text), "[%s]\nlift = sysrq\n", sections[i]);
		write_file("latch.conf", text);
		assert_int_equal(latch_config_read(directory, NULL, &config, &err), -EOPNOTSUPP);
		if (!strstr(err.text, "latch.conf:2: lift = sysrq: there is no lifting a seal by SysRq"))
			fail_msg("%s", err.text);
	}
}

/* A module's own word goes before that for all, which also holds for one without a section. */
static void on_tamper(void **state)
{
	struct latch_config *config;

	(void)state;
	write_file("latch.conf", "[module a]\non-tamper = panic\n[module b]\n[lockdown]\non-tamper = deny\n");
	config = reads(NULL);
	assert_int_equal(latch_config_tamper(config, "a"), LATCH_SEAL_PANIC);
	assert_int_equal(latch_config_tamper(config, "b"), 0);
	assert_int_equal(latch_config_tamper(config, "c"), 0);
	latch_config_free(config);
	write_file("conf.d/10-all.conf", "[latch]\non-tamper = warn\n");
	config = reads(NULL);
	assert_int_equal(latch_config_tamper(config, "a"), LATCH_SEAL_PANIC);
	assert_int_equal(latch_config_tamper(config, "b"), LATCH_SEAL_WARN);
	assert_int_equal(latch_config_tamper(config, "c"), LATCH_SEAL_WARN);
	assert_int_equal(latch_config_tamper(config, "lockdown"), 0);
	latch_config_free(config);
	assert_string_equal(latch_tamper_word(0), "deny");
	assert_string_equal(latch_tamper_word(LATCH_SEAL_WARN | LATCH_SEAL_WEAK), "warn");
	assert_string_equal(latch_tamper_word(LATCH_SEAL_PANIC), "panic");
	assert_int_equal(latch_tamper_parse("panic "), -EINVAL);
}

static void long_lines(void **state)
{
	char text[5000] = "[module x]\na = ";

	(void)state;
	memset(text + strlen(text), 'y', 4500);
	fails("latch.conf", text, 2, "a line has more than");
}

static void odd_files(void **state)
{
	struct latch_config *config;
	struct latch_error err;
	char path[64];

	(void)state;
	write_file("latch.conf", "");
	snprintf(path, sizeof(path), "%s/latch.conf", directory);
	assert_int_equal(truncate(path, (1 << 20) + 1), 0);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not a regular file of at most 1024 KiB"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/latch.conf: not a regular file"));
}

/* What cannot be read is an error, and not as if it were not there. */
static void unreadable(void **state)
{
	static const char nul[] = "[lockdown]\nmsr = enforce\0 x\n";
	struct latch_config *config;
	struct latch_error err;
	char path[64], conf_d[64];
	int status;
	pid_t pid;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/latch.conf", directory);
	snprintf(conf_d, sizeof(conf_d), "%s/conf.d", directory);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(nul, 1, sizeof(nul) - 1, f), sizeof(nul) - 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/latch.conf:2: a line has a NUL in it"));

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/latch.conf: No such file"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(conf_d), 0);
	assert_int_equal(symlink("nowhere", conf_d), 0);
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/conf.d: No such file"));
	assert_int_equal(unlink(conf_d), 0);
	write_file("conf.d", "");
	assert_int_equal(latch_config_read(directory, NULL, &config, &err), -ENOTDIR);

	write_file("latch.conf", "");
	assert_int_equal(chmod(path, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		drop_privilege();
		_exit(latch_config_read(directory, NULL, &config, &err) == -EACCES &&
				      strstr(err.text, "/latch.conf: Permission denied") ?
			      0 :
			      1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(unlink(conf_d), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing), TEST(one_file),	TEST(drop_ins),	  TEST(exceptions), TEST(mistakes),
		TEST(lift),    TEST(on_tamper), TEST(long_lines), TEST(odd_files),  TEST(unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
