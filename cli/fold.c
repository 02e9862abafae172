// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines that fit the terminal. Where standard output or standard error is one, a stream that
 * folds stands in its place, so that no line of any command is wider.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "screen.h"

#define WIDTH_MIN 20

struct fold {
	FILE *to; /* NULL: does not fold */
	size_t width;
	char *line; /* what there is of one, tabs as blanks */
	size_t n, room;
};

static struct fold folds[2];

/* Bytes of the character at s; columns: how many it takes. */
static size_t character(const char *s, size_t *columns)
{
	size_t n = 1;

	*columns = 0;
	if (!strncmp(s, "\033[", 2)) {
		n = 2 + strcspn(s + 2, "m");
		return n + (s[n] == 'm');
	}
	*columns = 1;
	while ((s[n] & 0xc0) == 0x80) /* UTF-8 goes on */
		n++;
	return n;
}

size_t text_width(const char *text)
{
	size_t width = 0, columns;

	for (; *text; text += character(text, &columns), width += columns)
		columns = 0;
	return width;
}

size_t text_piece(const char *text, size_t room)
{
	size_t at = 0, used = 0, blank = 0, comma = 0, columns, n;

	for (; text[at]; at += n, used += columns) {
		n = character(text + at, &columns);
		if (used + columns > room && text[at] != ' ')
			return blank ? blank : comma ? comma : at ? at : n;
		if (text[at] == ',')
			comma = at + n;
		if (text[at] == ' ' && used && text[at - 1] != ' ')
			blank = at;
	}
	return used > room && blank ? blank : at;
}

void fold_text(FILE *out, const char *text, size_t at, size_t hang, size_t width)
{
	while (1) {
		size_t n = text_piece(text, width > at ? width - at : 1);

		fprintf(out, "%.*s\n", (int)n, text);
		text += n;
		text += strspn(text, " ");
		if (!*text)
			return;
		fprintf(out, "%*s", (int)hang, "");
		at = hang;
	}
}

/* Where the following lines of that line begin: below what stands in its last column, if it has columns. */
static size_t hang_of(const char *line, size_t width)
{
	size_t indent = strspn(line, " "), hang = indent + 2;

	for (size_t i = indent; i <= width / 3 && line[i]; i++)
		if (i >= indent + 2 && line[i] != ' ' && !strncmp(line + i - 2, "  ", 2))
			hang = i;
	return hang < width / 2 ? hang : 2;
}

static void emit(struct fold *f)
{
	size_t blanks, indent;

	f->line[f->n] = '\0';
	f->n = 0;
	if (text_width(f->line) <= f->width) {
		fprintf(f->to, "%s\n", f->line);
		return;
	}
	blanks = strspn(f->line, " ");
	indent = blanks < f->width / 2 ? blanks : 2;
	fprintf(f->to, "%*s", (int)indent, "");
	fold_text(f->to, f->line + blanks, indent, hang_of(f->line, f->width), f->width);
}

static int append(struct fold *f, char c)
{
	char *grown;

	if (f->n + 16 > f->room) {
		grown = realloc(f->line, f->room = 2 * f->room + 256);
		if (!grown)
			return -ENOMEM;
		f->line = grown;
	}
	if (c != '\t') {
		f->line[f->n++] = c;
		return 0;
	}
	do
		f->line[f->n++] = ' ';
	while (f->n % 8);
	return 0;
}

static ssize_t fold_write(void *cookie, const char *buf, size_t size)
{
	struct fold *f = cookie;

	for (size_t i = 0; i < size; i++) {
		if (buf[i] == '\n' && !f->n)
			putc('\n', f->to);
		else if (buf[i] == '\n')
			emit(f);
		else if (append(f, buf[i]))
			return 0;
	}
	return fflush(f->to) || ferror(f->to) ? 0 : (ssize_t)size;
}

/* Columns of the terminal fd; 0: it is none, or does not say, as a serial line does not. */
static size_t columns_of(int fd)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	long n = set ? strtol(set, NULL, 10) : 0;

	if (!isatty(fd))
		return 0;
	if (n <= 0 || n > 10000)
		n = ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
	if (!n)
		return 0;
	return n < WIDTH_MIN ? WIDTH_MIN : (size_t)n;
}

static void stand_in(struct fold *f, FILE **stream)
{
	cookie_io_functions_t functions = { .write = fold_write };
	FILE *folding;

	f->width = columns_of(fileno(*stream));
	folding = f->width ? fopencookie(f, "w", functions) : NULL;
	if (!folding)
		return;
	setvbuf(folding, NULL, _IOLBF, BUFSIZ);
	f->to = *stream;
	*stream = folding;
}

static int step_back(struct fold *f, FILE **stream)
{
	int bad;

	if (!f->to)
		return 0;
	bad = fflush(*stream) || ferror(*stream);
	if (f->n)
		emit(f);
	fclose(*stream);
	*stream = f->to;
	f->to = NULL;
	free(f->line);
	return bad;
}

void fold_begin(void)
{
	stand_in(&folds[0], &stdout);
	stand_in(&folds[1], &stderr);
}

int fold_end(void)
{
	return step_back(&folds[0], &stdout);
}

size_t fold_width(void)
{
	return folds[0].to ? folds[0].width : 0;
}

const char *fold_message(const char *text, char *buf, size_t size)
{
	FILE *out = fmemopen(buf, size, "w");

	if (!out || !folds[1].to) {
		snprintf(buf, size, "%s\n", text);
	} else {
		fold_text(out, text, 0, 2, folds[1].width);
		fflush(out);
	}
	if (out)
		fclose(out);
	return buf;
}
