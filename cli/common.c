// SPDX-License-Identifier: GPL-2.0-only
/* Options, progress, times and JSON of the commands. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "cli.h"

/* "90", "90s", "10m", "2h": 1 second to 7 days, in nanoseconds; 0 if it is none of these. */
static uint64_t parse_time(const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	char *end;
	unsigned long n = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;

	for (size_t i = 0; n && i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(end, units[i].suffix) && n <= 7 * 86400 / units[i].seconds)
			return n * units[i].seconds * 1000000000;
	return 0;
}

/* Takes the value of an option that has one: --exe PATH. Returns whether argv[0] is such an option. */
static bool take_value(char **argv, const char *allowed, struct options *o)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = { { "exe", &o->exe }, { "unit", &o->unit }, { "module", &o->module } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(argv[0] + 2, known[i].name) && latch_list_has(allowed, known[i].name) && argv[1] &&
		    *argv[1] && !*known[i].value) {
			*known[i].value = argv[1];
			return true;
		}
	return false;
}

/* --on-tamper=WHAT. 1: taken; 0: it is something else; or a negative exit status. */
static int take_tamper(const char *command, const char *arg, const char *allowed, struct options *o)
{
	static const char name[] = "--on-tamper";
	const char *value = arg + sizeof(name) - 1;
	int flags;

	if (!latch_list_has(allowed, "on-tamper") || strncmp(arg, name, sizeof(name) - 1) || (*value && *value != '='))
		return 0;
	flags = *value ? latch_tamper_parse(value + 1) : -EINVAL;
	if (flags < 0)
		return -usage(command, "%s%s: it is --on-tamper=deny, warn or panic", arg,
			      *value ? "" : " has no value");
	if (o->tamper_given && o->tamper != (unsigned int)flags)
		return -usage(command, "--on-tamper=%s or --on-tamper=%s, not both", latch_tamper_word(o->tamper),
			      value + 1);
	o->tamper_given = true;
	o->tamper = (unsigned int)flags;
	return 1;
}

int take_options(int argc, char **argv, const char *allowed, struct options *o)
{
	const struct {
		const char *name;
		bool *flag;
	} known[] = { { "json", &o->json },	{ "observe", &o->observe },
		      { "syslog", &o->syslog }, { "dry-run", &o->dry_run },
		      { "write", &o->write },	{ "merge", &o->merge },
		      { "weak", &o->weak },	{ "with-lockdown", &o->with_lockdown },
		      { "all", &o->all },	{ "seal", &o->seal },
		      { "drop", &o->drop },	{ "boot", &o->boot } };
	int words = 0;

	for (int i = 1; i < argc; i++) {
		bool taken = false;
		int r;

		if (argv[i][0] != '-') {
			argv[++words] = argv[i];
			continue;
		}
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			if (!strncmp(argv[i], "--", 2) && !strcmp(argv[i] + 2, known[k].name) &&
			    latch_list_has(allowed, known[k].name))
				taken = *known[k].flag = true;
		if (!strcmp(argv[i], "--try") && latch_list_has(allowed, "try")) {
			o->trial = i + 1 < argc ? parse_time(argv[i + 1]) : 0;
			if (!o->trial)
				return -usage(argv[0], "--try wants a time, 1s to 7d: `--try 10m`");
			i++;
			taken = true;
		}
		if (!taken && (r = take_tamper(argv[0], argv[i], allowed, o))) {
			if (r < 0)
				return r;
			taken = true;
		}
		if (!taken && !strncmp(argv[i], "--", 2) && take_value(argv + i, allowed, o)) {
			i++;
			taken = true;
		}
		if (!taken)
			return -usage(argv[0], "unknown option `%s`", argv[i]);
	}
	return words;
}

void say_trial(const struct options *o, const char *name)
{
	if (o->trial)
		printf("%s: on trial for %llu s: `latch confirm %s` keeps it\n", name,
		       (unsigned long long)o->trial / 1000000000, name);
}

static char progress_text[256];

static void on_alarm(int sig)
{
	ssize_t unused = write(STDERR_FILENO, progress_text, strlen(progress_text));

	(void)unused;
	(void)sig;
}

void progress_begin(const char *fmt, ...)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(progress_text, sizeof(progress_text), fmt, ap);
	va_end(ap);
	sigaction(SIGALRM, &sa, NULL);
	alarm(1);
}

void progress_end(void)
{
	alarm(0);
}

static void say_notes(const struct latch *l)
{
	char text[512];

	for (size_t i = 0; i < latch_notes(l); i++)
		fprintf(stderr, "latch: %s\n", printable(latch_note(l, i), text, sizeof(text)));
	if (latch_hidden(l))
		fprintf(stderr, "latch: %s\n", latch_hidden_text);
}

int open_latch(struct latch **l, bool make, struct latch_error *err)
{
	int e;

	progress_begin("latch: waiting for another latch to finish\n");
	e = latch_open(l, make, err);
	progress_end();
	if (e)
		return e;
	if (latch_mounted_bpffs(*l))
		fprintf(stderr, "latch: mounted bpffs on /sys/fs/bpf\n");
	say_notes(*l);
	return 0;
}

int open_to_read(struct latch **l, struct latch_error *err)
{
	int e;

	progress_begin("latch: waiting for another latch to finish\n");
	e = latch_open_to_read(l, err);
	progress_end();
	if (!e)
		say_notes(*l);
	return e;
}

static uint64_t to_realtime(uint64_t boot_ns)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (uint64_t)(real.tv_sec - boot.tv_sec) * 1000000000 + (uint64_t)(real.tv_nsec - boot.tv_nsec) + boot_ns;
}

const char *format_time(uint64_t boot_ns, char *buf, size_t size)
{
	return latch_time_format(boot_ns, buf, size);
}

static const char *replace_controls(const char *text, const char *but, char *buf, size_t size)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++)
		buf[i] = iscntrl((unsigned char)text[i]) && !strchr(but, text[i]) ? '?' : text[i];
	buf[i] = '\0';
	return buf;
}

const char *printable(const char *text, char *buf, size_t size)
{
	return replace_controls(text, "", buf, size);
}

const char *printable_lines(const char *text, char *buf, size_t size)
{
	return replace_controls(text, "\n\t", buf, size);
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

void json_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

void json_number(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

void json_time(struct json_object *o, const char *key, uint64_t boot_ns)
{
	uint64_t ms = to_realtime(boot_ns) / 1000000;
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03llu", (unsigned long long)ms / 1000, (unsigned long long)ms % 1000);
	json_object_object_add(o, key, json_object_new_double_s((double)ms / 1000, text));
}

int each_state(struct latch *l, const char *name, int (*fn)(struct latch_state *, void *), void *arg)
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
