// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier's log: what it went through, instruction by instruction with the state after
 * each and the source line before; its objection, one to three lines; from 7.3 on an
 * explanation under headings; and statistics.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "control/refusal.h"

#define LINES_MAX 3 /* of an objection */

struct line {
	const char *at;
	size_t len;
};

static bool starts(struct line l, const char *with)
{
	return l.len >= strlen(with) && !strncmp(l.at, with, strlen(with));
}

/* The line that starts at `at`, without blanks around it; *next is where the next one starts. */
static struct line line_at(const char *at, const char **next)
{
	struct line l = { at, strcspn(at, "\n") };

	*next = at + l.len + (at[l.len] == '\n');
	while (l.len && isspace((unsigned char)*l.at))
		l.at++, l.len--;
	while (l.len && isspace((unsigned char)l.at[l.len - 1]))
		l.len--;
	return l;
}

/* The line before `at`, where one starts; *start is where that is. False: there is none. */
static bool line_before(const char *log, const char *at, const char **start, struct line *l)
{
	const char *unused;

	if (at == log)
		return false;
	for (at--; at > log && at[-1] != '\n';)
		at--;
	*start = at;
	*l = line_at(at, &unused);
	return true;
}

static bool is_statistics(struct line l)
{
	static const char *const known[] = { "processed ", "verification time", "stack depth", "mark_precise:",
					     "cur state:", "old state:", "insns processed", "BPF_EXIT instruction in" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (starts(l, known[i]))
			return true;
	return !l.len;
}

/* An instruction or a state: "7: (79) r1 = *(u64 *)(r0 +0)", "from 5 to 8: R0=...". */
static bool is_step(struct line l)
{
	size_t digits = 0;

	while (digits < l.len && isdigit((unsigned char)l.at[digits]))
		digits++;
	return (digits && digits < l.len && l.at[digits] == ':') || (starts(l, "from ") && memchr(l.at, ':', l.len)) ||
	       starts(l, "; ") || (l.len == 1 && *l.at == ';');
}

/* What stands behind a jump, which is printed without the end of its line: "6: (66) if ... goto pc-5 infinite loop". */
static bool behind_jump(struct line l, struct line *rest)
{
	const char *end = l.at + l.len, *to = memmem(l.at, l.len, "goto pc", 7);

	if (!to || *l.at == ';')
		return false;
	for (to += 8; to < end && isdigit((unsigned char)*to);)
		to++;
	while (to < end && *to == ' ')
		to++;
	*rest = (struct line){ to, (size_t)(end - to) };
	/* A state may stand there, too, or a source line, and the explanation of a register. */
	return rest->len && *to != ';' && !isdigit((unsigned char)*to);
}

static void take(char *buf, size_t size, const char *between, struct line l)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%.*s", used ? between : "", (int)l.len, l.at);
}

static const char *end_of_trace(const char *log)
{
	const char *explained = strstr(log, "\nVerification failed:");

	return explained ? explained + 1 : log + strlen(log);
}

/* Returns where the objection starts. */
static const char *read_text(const char *log, struct latch_objection *o)
{
	const char *at = end_of_trace(log), *start = at;
	struct line found[LINES_MAX], l;
	size_t n = 0;

	while (n < LINES_MAX && line_before(log, at, &start, &l)) {
		if (n || !is_statistics(l)) {
			struct line rest;

			if (is_step(l)) {
				if (!n && behind_jump(l, &rest))
					found[n++] = rest;
				break;
			}
			if (is_statistics(l))
				break;
			found[n++] = l;
		}
		at = start;
	}
	while (n)
		take(o->text, sizeof(o->text), "; ", found[--n]);
	return at;
}

static void read_source(const char *log, const char *before, struct latch_objection *o)
{
	const char *start;
	struct line l;

	while (line_before(log, before, &start, &l)) {
		before = start;
		if (!starts(l, "; ") || starts(l, ";  @"))
			continue;
		l.at += 2;
		l.len -= 2;
		take(o->source, sizeof(o->source), "", l);
		return;
	}
}

static void read_reason(const char *log, struct latch_objection *o)
{
	const char *at = strstr(end_of_trace(log), "\nReason:\n");
	struct line l;

	if (!at)
		return;
	at += strlen("\nReason:\n");
	while (*at) {
		l = line_at(at, &at);
		if (!l.len)
			return;
		take(o->reason, sizeof(o->reason), " ", l);
	}
}

void latch_objection_read(const char *log, struct latch_objection *o)
{
	memset(o, 0, sizeof(*o));
	read_source(log, read_text(log, o), o);
	read_reason(log, o);
}

/* The name in the last "KIND 'name': ..." before `at`, in its line. */
static void name_in(const char *said, const char *at, char *what, size_t size)
{
	const char *line = at, *quote, *end;

	while (line > said && line[-1] != '\n')
		line--;
	quote = strchr(line, '\'');
	end = quote && quote < at ? strchr(quote + 1, '\'') : NULL;
	snprintf(what, size, "%.*s", end ? (int)(end - quote - 1) : 0, end ? quote + 1 : "");
}

enum latch_refuser latch_refuser_read(const char *said, char *what, size_t size)
{
	static const struct {
		const char *text;
		enum latch_refuser by;
	} known[] = {
		{ ": BPF program load failed: ", LATCH_BY_VERIFIER },
		{ ": failed to create: ", LATCH_BY_MAP },
		{ ": failed to create inner map: ", LATCH_BY_MAP },
		{ "Couldn't load trivial BPF program", LATCH_BY_KERNEL },
		{ "Couldn't create simple array map", LATCH_BY_KERNEL },
		{ "BTF is mandatory, can't proceed", LATCH_BY_BTF },
	};

	*what = '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const char *at = strstr(said, known[i].text);

		if (!at)
			continue;
		if (*known[i].text == ':')
			name_in(said, at, what, size);
		return known[i].by;
	}
	return LATCH_BY_LIBBPF;
}
