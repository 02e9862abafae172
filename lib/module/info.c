// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key=value strings that describe a module: in a file's .modinfo section,
 * and in the info map of a loaded one. The grammar is in module.bpf.h; liblatch
 * appends `at=NAME:OFFSET` (where a value stands in the map `param`),
 * `value=NAME:N` (the default), and `feature=` for those taken from an enum.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

int latch_info_each(const struct latch_module *mod, const char *key, int (*fn)(struct latch_module *, char *, void *),
		    void *arg)
{
	size_t klen = strlen(key), at = 0;

	while (at < mod->text_size) {
		const char *s = mod->text + at;
		size_t len = strnlen(s, mod->text_size - at);

		if (len == mod->text_size - at)
			break; /* not terminated */
		if (len > klen && !strncmp(s, key, klen) && s[klen] == '=') {
			_cleanup_free_ char *value = strdup(s + klen + 1);
			int r = value ? fn((struct latch_module *)mod, value, arg) : -ENOMEM;

			if (r)
				return r;
		}
		at += len + 1;
	}
	return 0;
}

int latch_info_append(struct latch_module *mod, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;
	char *grown;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0) {
		s = NULL;
		return -ENOMEM;
	}
	grown = realloc(mod->text, mod->text_size + (size_t)len + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + mod->text_size, s, (size_t)len + 1);
	mod->text = grown;
	mod->text_size += (size_t)len + 1;
	return 0;
}

int latch_info_remove(struct latch_module *mod, const char *text)
{
	size_t at = 0, size = strlen(text) + 1;

	while (at + size <= mod->text_size && memcmp(mod->text + at, text, size))
		at += strnlen(mod->text + at, mod->text_size - at) + 1;
	if (at + size > mod->text_size)
		return -ENOENT;
	mod->text_size -= size;
	memmove(mod->text + at, mod->text + at + size, mod->text_size - at);
	return 0;
}

const struct latch_param *latch_feature_numbered(const struct latch_module *mod, uint32_t number)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && mod->params[i].feature == number)
			return &mod->params[i];
	return NULL;
}

/* Words of the command line, and keys of a section of the configuration. */
static bool reserved(const char *name)
{
	return latch_list_has("all,allow,file,mode,on-tamper,unload", name);
}

struct latch_param *latch_param_add(struct latch_module *mod, const char *name)
{
	struct latch_param *grown;

	if (!latch_name_ok(name) || reserved(name) || mod->nparams >= LATCH_PARAMS_MAX || latch_module_param(mod, name))
		return NULL;
	grown = realloc(mod->params, (mod->nparams + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	mod->params = grown;
	grown += mod->nparams++;
	memset(grown, 0, sizeof(*grown));
	strcpy(grown->name, name);
	grown->offset = UINT32_MAX;
	return grown;
}

bool latch_param_placed(const struct latch_param *p)
{
	return p->offset != UINT32_MAX;
}

/* The features' values are one array, so its symbol places them all. */
int latch_info_place(struct latch_module *mod, const char *symbol, uint32_t offset)
{
	struct latch_param *p = latch_module_param(mod, symbol);

	if (p) {
		if (p->type == LATCH_TYPE_MODE)
			return -ENOEXEC;
		p->offset = offset;
		return 0;
	}
	if (strcmp(symbol, "latch_feature"))
		return -ENOENT;
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE)
			mod->params[i].offset =
				offset + mod->params[i].feature * (uint32_t)sizeof(struct latch_feature);
	return 0;
}
