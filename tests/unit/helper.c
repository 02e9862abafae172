// SPDX-License-Identifier: GPL-2.0-only
/* The library's answers as tests expect them. */
#include <errno.h>
#include <stdlib.h>
#include "module/module.h"
#include "test.h"

struct latch_module *module_good(const struct object *o)
{
	struct latch_module *mod = NULL;
	struct latch_error err;

	if (latch_module_parse(o->data, o->size, LABEL, &mod, &err))
		fail_msg("refused: %s", err.text);
	return mod;
}

struct latch_module *module_of(const char *path)
{
	struct object o = object_read(path);
	struct latch_module *mod = module_good(&o);

	object_free(&o);
	return mod;
}

struct latch_module *module_of_strings(const char *strings, size_t size)
{
	struct latch_module *mod = calloc(1, sizeof(*mod));
	struct latch_error err;

	assert_non_null(mod);
	mod->text = malloc(size);
	assert_non_null(mod->text);
	memcpy(mod->text, strings, size);
	mod->text_size = size;
	if (latch_info_parse(mod, LABEL, &err))
		fail_msg("refused: %s", err.text);
	return mod;
}

/* A copy of the very size, so that a byte read beyond it is noticed. */
static int parse(const void *file, size_t size, struct latch_module **mod, struct latch_error *err)
{
	void *copy = malloc(size ? size : 1);
	int e;

	assert_non_null(copy);
	memcpy(copy, file, size);
	memset(err->text, 'x', sizeof(err->text));
	e = latch_module_parse(copy, size, LABEL, mod, err);
	free(copy);
	if (!e)
		return 0;
	assert_non_null(memchr(err->text, '\0', sizeof(err->text)));
	if (e != -ENOEXEC && e != -EOPNOTSUPP)
		fail_msg("error %d: %s", e, err->text);
	if (strncmp(err->text, LABEL ": ", strlen(LABEL ": ")))
		fail_msg("does not name the file: %s", err->text);
	assert_true(strlen(err->text) > strlen(LABEL ": "));
	for (const char *c = err->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			fail_msg("holds the control character %d: %s", *c, err->text);
	return e;
}

void refused(struct object *o, const char *why)
{
	struct latch_module *mod = NULL;
	struct latch_error err;

	if (!parse(o->data, o->size, &mod, &err))
		fail_msg("taken, not refused: %s", why);
	assert_null(mod);
	if (!strstr(err.text, why))
		fail_msg("`%s` does not say `%s`", err.text, why);
	object_free(o);
}

int survived(const void *file, size_t size)
{
	struct latch_module *mod = NULL;
	struct latch_error err;
	char text[256];

	if (parse(file, size, &mod, &err))
		return 0;
	for (size_t i = 0; i < mod->nparams; i++)
		latch_param_format(&mod->params[i], mod->params[i].value, text, sizeof(text));
	latch_module_free(mod);
	return 1;
}
