// SPDX-License-Identifier: GPL-2.0-only
/* latch watch */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include "cli.h"

/* What would let the next one pass. */
static void remedy(const struct latch_module *mod, const struct latch_event *e, char *buf, size_t size)
{
	char command[LATCH_ALLOW_NAME + 128], sealed[128];

	if (e->key.verdict != LATCH_ENFORCE)
		snprintf(buf, size, "enforce would deny it");
	else if (e->key.id & LATCH_ID_FEATURE)
		snprintf(buf, size, "to allow: %s%s", keep_command(mod, &e->key, &e->who, command, sizeof(command)),
			 why_no_exception(mod, &e->key, &e->who));
	else {
		snprintf(command, sizeof(command), "latch mode %s observe", mod->name);
		snprintf(buf, size, "to allow: %s", latch_remedy(mod->name, command, sealed, sizeof(sealed)));
	}
}

static void print_line(const struct latch_module *mod, const struct latch_event *e, bool to_syslog)
{
	char time[32], path[PATH_TEXT], unit[UNIT_TEXT], hint[768], line[PATH_TEXT + UNIT_TEXT + 1024];

	remedy(mod, e, hint, sizeof(hint));
	unit_of(&e->who, unit, sizeof(unit));
	snprintf(line, sizeof(line), "%s %s %s pid=%u uid=%u unit=%s %s%s; %s", mod->name,
		 latch_id_name(mod, e->key.id),
		 to_syslog ? verdict_word(e->key.verdict) : paint(verdict_word(e->key.verdict)), e->who.pid, e->who.uid,
		 *unit ? unit : "-", program(&e->who, &e->key, path, sizeof(path)), reading(&e->key), hint);
	if (to_syslog)
		syslog(e->key.verdict == LATCH_ENFORCE ? LOG_WARNING : LOG_NOTICE, "%s", line);
	else
		printf("%s %s\n", format_time(&e->time, time, sizeof(time)), line);
}

static void print_json(const struct latch_module *mod, const struct latch_event *e)
{
	struct json_object *o = who_json(&e->who, &e->key, mod);
	char hint[768];

	remedy(mod, e, hint, sizeof(hint));
	json_string(o, "module", mod->name);
	json_time(o, "time", &e->time);
	json_number(o, "error", e->error);
	json_string(o, "remedy", hint);
	json_line(o);
}

static int written(void)
{
	return fflush(stdout) ? -errno : 0;
}

/* A line beside those of events: as text, and as an object. Frees it. */
static int say(const struct options *o, struct json_object *line, const char *text)
{
	char clean[4096];

	if (o->json) {
		json_line(line);
		return written();
	}
	json_object_put(line);
	printable(text, clean, sizeof(clean));
	if (o->syslog)
		syslog(LOG_WARNING, "%s", clean);
	else
		printf("%s\n", clean);
	return written();
}

/* What is not shown is said. */
static int on_lost(const struct latch_module *mod, uint64_t lost, void *arg)
{
	struct json_object *line = json_object_new_object();
	char text[256];

	json_string(line, "module", mod->name);
	json_number(line, "lost", (int64_t)lost);
	snprintf(text, sizeof(text), "%s: %llu events since it was loaded were dropped: the ring was full", mod->name,
		 (unsigned long long)lost);
	return say(arg, line, text);
}

static int on_happening(const char *module, enum latch_happening what, const char *why, void *arg)
{
	static const struct {
		const char *word, *text;
	} known[] = {
		[LATCH_WATCH_PRESENT] = { "present", "is loaded" },
		[LATCH_WATCH_LOADED] = { "loaded", "was loaded" },
		[LATCH_WATCH_REPLACED] = { "replaced", "was replaced" },
		[LATCH_WATCH_UNLOADED] = { "unloaded", "was unloaded" },
		[LATCH_WATCH_SEALED] = { "sealed", "" },
		[LATCH_WATCH_WAITING] = { "waiting", "no module is loaded that reports anything: waiting for one" },
	};
	struct json_object *line = json_object_new_object();
	char text[2200];

	json_string(line, "module", module);
	json_string(line, "happened", known[what].word);
	json_string(line, "not_watched", why);
	if (what == LATCH_WATCH_SEALED)
		snprintf(text, sizeof(text), "%s%sattempts on %s are not watched: %s", module ? module : "",
			 module ? ": " : "", module ? "its seal" : "seals", why);
	else
		snprintf(text, sizeof(text), "%s%s%s%s%s", module ? module : "", module ? " " : "", known[what].text,
			 why ? ", and is not watched: " : "", why ? why : "");
	return say(arg, line, text);
}

static int on_event(const struct latch_module *mod, const struct latch_event *e, void *arg)
{
	const struct options *o = arg;

	if (o->json)
		print_json(mod, e);
	else
		print_line(mod, e, o->syslog);
	return written();
}

/* Whose reader has gone has said all it could: that is how `| head -1` ends. */
static int end_quietly(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	if (ferror(stdout) && poll(&out, 1, 0) == 1 && out.revents & (POLLERR | POLLHUP))
		clearerr(stdout);
	return EXIT_DONE;
}

static int say_unseen(struct latch_state *st, void *name)
{
	char text[256];

	if (name && strcmp(name, st->module->name))
		return EXIT_DONE;
	if (*unrecorded_text(st, text, sizeof(text)))
		message("%s: %s", st->module->name, text);
	return EXIT_DONE;
}

int cmd_watch(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_watcher watcher = {
		.event = on_event,
		.lost = on_lost,
		.happened = on_happening,
		.arg = &o,
		.out = STDOUT_FILENO,
	};
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), e;

	if (words < 0)
		return -words;
	if (words > 1 || (o.json && o.syslog))
		return usage("watch", words > 1 ? "one module, or all" : "--json or --syslog");
	e = open_to_read(&l, &err);
	if (e)
		return fail(e, &err);
	if (o.syslog) {
		openlog("latch", LOG_PID, LOG_AUTHPRIV);
		watcher.out = -1;
	}
	signal(SIGPIPE, SIG_IGN);
	say_called(stderr);
	each_state(l, NULL, say_unseen, words ? argv[1] : NULL);
	e = latch_watch(l, words ? argv[1] : NULL, &watcher, &err);
	latch_close(l);
	return e ? fail(e, &err) : end_quietly();
}
