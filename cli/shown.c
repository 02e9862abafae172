// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way out for what latch did not write itself: names of files, arguments, what stands in a
 * file. Everything for standard error and every string in JSON goes through here; on standard
 * output each such text does.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

const char *printable(const char *text, char *buf, size_t size)
{
	return latch_text_shown(text, "", buf, size);
}

const char *printable_lines(const char *text, char *buf, size_t size)
{
	return latch_text_shown(text, "\n\t", buf, size);
}

char *shown(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *buf = malloc(size);

	if (!buf) {
		/* Better nothing than half of it. */
		perror("latch");
		exit(EXIT_FAILED);
	}
	printable_lines(text, buf, size);
	return buf;
}

void free_shown(char **text)
{
	free(*text);
}

void message(const char *fmt, ...)
{
	char text[4096], line[4 * sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "latch: %s\n", printable(text, line, sizeof(line)));
}

void message_lines(const char *text)
{
	_cleanup_text_ char *lines = shown(text);

	fprintf(stderr, "latch: %s\n", lines);
}
