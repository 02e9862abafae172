// SPDX-License-Identifier: GPL-2.0-only
/* JSON of the commands. Who asked for it gets a document, of an error too. */
#include <stdio.h>
#include <string.h>
#include "cli.h"

static bool asked, printed;
static struct latch_error failed;

void json_asked(void)
{
	asked = true;
}

void json_failed(const char *text)
{
	snprintf(failed.text, sizeof(failed.text), "%s", text);
}

void json_end(int status)
{
	struct json_object *o;

	if (!asked || printed || !status)
		return;
	fold_end();
	o = json_object_new_object();
	json_string(o, "error", *failed.text ? failed.text : NULL);
	json_number(o, "status", status);
	json_out(o);
}

int json_out(struct json_object *o)
{
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	printed = true;
	return EXIT_DONE;
}

struct json_object *json_text(const char *value)
{
	_cleanup_text_ char *text = value ? shown(value) : NULL;

	return text ? json_object_new_string(text) : NULL;
}

void json_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

void json_name(struct json_object *o, const char *key, const char *name)
{
	char text[PATH_TEXT];

	json_string(o, key, name ? latch_name_shown(name, text, sizeof(text)) : NULL);
}

void json_line(struct json_object *o)
{
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	printed = true;
}

void json_number(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

void json_time(struct json_object *o, const char *key, const struct latch_time *t)
{
	uint64_t ms = t->wall / 1000000;
	char text[32], boot[64];

	snprintf(text, sizeof(text), "%llu.%03llu", (unsigned long long)ms / 1000, (unsigned long long)ms % 1000);
	snprintf(boot, sizeof(boot), "%s_boot_ns", key);
	json_object_object_add(o, key, latch_time_set(t) ? json_object_new_double_s((double)ms / 1000, text) : NULL);
	json_object_object_add(o, !strcmp(key, "time") ? "boot_ns" : boot, json_object_new_uint64(t->boot));
}

struct json_object *json_damaged(const char *name, const struct latch_error *err)
{
	struct json_object *o = json_object_new_object();

	json_string(o, "name", name);
	json_string(o, "error", err->text);
	return o;
}
