// SPDX-License-Identifier: GPL-2.0-only
/* Columns: as many beside one another as the terminal has room for, the others below. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "screen.h"

#define COLUMNS_MAX 16
#define INDENT 4       /* of columns that go below */
#define CELL_MAX 32    /* of a column that is not the last; what is longer is folded, or sticks out */
#define LAST_USEFUL 30 /* a cell of the last column goes below rather than be folded narrower */

struct layout {
	size_t n, width[COLUMNS_MAX], space;	     /* space: between columns */
	size_t head;				     /* width of the last column's head */
	bool right[COLUMNS_MAX], below[COLUMNS_MAX]; /* below: begins a line */
};

static void add(struct table *t, const char *mark, const char *fmt, va_list ap)
{
	char **grown = reallocarray(t->lines, t->n + 1, sizeof(*grown)), *text = NULL;

	if (grown)
		t->lines = grown;
	if (!grown || vasprintf(&text, fmt, ap) < 0 || asprintf(&grown[t->n], "%s%s", mark, text) < 0) {
		/* Better no list than one that is not whole. */
		perror("latch");
		exit(1);
	}
	free(text);
	t->n++;
}

void table_add(struct table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(t, "", fmt, ap);
	va_end(ap);
}

void table_note(struct table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(t, "\n", fmt, ap);
	va_end(ap);
}

/* Cuts a line at its tabs. Returns the number of cells. */
static size_t cut(char *line, const char **cells)
{
	size_t n = 0;

	for (char *cell; n < COLUMNS_MAX && (cell = strsep(&line, "\t"));)
		cells[n++] = cell;
	return n;
}

static void measure(const struct table *t, struct layout *l)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *s = t->lines[i];

		for (size_t k = 0; *s != '\n' && k < COLUMNS_MAX; k++) {
			size_t len = strcspn(s, "\t"), width;
			char *cell = strndup(s, len);

			if (!i) {
				l->right[k] = *s == '>';
				l->n = k + 1;
			}
			width = cell ? text_width(cell + (!i && l->right[k])) : len;
			l->head = i ? l->head : width;
			if (width > l->width[k])
				l->width[k] = width;
			free(cell);
			if (!s[len])
				break;
			s += len + 1;
		}
	}
}

/* Decides which columns go below. Returns how many do. */
static unsigned int arrange(struct layout *l, size_t width)
{
	unsigned int count = 0;
	size_t at = l->width[0];

	for (size_t k = 1; k < l->n; k++) {
		bool last = k + 1 == l->n;
		size_t need = l->space + (last ? l->head : l->width[k]);

		l->below[k] = at + need > width;
		if (l->below[k]) {
			count++;
			at = INDENT;
			need -= l->space;
		}
		if (last)
			l->width[k] = width - at - (l->below[k] ? 0 : l->space);
		at += need;
	}
	return count;
}

static void fit(struct layout *l, size_t width)
{
	struct layout tight;

	for (size_t k = 0; k + 1 < l->n; k++) {
		size_t most = width && width - INDENT < CELL_MAX ? width - INDENT : CELL_MAX;

		if (l->width[k] > most)
			l->width[k] = most;
	}
	l->space = 2;
	if (!width)
		return;
	tight = *l;
	tight.space = 1;
	if (arrange(l, width) > arrange(&tight, width))
		*l = tight;
}

/* Prints the cells first..end-1 in as many lines as the longest needs. */
static void print_group(const struct layout *l, const char **cells, size_t first, size_t end, bool fold)
{
	bool more = true;

	while (more) {
		size_t pending = 0; /* blanks: printed only before text */

		more = false;
		for (size_t k = first; k < end; k++) {
			size_t n = fold ? text_piece(cells[k], l->width[k]) : strlen(cells[k]);
			char *piece = strndup(cells[k], n);
			size_t width = piece ? text_width(piece) : n,
			       pad = l->width[k] > width ? l->width[k] - width : 0;

			pending += k > first ? l->space : l->below[k] ? INDENT : 0;
			pending += l->right[k] ? pad : 0;
			if (n) {
				printf("%*s%s", (int)pending, "", piece ? piece : "");
				pending = 0;
			}
			pending += l->right[k] ? 0 : pad;
			cells[k] += n;
			cells[k] += fold ? strspn(cells[k], " ") : 0;
			more = more || *cells[k];
			free(piece);
		}
		printf("\n");
	}
}

static void print_row(const struct layout *l, const char **cells, size_t n, size_t width)
{
	size_t first = 0, last = l->n - 1;
	bool apart;

	if (!n)
		return;
	/* Of one that is too long for its place, and would be torn there, nothing stands there. */
	apart = width && n == l->n && !l->below[last] && text_width(cells[last]) > l->width[last] &&
		(l->width[last] < LAST_USEFUL || !strchr(cells[last], ' '));
	for (size_t k = 1; k <= n - apart; k++)
		if (k == n - apart || l->below[k]) {
			print_group(l, cells, first, k, width);
			first = k;
		}
	if (apart) {
		printf("%*s", INDENT, "");
		fold_text(stdout, cells[last], INDENT, INDENT, width);
	}
}

void table_print(struct table *t)
{
	struct layout l = { 0 };
	const char *cells[COLUMNS_MAX];
	size_t width = fold_width();

	measure(t, &l);
	fit(&l, width);
	for (size_t i = 0; i < t->n; i++) {
		if (*t->lines[i] == '\n') {
			printf("%s\n", t->lines[i] + 1);
		} else {
			size_t n = cut(t->lines[i], cells);

			for (size_t k = 0; !i && k < n; k++)
				cells[k] += l.right[k];
			print_row(&l, cells, n, width);
		}
	}
	table_drop(t);
}

void table_drop(struct table *t)
{
	while (t->n)
		free(t->lines[--t->n]);
	free(t->lines);
	t->lines = NULL;
}
