// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a latch left that was killed, or a trial that is over, and what it does meanwhile: to be
 * seen by whoever reads, and removed by whoever changes something (control/open.c).
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "loaded/loaded.h"

#define PATH_SIZE (LATCH_NAME_MAX + 32)

static bool there(const struct latch *l, const char *pindir, const char *part)
{
	char path[2 * PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", pindir, part);
	return latch_there(l->dir, path) == 1;
}

/* LATCH_ENFORCE for a pin directory without a gate, of which nothing is known but its links. */
static unsigned int mode_of(const char *pindir)
{
	struct latch_map gate;
	unsigned int mode;

	if (latch_map_open(&gate, pindir, "gate", sizeof(struct latch_gate), false))
		return LATCH_ENFORCE;
	mode = latch_gate_mode(gate.data);
	latch_map_close(&gate);
	return mode;
}

static int count_one(const char *name, void *arg)
{
	(void)name;
	++*(unsigned int *)arg;
	return 0;
}

static unsigned int count_links(const char *pindir)
{
	unsigned int n = 0;

	latch_pins_each(pindir, "links", count_one, &n);
	return n;
}

enum latch_left latch_left(const struct latch *l, const char *pindir)
{
	struct latch_trial trial = { 0 };
	struct latch_seal seal;
	bool tried;

	if (!strcmp(pindir, LATCH_GUARD_ROOM))
		return latch_guard_armed() ? LATCH_LEFT_NOTHING : LATCH_LEFT_GUARD;
	if (strchr(pindir, '~'))
		return LATCH_LEFT_PINDIR;
	if (latch_seal_read(pindir, &seal) != -ENOENT)
		return LATCH_LEFT_NOTHING;
	tried = !latch_trial_read(pindir, &trial) || there(l, pindir, "stop");
	if (mode_of(pindir) == LATCH_OFF)
		return trial.over ? LATCH_LEFT_OVER : LATCH_LEFT_CLOSED;
	if (there(l, pindir, "seal") || there(l, pindir, "iter"))
		return LATCH_LEFT_SEAL;
	if (!tried || (trial.deadline && !trial.over))
		return LATCH_LEFT_NOTHING;
	return trial.over ? LATCH_LEFT_TRIAL_OVER : LATCH_LEFT_TRIAL;
}

bool latch_left_is_pindir(enum latch_left left)
{
	return left == LATCH_LEFT_PINDIR || left == LATCH_LEFT_CLOSED || left == LATCH_LEFT_OVER;
}

static void describe_pindir(const char *pindir, char *buf, size_t size)
{
	const char *pid = strchr(pindir, '~') + 1;
	unsigned int links = count_links(pindir);

	if (isdigit((unsigned char)*pindir))
		snprintf(buf, size,
			 "no part of a module: latch (pid %s), which was killed, tried there what it is denied", pid);
	else if (!links || mode_of(pindir) == LATCH_OFF)
		snprintf(buf, size, "a part of a module, left by latch (pid %s), which was killed: it denies nothing",
			 pid);
	else
		snprintf(buf, size,
			 "a part of a module, left by latch (pid %s), which was killed: %u of its hooks are attached "
			 "and may deny",
			 pid, links);
}

void latch_left_describe(const char *pindir, enum latch_left left, char *buf, size_t size)
{
	switch (left) {
	case LATCH_LEFT_NOTHING:
		*buf = '\0';
		break;
	case LATCH_LEFT_PINDIR:
		describe_pindir(pindir, buf, size);
		break;
	case LATCH_LEFT_CLOSED:
		snprintf(buf, size,
			 "it denies nothing: its gate is closed, as by a latch that was killed while it loaded or "
			 "unloaded it");
		break;
	case LATCH_LEFT_OVER:
		snprintf(buf, size, "it denies nothing: the trial of its load is over");
		break;
	case LATCH_LEFT_GUARD:
		snprintf(buf, size,
			 "the guard of seals, which guards nothing, left by a latch that was killed while it sealed a "
			 "module");
		break;
	case LATCH_LEFT_SEAL:
		snprintf(buf, size, "a seal that keeps nothing, left by a latch that was killed while it put it on");
		break;
	case LATCH_LEFT_TRIAL_OVER:
		snprintf(buf, size, "what is left of a trial that is over: what held before it holds again");
		break;
	case LATCH_LEFT_TRIAL:
		snprintf(buf, size, "a trial that never began, left by a latch that was killed");
		break;
	}
}

int latch_left_note(struct latch *l, const char *fmt, ...)
{
	char **grown = reallocarray(l->notes, l->nnotes + 1, sizeof(*grown)), *text;
	va_list ap;
	int n;

	if (!grown)
		return -ENOMEM;
	l->notes = grown;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	l->notes[l->nnotes++] = text;
	return 0;
}

struct looking {
	struct latch *l;
	latch_left_fn fn;
	struct latch_error *err;
	bool failed; /* fn has said why */
};

static int look(int dir, const char *name, void *arg)
{
	struct looking *k = arg;
	int e;

	(void)dir;
	/* bpffs makes no such name, but what was mounted over it may. */
	if (*name == '.')
		return 0;
	e = k->fn(k->l, name, latch_left(k->l, name), k->err);
	k->failed = e;
	return e;
}

static int look_at_all(struct latch *l, latch_left_fn fn, struct latch_error *err)
{
	struct looking k = { .l = l, .fn = fn, .err = err };
	int e = latch_entries_each(l->dir, ".", look, &k);

	return !e || k.failed ? e : latch_fail_denied(err, e, LATCH_DENIED_FILE, LATCH_ROOT);
}

int latch_open_with(struct latch **out, enum latch_purpose purpose, latch_left_fn fn, struct latch_error *err)
{
	struct latch *l;
	int e = latch_directory_open(&l, purpose, err);

	if (!e && l->dir >= 0)
		e = look_at_all(l, fn, err);
	if (!e)
		e = latch_hidden_look(l, err);
	if (e) {
		latch_close(l);
		return e;
	}
	*out = l;
	return 0;
}

/* For who only reads. */
static int note(struct latch *l, const char *name, enum latch_left left, struct latch_error *err)
{
	char text[256];
	int e = 0;

	if (left != LATCH_LEFT_NOTHING) {
		latch_left_describe(name, left, text, sizeof(text));
		e = latch_left_note(l, "%s: %s; the next command that changes something removes it", name, text);
	}
	return e ? latch_fail(err, e, "out of memory") : 0;
}

int latch_open_to_read(struct latch **out, struct latch_error *err)
{
	return latch_open_with(out, LATCH_READS, note, err);
}

size_t latch_notes(const struct latch *l)
{
	return l->nnotes;
}

const char *latch_note(const struct latch *l, size_t i)
{
	return l->notes[i];
}
