// SPDX-License-Identifier: GPL-2.0-only
/* Which hooks of a module have work with the values that it has. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/module.h"

struct files_hook {
	const char *feature; /* NULL: any */
	const char *hook;
};

static int names_hook(struct latch_module *mod, char *value, void *arg)
{
	const struct files_hook *f = arg;
	char *hooks = strchr(value, ':');

	(void)mod;
	if (!hooks)
		return 0;
	*hooks++ = '\0';
	return (!f->feature || !strcmp(value, f->feature)) && latch_list_has(hooks, f->hook);
}

/* Whether a hook tells the files for which that feature, or any, can be excepted. */
static bool tells_files(const struct latch_module *mod, const char *feature, const char *hook)
{
	struct files_hook f = { .feature = feature, .hook = hook };

	return latch_info_each(mod, "feature_files", names_hook, &f) > 0;
}

static bool has_file_exception(const struct latch_module *mod, uint32_t feature)
{
	for (size_t i = 0; i < mod->nexceptions; i++)
		if (mod->exceptions[i].key.feature == feature && mod->exceptions[i].key.kind == LATCH_ALLOW_DIGEST)
			return true;
	return false;
}

static int names(struct latch_module *mod, char *value, void *arg)
{
	(void)mod;
	return !strcmp(value, arg);
}

bool latch_hook_optional(const struct latch_module *mod, const char *hook)
{
	return latch_info_each(mod, "optional", names, (void *)hook) > 0;
}

int latch_hook_leave_out(struct latch_module *mod, const char *hook)
{
	char text[LATCH_NAME_MAX + 16];
	size_t i = 0;
	int e;

	while (i < mod->nhooks && strcmp(mod->hooks[i].name, hook))
		i++;
	if (i == mod->nhooks)
		return -ENOENT;
	snprintf(text, sizeof(text), "hook=%u:%s", mod->hooks[i].number, hook);
	e = latch_info_remove(mod, text);
	if (e)
		return e;
	memmove(&mod->hooks[i], &mod->hooks[i + 1], (--mod->nhooks - i) * sizeof(*mod->hooks));
	return 0;
}

bool latch_hook_served(const struct latch_module *mod, const char *hook)
{
	if (tells_files(mod, NULL, hook))
		return true;
	for (size_t i = 0; i < mod->nparams; i++)
		if (latch_list_has(mod->params[i].hooks, hook))
			return true;
	return false;
}

bool latch_features_only(const struct latch_module *mod)
{
	for (size_t i = 0; i < mod->nhooks; i++)
		if (!latch_hook_served(mod, mod->hooks[i].name))
			return false;
	return mod->nhooks > 0;
}

bool latch_hook_needed(const struct latch_module *mod, const char *hook)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].value != LATCH_OFF && latch_list_has(mod->params[i].hooks, hook))
			return true;
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type == LATCH_TYPE_MODE && mod->params[i].value != LATCH_OFF &&
		    has_file_exception(mod, mod->params[i].feature) && tells_files(mod, mod->params[i].name, hook))
			return true;
	return !latch_hook_served(mod, hook);
}
