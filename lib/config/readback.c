// SPDX-License-Identifier: GPL-2.0-only
/* What latch writes for itself to read is read before it is put in place. */
#include <errno.h>
#include <string.h>
#include "config/config.h"

static bool same(const struct latch_setting *a, const struct latch_setting *b)
{
	return !strcmp(a->key, b->key) && !strcmp(a->value, b->value);
}

static int differs(const char *path, const struct latch_setting *want, const struct latch_setting *got,
		   struct latch_error *err)
{
	if (!want && got)
		return latch_fail(err, -EINVAL, "%s:%d: `%s = %.400s` would be read, which is not what was meant", path,
				  got->line, got->key, got->value);
	return latch_fail(err, -EINVAL, "%s: `%s = %.400s` would not be read as it is written%s%s%s%.400s%s", path,
			  want ? want->key : "", want ? want->value : "", got ? ", but as `" : "", got ? got->key : "", got ? " = " : "",
			  got ? got->value : "", got ? "`" : "");
}

static int compare(const struct latch_config *config, const char *path, const char *module,
		   const struct latch_setting *list, size_t n, struct latch_error *err)
{
	const struct latch_wanted *w = config->n ? &config->modules[0] : NULL;

	for (size_t i = 0; w && i < n && i < w->n; i++)
		if (!same(&list[i], &w->settings[i]))
			return differs(path, &list[i], &w->settings[i], err);
	if (n > (w ? w->n : 0))
		return differs(path, &list[w ? w->n : 0], NULL, err);
	if (w && w->n > n)
		return differs(path, NULL, &w->settings[n], err);
	if (config->all.n)
		return differs(path, NULL, &config->all.settings[0], err);
	if (config->n != 1 || strcmp(w->name, module))
		return latch_fail(err, -EINVAL, "%s: would be read as the section of another module", path);
	return 0;
}

int latch_config_reads_as(const char *path, const char *module, const struct latch_setting *list, size_t n,
			  struct latch_error *err)
{
	struct latch_config *config = calloc(1, sizeof(*config));
	int e = config ? latch_config_read_file(config, path, err) : latch_fail(err, -ENOMEM, "out of memory");

	if (!e)
		e = compare(config, path, module, list, n, err);
	latch_config_free(config);
	return e;
}
