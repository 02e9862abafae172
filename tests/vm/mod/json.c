// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether standard input is JSON texts, one or more (RFC 8259), in UTF-8 (RFC 3629), and nothing
 * else; exits 1 and says where not. Apart from the library that latch prints with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text, *at;
static int depth;

static void fail(const char *what)
{
	printf("not JSON at character %td: %s: %.40s\n", at - text, what, at);
	exit(1);
}

static void space(void)
{
	at += strspn(at, " \t\r\n");
}

static void take(char c)
{
	char what[] = "no _";

	space();
	what[3] = c;
	if (*at != c)
		fail(what);
	at++;
}

/* Stays on the last byte of a character of more than one. */
static void character(void)
{
	const unsigned char *s = (unsigned char *)at;
	unsigned int n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	unsigned int least = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
	unsigned int most = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;

	if (s[0] < 0xc2 || s[0] > 0xf4 || s[1] < least || s[1] > most)
		fail("not UTF-8");
	for (unsigned int i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			fail("not UTF-8");
	at += n - 1;
}

static void string(void)
{
	take('"');
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < ' ')
			fail("a control character, or no end of the string");
		if (*at & 0x80) {
			character();
			continue;
		}
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") >= 4)
			at += 4;
		else if (!*at || !strchr("\"\\/bfnrt", *at))
			fail("no such escape");
	}
	at++;
}

static void digits(void)
{
	size_t n = strspn(at, "0123456789");

	if (!n)
		fail("no digit");
	at += n;
}

static void number(void)
{
	at += *at == '-';
	if (*at == '0')
		at++;
	else
		digits();
	if (*at == '.') {
		at++;
		digits();
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		digits();
	}
}

static void value(void);

static void members(char end, int named)
{
	if (++depth > 100)
		fail("too deep");
	at++;
	space();
	if (*at != end)
		for (;; at++) {
			if (named) {
				string();
				take(':');
			}
			value();
			space();
			if (*at != ',')
				break;
		}
	take(end);
	depth--;
}

static void value(void)
{
	static const char *const words[] = { "true", "false", "null" };

	space();
	for (size_t i = 0; i < 3; i++)
		if (!strncmp(at, words[i], strlen(words[i]))) {
			at += strlen(words[i]);
			return;
		}
	if (*at == '{')
		members('}', 1);
	else if (*at == '[')
		members(']', 0);
	else if (*at == '"')
		string();
	else
		number();
}

int main(void)
{
	size_t n = 0, size = 0;

	do {
		if (n == size) {
			char *grown = realloc(text, (size = size * 2 + 65536) + 1);

			if (!grown)
				return 2;
			text = grown;
		}
		n += fread(text + n, 1, size - n, stdin);
	} while (!feof(stdin) && !ferror(stdin));
	text[n] = '\0';
	at = text;
	if (strlen(text) != n)
		fail("a NUL");
	do {
		value();
		space();
	} while (*at);
	return 0;
}
