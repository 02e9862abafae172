// SPDX-License-Identifier: GPL-2.0-only
/* Sentences for the administrator, and what libbpf has to say. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/base.h"

static void store(struct latch_error *err, const char *keep, const char *fmt, va_list ap)
{
	char text[sizeof(err->text)];

	vsnprintf(text, sizeof(text), fmt, ap);
	latch_text_shown(text, keep, err->text, sizeof(err->text));
}

int latch_fail(struct latch_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	store(err, "", fmt, ap);
	va_end(ap);
	return code;
}

int latch_fail_lines(struct latch_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	store(err, "\n\t", fmt, ap);
	va_end(ap);
	return code;
}

static char said[4096];

static int capture(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	size_t used = strlen(said);

	if (level == LIBBPF_WARN)
		vsnprintf(said + used, sizeof(said) - used, fmt, ap);
	return 0;
}

void latch_libbpf_capture(void)
{
	said[0] = '\0';
	libbpf_set_print(capture);
}

const char *latch_libbpf_said(void)
{
	return said;
}
