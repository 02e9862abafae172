// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names and texts that others chose, fit for a terminal, a log and JSON: UTF-8, and nothing in it
 * that a terminal would obey.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"

/* Bytes of the character at s, as RFC 3629 has it, and its number; 0: none begins there. */
static size_t decode(const unsigned char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s < 0x80 ? 1 : *s < 0xc0 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf8 ? 4 : 0;

	*c = n < 2 ? *s : *s & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* What a terminal obeys, or turns or moves the text beside it by. */
static bool is_command(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* What would be taken for an escape of ours. */
static bool is_escape(const char *s)
{
	return s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) && isxdigit((unsigned char)s[3]);
}

static const char *show(const char *text, const char *keep, bool name, char *buf, size_t size)
{
	size_t used = 0, n;

	for (; *text; text += n) {
		uint32_t c;
		bool escape;
		size_t width;

		n = decode((const unsigned char *)text, &c);
		escape = !n || (is_command(c) && !strchr(keep, *text)) || (name && is_escape(text));
		n = n ? n : 1;
		width = escape ? 4 * n : n;
		if (used + width >= size)
			break;
		for (size_t i = 0; escape && i < n; i++)
			sprintf(buf + used + 4 * i, "\\x%02x", (unsigned char)text[i]);
		if (!escape)
			memcpy(buf + used, text, n);
		used += width;
	}
	if (size)
		buf[used] = '\0';
	return buf;
}

const char *latch_text_shown(const char *text, const char *keep, char *buf, size_t size)
{
	return show(text, keep, false, buf, size);
}

const char *latch_name_shown(const char *name, char *buf, size_t size)
{
	return show(name, "", true, buf, size);
}

void latch_say(FILE *out, const char *fmt, ...)
{
	char text[4096], shown[4 * sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, "%s\n", latch_text_shown(text, "", shown, sizeof(shown)));
}
