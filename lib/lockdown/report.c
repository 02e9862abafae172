// SPDX-License-Identifier: GPL-2.0-only
/* The reports of `latch lockdown advise --json` of many machines, added up. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>
#include "lockdown/lockdown.h"

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

static bool good_feature(struct json_object *feature, struct json_object *seen)
{
	static const char *const verdicts[] = { "unused", "used", "unknown", "absent" };
	const char *name = text_of(feature, "feature"), *verdict = text_of(feature, "verdict");
	struct json_object *users = array_of(feature, "users");
	bool known = false;

	if (!name || !verdict || !users || json_object_object_get_ex(seen, name, NULL))
		return false;
	json_object_object_add(seen, name, NULL);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		known |= !strcmp(verdict, verdicts[i]);
	for (size_t i = 0; known && i < json_object_array_length(users); i++)
		known = text_of(json_object_array_get_idx(users, i), "program");
	return known;
}

static bool good_report(struct json_object *o)
{
	struct json_object *features = array_of(o, "features"), *version, *seen;
	bool good;

	if (!features || !json_object_object_get_ex(o, "latch_advise", &version) || json_object_get_int(version) != 1)
		return false;
	seen = json_object_new_object();
	good = seen;
	for (size_t i = 0; good && i < json_object_array_length(features); i++)
		good = good_feature(json_object_array_get_idx(features, i), seen);
	json_object_put(seen);
	return good;
}

/* One machine's word on one feature: how many machines say that, and per program how many use it. */
static void add_feature(struct json_object *sum, struct json_object *feature)
{
	struct json_object *users = array_of(feature, "users"), *of = child(sum, text_of(feature, "feature"));
	struct json_object *seen = json_object_new_object();

	count(child(of, "machines"), text_of(feature, "verdict"), 1);
	for (size_t i = 0; i < json_object_array_length(users); i++) {
		const char *program = text_of(json_object_array_get_idx(users, i), "program");

		/* Once a machine, however many users ran it. */
		if (!json_object_object_get_ex(seen, program, NULL))
			count(child(of, "programs"), program, 1);
		json_object_object_add(seen, program, NULL);
	}
	json_object_put(seen);
}

int latch_report_add(struct json_object *sum, const char *text, size_t size)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o, *features;
	bool good;

	if (!tok)
		return -ENOMEM;
	/* What follows the report, or is missing of it, is an error too. */
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = size > INT_MAX ? NULL : json_tokener_parse_ex(tok, text, (int)size);
	json_tokener_free(tok);
	good = json_object_is_type(o, json_type_object) && good_report(o);
	features = good ? array_of(o, "features") : NULL;
	for (size_t i = 0; good && i < json_object_array_length(features); i++)
		add_feature(sum, json_object_array_get_idx(features, i));
	json_object_put(o);
	return good ? 0 : -EINVAL;
}
