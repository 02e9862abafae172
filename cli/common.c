// SPDX-License-Identifier: GPL-2.0-only
/* Progress, times and JSON of the commands. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include "cli.h"

void say_trial(const struct options *o, const char *name)
{
	if (o->trial)
		printf("%s: on trial for %llu s: `latch confirm %s` keeps it\n", name,
		       (unsigned long long)o->trial / 1000000000, name);
}

static char progress_text[512];

static void on_alarm(int sig)
{
	ssize_t unused = write(STDERR_FILENO, progress_text, strlen(progress_text));

	(void)unused;
	(void)sig;
}

void progress_begin(const char *fmt, ...)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	char text[256], line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fold_message(printable(text, line, sizeof(line)), progress_text, sizeof(progress_text));
	sigaction(SIGALRM, &sa, NULL);
	alarm(1);
}

void progress_end(void)
{
	alarm(0);
}

static void say_notes(const struct latch *l)
{
	for (size_t i = 0; i < latch_notes(l); i++)
		message("%s", latch_note(l, i));
	if (latch_hidden(l))
		message("%s", latch_hidden_text);
}

int open_latch(struct latch **l, bool make, struct latch_error *err)
{
	int e;

	progress_begin("latch: waiting for another latch to finish");
	e = latch_open(l, make, err);
	progress_end();
	if (e)
		return e;
	latch_count_self_apart(*l);
	if (latch_mounted_bpffs(*l))
		message("mounted bpffs on /sys/fs/bpf");
	say_notes(*l);
	return 0;
}

int open_to_read(struct latch **l, struct latch_error *err)
{
	int e;

	progress_begin("latch: waiting for another latch to finish");
	e = latch_open_to_read(l, err);
	progress_end();
	if (!e)
		say_notes(*l);
	return e;
}

static void say_unset(void)
{
	message("boot+: the clock was not set then; that is the time since boot");
}

const char *format_time(const struct latch_time *t, char *buf, size_t size)
{
	static bool said;

	if (!said && !latch_time_set(t))
		said = !atexit(say_unset);
	return latch_time_format(t, buf, size);
}

const char *mode_word(const struct latch_state *st)
{
	return st->module->gated ? latch_mode_name(st->mode) : "ungated";
}

void hex(const uint8_t *bytes, size_t n, char *buf)
{
	for (size_t i = 0; i < n; i++)
		sprintf(buf + 2 * i, "%02x", bytes[i]);
}

int json_out(struct json_object *o)
{
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
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

int each_state_or(struct latch *l, const char *name, int (*fn)(struct latch_state *, void *),
		  void (*bad)(const char *, const struct latch_error *, void *), void *arg)
{
	struct latch_error err;
	struct latch_state *st;
	char **names = NULL;
	size_t n = 0;
	int r = EXIT_DONE, e = name ? 0 : latch_state_names(l, &names, &n, &err);

	if (e)
		return fail(e, &err);
	for (size_t i = 0; i < (name ? 1 : n); i++) {
		e = latch_state_read(l, name ? name : names[i], &st, &err);
		if (e) {
			r = fail(e, &err);
			if (bad)
				bad(name ? name : names[i], &err, arg);
			continue;
		}
		e = fn(st, arg);
		latch_state_free(st);
		/* What is worse than being on trial is not hidden by it. */
		if (e && (!r || r == EXIT_DIFFERS))
			r = e;
	}
	while (n--)
		free(names[n]);
	free(names);
	return r;
}

int each_state(struct latch *l, const char *name, int (*fn)(struct latch_state *, void *), void *arg)
{
	return each_state_or(l, name, fn, NULL, arg);
}

struct json_object *json_damaged(const char *name, const struct latch_error *err)
{
	struct json_object *o = json_object_new_object();

	json_string(o, "name", name);
	json_string(o, "error", err->text);
	return o;
}
