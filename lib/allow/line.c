// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a line of the configuration can hold an exception, so that `latch apply` reads it as it is.
 * What it cannot hold is refused when it is made, not lost or read otherwise at the next boot.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "allow/allow.h"

static bool is_blank(char c)
{
	return c == ' ';
}

static const char *fault(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)name[i]))
			return "it has a control character in it";
		if (is_blank(name[i]) && (name[i + 1] == ';' || name[i + 1] == '#'))
			return "it has a space before a `;` or `#`, where a comment would begin";
	}
	return is_blank(*name) || (len && is_blank(name[len - 1])) ? "it begins or ends with a space" : NULL;
}

int latch_exception_line(const char *feature, const char *kind, const char *name, struct latch_error *err)
{
	int size = snprintf(NULL, 0, "allow = %s %s %s", feature, kind, name) - LATCH_CONFIG_LINE;
	const char *why = fault(name);

	if (why)
		return latch_fail(err, -EINVAL, "%s: no exception, as no line of latch.conf(5) could hold the name: %s",
				  name, why);
	if (size > 0)
		return latch_fail(err, -ENAMETOOLONG,
				  "%s: no exception, as the name is too long for a line of latch.conf(5), by %d of %zu "
				  "characters",
				  name, size, strlen(name));
	return 0;
}
