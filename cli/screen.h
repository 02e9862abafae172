/* SPDX-License-Identifier: GPL-2.0-only */
/* What a terminal shows: lines that fit, columns, colour. */
#ifndef LATCH_CLI_SCREEN_H
#define LATCH_CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ---- fold.c: what a terminal shows ---- */

#define HELP_WIDTH 80

/* From here on no line is wider than the terminal, where there is one. */
void fold_begin(void);
/* Ends that for standard output. Non-zero if something could not be written. */
int fold_end(void);
/* Columns of the terminal that standard output is; 0: it is none. */
size_t fold_width(void);
/* Prints text and a newline, from column `at` on, following lines from `hang` on; none wider than width. */
void fold_text(FILE *out, const char *text, size_t at, size_t hang, size_t width);
/* A message and its newline, as it is to be written to standard error by write(2). Returns buf. */
const char *fold_message(const char *text, char *buf, size_t size);
/* Columns that the text takes on a terminal. */
size_t text_width(const char *text);
/* Bytes of text that go on a line with that room, up to a blank where there is one. */
size_t text_piece(const char *text, size_t room);
/* "auto", "always" or "never"; else -EINVAL. */
int set_color(const char *when);
/* "denied", "observed", "open", "OPEN" and "sealed" in colour, if that is wanted; else the word itself. */
const char *paint(const char *word);

/* ---- table.c ---- */

struct table {
	char **lines; /* cells with tabs between; or, behind a newline, a note */
	size_t n;
};

/* The first line is the heads of the columns: `>` before one turns its column to the right. */
void table_add(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A line of its own between the others. */
void table_note(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints as many columns beside one another as there is room for, and frees. */
void table_print(struct table *t);
/* Frees it, unprinted. */
void table_drop(struct table *t);

#endif
