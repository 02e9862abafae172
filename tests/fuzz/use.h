/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done with a module that the fuzzer got past the reader. */
#ifndef LATCH_FUZZ_USE_H
#define LATCH_FUZZ_USE_H

#include <stdio.h>
#include <string.h>
#include "module/module.h"

#define ASSIGNMENTS 4
#define TAIL 256 /* bytes of the input, at its end, that are taken for assignments */

/* a macro, so that cppcheck sees what holds after it */
#define must(holds) ((holds) ? (void)0 : abort())

static inline void must_say_why(const struct latch_error *err, const char *label)
{
	must(memchr(err->text, '\0', sizeof(err->text)));
	must(!strncmp(err->text, label, strlen(label)) && err->text[strlen(label)] == ':');
	for (const char *c = err->text; *c; c++)
		must((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* Assigns the input's last strings, both as they are and as values of each parameter in turn. */
static inline void use_params(struct latch_module *mod, const uint8_t *data, size_t size)
{
	char tail[TAIL + 1], *piece[ASSIGNMENTS] = { tail }, text[1024];
	size_t n = 0, used = size < TAIL ? size : TAIL;
	struct latch_error err;

	memcpy(tail, data + size - used, used);
	tail[used] = '\0';
	for (char *p = tail; p <= tail + used && n < ASSIGNMENTS; p += strlen(p) + 1)
		piece[n++] = p;
	latch_params_assign(mod, piece, n, &err);
	for (size_t i = 0; i < mod->nparams; i++) {
		struct latch_param *p = &mod->params[i];
		char *assignment = text;

		snprintf(text, sizeof(text), "%s=%s", p->name, piece[i % n]);
		if (!latch_params_assign(mod, &assignment, 1, &err))
			must(p->value >= p->min && p->value <= p->max);
		/* What is shown of a value is a value. */
		snprintf(text, sizeof(text), "%s=", p->name);
		latch_param_format(p, p->value, text + strlen(text), sizeof(text) - strlen(text));
		if (p->value >= p->min && p->value <= p->max && strlen(text) + 1 < sizeof(text))
			must(!latch_params_assign(mod, &assignment, 1, &err));
	}
}

#endif
