// SPDX-License-Identifier: GPL-2.0-only
/* Adding up the reports of many machines. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

#define REPORT(features) "{\"latch_advise\":1,\"features\":[" features "]}"
#define FEATURE(name, verdict, users) "{\"feature\":\"" name "\",\"verdict\":\"" verdict "\",\"users\":[" users "]}"
#define USER(program) "{\"program\":\"" program "\"}"

static int add(struct json_object *sum, const char *text)
{
	return latch_report_add(sum, text, strlen(text));
}

static void is(struct json_object *sum, const char *want)
{
	assert_string_equal(json_object_to_json_string_ext(sum, JSON_C_TO_STRING_NOSLASHESCAPE), want);
}

static void adds_up(void **state)
{
	struct json_object *sum = json_object_new_object();

	(void)state;
	assert_int_equal(add(sum, REPORT("")), 0);
	is(sum, "{}");
	assert_int_equal(add(sum, REPORT(FEATURE("a", "used", USER("/x") "," USER("/y") "," USER("/x")) "," FEATURE(
					  "b", "unused", ""))),
			 0);
	assert_int_equal(add(sum, REPORT(FEATURE("a", "used", USER("/x")))), 0);
	assert_int_equal(add(sum, "  " REPORT(FEATURE("a", "unknown", "")) " \n"), 0);
	is(sum, "{\"a\":{\"machines\":{\"used\":2,\"unknown\":1},\"programs\":{\"/x\":2,\"/y\":1}},"
		"\"b\":{\"machines\":{\"unused\":1}}}");
	json_object_put(sum);
}

/* Refused, and nothing of it added. */
static void no_report(void **state)
{
	static const char *const wrong[] = {
		"",
		"x",
		"null",
		"1",
		"[]",
		"{}",
		"{\"latch_advise\":1}",
		"{\"features\":[]}",
		"{\"latch_advise\":2,\"features\":[]}",
		"{\"latch_advise\":1,\"features\":{}}",
		"{\"latch_advise\":1,\"features\":[",
		REPORT("") "x",
		REPORT("") REPORT(""),
		REPORT("1"),
		REPORT("null"),
		REPORT("[]"),
		REPORT("{}"),
		REPORT(FEATURE("a", "perhaps", "")),
		REPORT(FEATURE("a", "", "")),
		REPORT("{\"feature\":1,\"verdict\":\"used\",\"users\":[]}"),
		REPORT("{\"feature\":\"a\",\"verdict\":\"used\",\"users\":{}}"),
		REPORT(FEATURE("a", "used", "1")),
		REPORT(FEATURE("a", "used", "{\"program\":1}")),
		/* the first feature is good */
		REPORT(FEATURE("a", "used", "") "," FEATURE("b", "used", "{}")),
		REPORT(FEATURE("a", "used", "") "," FEATURE("a", "unused", "")),
	};
	struct json_object *sum = json_object_new_object();

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (add(sum, wrong[i]) != -EINVAL)
			fail_msg("taken: %s", wrong[i]);
		is(sum, "{}");
	}
	json_object_put(sum);
}

#define REPORTS 1000
#define FEATURES 40
#define USERS 3

static void write_report(FILE *out, int machine)
{
	fprintf(out, "{\n  \"latch_advise\":1,\n  \"machine\":\"m%d\",\n  \"features\":[\n", machine);
	for (int f = 0; f < FEATURES; f++) {
		fprintf(out, "%s{\"feature\":\"feature_%d\",\"mode\":\"observe\",\"verdict\":\"used\",\"users\":[",
			f ? ",\n    " : "    ", f);
		for (int u = 0; u < USERS; u++)
			fprintf(out,
				"%s{\"program\":\"/usr/lib/some/where/"
				"program_%d\",\"comm\":\"program\",\"dev\":\"8:1\","
				"\"inode\":123456,\"uid\":0,\"pid\":4711,\"cgroup\":2345,\"unit\":\"some.service\","
				"\"count\":12,\"first\":1764000000.123,\"last\":1764000000.456}",
				u ? "," : "", (machine + u) % 50);
		fprintf(out, "]}");
	}
	fprintf(out, "]\n}\n");
}

/* Runs argv with its output in the file out; CPU seconds. */
static double run(char **argv, const char *out)
{
	struct rusage before, after;
	int status;
	pid_t pid;

	getrusage(RUSAGE_CHILDREN, &before);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (!freopen(out, "w", stdout))
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	getrusage(RUSAGE_CHILDREN, &after);
	return (double)(after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
			before.ru_stime.tv_sec) +
	       (double)(after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec -
			before.ru_stime.tv_usec) /
		       1e6;
}

/*
 * In less than a second of CPU time, by the program as it is installed: not the one with
 * sanitizers. On a busy CPU the same instructions take longer, so the best of three counts.
 */
static void thousand(void **state)
{
	static char paths[REPORTS][64];
	static char *argv[REPORTS + 5] = { "build/latch", "lockdown", "advise", "--merge" };
	char *dir = make_directory(), out[80], line[256];
	double seconds = 1, took;
	long long n[4];
	FILE *f;

	(void)state;
	for (int i = 0; i < REPORTS; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%.40s/%d.json", dir, i);
		argv[4 + i] = paths[i];
		f = fopen(paths[i], "w");
		assert_non_null(f);
		write_report(f, i);
		assert_int_equal(fclose(f), 0);
	}
	snprintf(out, sizeof(out), "%.40s/out", dir);
	for (int i = 0; i < 3 && seconds >= 1; i++) {
		took = run(argv, out);
		printf("# %d reports: %.2f s\n", REPORTS, took);
		seconds = took < seconds ? took : seconds;
	}
	assert_true(seconds < 1);
	f = fopen(out, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_string_equal(line, "1000 reports\n");
	assert_non_null(fgets(line, sizeof(line), f));
	assert_non_null(fgets(line, sizeof(line), f));
	/* columns are as wide as what stands in them */
	assert_int_equal(sscanf(line, "feature_0 %lld %lld %lld %lld", &n[0], &n[1], &n[2], &n[3]), 4);
	assert_true(n[0] == 0 && n[1] == 1000 && n[2] == 0 && n[3] == 0);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(sscanf(line, " %lld /usr/lib/some/where/program_%lld", &n[0], &n[1]), 2);
	assert_true(n[0] == 60 && n[1] == 0);
	fclose(f);
	remove_directory(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_up),
		cmocka_unit_test(no_report),
		cmocka_unit_test(thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
