// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise --merge: the reports of many machines in one table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

/* A JSON object that counts: key -> number. */
static void count(struct json_object *counts, const char *key, int64_t by)
{
	struct json_object *old;

	json_object_object_add(
		counts, key,
		json_object_new_int64(by +
				      (json_object_object_get_ex(counts, key, &old) ? json_object_get_int64(old) : 0)));
}

static struct json_object *child(struct json_object *o, const char *key)
{
	struct json_object *c;

	if (json_object_object_get_ex(o, key, &c))
		return c;
	c = json_object_new_object();
	json_object_object_add(o, key, c);
	return c;
}

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && json_object_is_type(v, json_type_string) ?
		       json_object_get_string(v) :
		       NULL;
}

static struct json_object *array_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && json_object_is_type(v, json_type_array) ? v : NULL;
}

/* One machine's word on one feature: how many machines say that, and per program how many use it. */
static int add_feature(struct json_object *sum, struct json_object *feature)
{
	const char *name = text_of(feature, "feature"), *verdict = text_of(feature, "verdict");
	struct json_object *users = array_of(feature, "users"), *of, *seen;

	if (!name || !verdict || !users)
		return -EINVAL;
	of = child(sum, name);
	count(child(of, "machines"), verdict, 1);
	seen = json_object_new_object();
	for (size_t i = 0; i < json_object_array_length(users); i++) {
		const char *program = text_of(json_object_array_get_idx(users, i), "program");

		if (!program) {
			json_object_put(seen);
			return -EINVAL;
		}
		/* Once a machine, however many users ran it. */
		if (!json_object_object_get_ex(seen, program, NULL))
			count(child(of, "programs"), program, 1);
		json_object_object_add(seen, program, NULL);
	}
	json_object_put(seen);
	return 0;
}

/* All of a report or, where it is not one of ours, nothing of it. */
int merge_report(struct json_object *sum, const char *text, size_t size)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o, *version, *features;
	int e = 0;

	if (!tok)
		return -ENOMEM;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, text, (int)size);
	json_tokener_free(tok);
	features = json_object_is_type(o, json_type_object) ? array_of(o, "features") : NULL;
	if (!features || !json_object_object_get_ex(o, "latch_advise", &version) || json_object_get_int(version) != 1)
		e = -EINVAL;
	for (size_t i = 0; !e && i < json_object_array_length(features); i++) {
		struct json_object *f = json_object_array_get_idx(features, i), *scratch = json_object_new_object();

		e = json_object_is_type(f, json_type_object) ? add_feature(scratch, f) : -EINVAL;
		json_object_put(scratch);
	}
	for (size_t i = 0; !e && i < json_object_array_length(features); i++)
		e = add_feature(sum, json_object_array_get_idx(features, i));
	json_object_put(o);
	return e;
}

static int merge_file(struct json_object *sum, const char *path)
{
	size_t size = 0, room = 0;
	char *text = NULL;
	FILE *f = fopen(path, "re");
	int e = 0;

	if (!f)
		return -errno;
	while (!e && !feof(f)) {
		char *grown = size < room ? text : realloc(text, room = room ? 2 * room : 65536);

		if (!grown) {
			e = -ENOMEM;
			break;
		}
		text = grown;
		size += fread(text + size, 1, room - size, f);
		if (ferror(f))
			e = -EIO;
		else if (size > MERGE_MAX)
			e = -EFBIG;
	}
	fclose(f);
	if (!e)
		e = merge_report(sum, text, size);
	free(text);
	return e;
}

static void print_sum(struct json_object *sum, size_t reports)
{
	char text[4096];

	printf("%zu reports\n%-22s %8s %8s %8s %8s\n", reports, "FEATURE (machines)", "unused", "used", "unknown",
	       "absent");
	json_object_object_foreach(sum, name, of)
	{
		struct json_object *machines = child(of, "machines"), *v;
		static const char *const verdicts[] = { "unused", "used", "unknown", "absent" };

		printf("%-22s", printable(name, text, sizeof(text)));
		for (size_t i = 0; i < 4; i++)
			printf(" %8lld", json_object_object_get_ex(machines, verdicts[i], &v) ?
						 (long long)json_object_get_int64(v) :
						 0);
		printf("\n");
		json_object_object_foreach(child(of, "programs"), program, n) printf(
			"    %6lld %s\n", (long long)json_object_get_int64(n), printable(program, text, sizeof(text)));
	}
}

int advise_merge(char *const *files, size_t n, bool json)
{
	struct json_object *sum = json_object_new_object();

	for (size_t i = 0; i < n; i++) {
		int e = merge_file(sum, files[i]);

		if (!e)
			continue;
		fprintf(stderr, "latch: %s: %s\n", files[i],
			e == -EINVAL ? "not a report of `latch lockdown advise --json`" : strerror(-e));
		json_object_put(sum);
		return EXIT_FAILED;
	}
	if (json)
		return json_out(sum);
	print_sum(sum, n);
	json_object_put(sum);
	return EXIT_DONE;
}
