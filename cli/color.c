// SPDX-License-Identifier: GPL-2.0-only
/* Colour: of the words that somebody looks for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "screen.h"

static enum { AUTO, ALWAYS, NEVER } wanted;

int set_color(const char *when)
{
	static const char *const words[] = { [AUTO] = "auto", [ALWAYS] = "always", [NEVER] = "never" };

	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(when, words[i])) {
			wanted = i;
			return 0;
		}
	return -EINVAL;
}

static bool colored(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (wanted != AUTO)
		return wanted == ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}

#define RED(word)                                                                                                      \
	{                                                                                                              \
		word, "\033[31m" word "\033[0m"                                                                        \
	}
#define YELLOW(word)                                                                                                   \
	{                                                                                                              \
		word, "\033[33m" word "\033[0m"                                                                        \
	}
#define GREEN(word)                                                                                                    \
	{                                                                                                              \
		word, "\033[32m" word "\033[0m"                                                                        \
	}

const char *paint(const char *word)
{
	static const char *const words[][2] = { RED("denied"), RED("open"), RED("OPEN"), YELLOW("observed"),
						GREEN("sealed") };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i][0], word))
			return words[i][colored()];
	return word;
}
