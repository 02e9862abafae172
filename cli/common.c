// SPDX-License-Identifier: GPL-2.0-only
/* Progress, times, and a walk over the loaded modules. */
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
		message("%s", latch_hidden_text(l));
}

int open_latch(struct latch **l, bool make, struct latch_error *err)
{
	int e;

	progress_begin("latch: waiting for another latch, or for the kernel to let go of what one left");
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

	progress_begin("latch: waiting for another latch, or for the kernel to let go of what one left");
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
