// SPDX-License-Identifier: GPL-2.0-only
/*
 * /etc/latch/latch.conf and the .conf files in conf.d: what should be loaded, and how. Files are
 * read in the order of their names, latch.conf first; a later one wins.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "config/config.h"

static int is_conf(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && !strcmp(d->d_name + len - 5, ".conf");
}

static int read_drop_ins(struct latch_config *config, const char *dir, struct latch_error *err)
{
	_cleanup_free_ char *conf_d = NULL;
	struct dirent **list;
	int n, e = 0;

	if (asprintf(&conf_d, "%s/conf.d", dir) < 0)
		return latch_fail(err, -ENOMEM, "out of memory");
	if (faccessat(AT_FDCWD, conf_d, F_OK, AT_SYMLINK_NOFOLLOW) && errno == ENOENT)
		return 0;
	e = latch_trusted_directory(conf_d, err);
	if (e)
		return e;
	n = scandir(conf_d, &list, is_conf, alphasort);
	if (n < 0)
		return latch_fail(err, -errno, "%s: %m", conf_d);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = NULL;

		if (!e)
			e = asprintf(&path, "%s/%s", conf_d, list[i]->d_name) < 0 ?
				    latch_fail(err, -ENOMEM, "out of memory") :
				    latch_config_read_file(config, path, err);
		free(list[i]);
	}
	free(list);
	return e;
}

int latch_config_read(const char *dir, FILE *notes, struct latch_config **out, struct latch_error *err)
{
	struct latch_config *config = calloc(1, sizeof(*config));
	_cleanup_free_ char *path = NULL;
	int e = 0;

	if (!config || asprintf(&path, "%s/latch.conf", dir) < 0) {
		free(config);
		return latch_fail(err, -ENOMEM, "out of memory");
	}
	config->notes = notes;
	/* A link that leads nowhere is there. */
	if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) || errno != ENOENT)
		e = latch_config_read_file(config, path, err);
	if (!e)
		e = read_drop_ins(config, dir, err);
	if (e) {
		latch_config_free(config);
		return e;
	}
	*out = config;
	return 0;
}

static void free_wanted(struct latch_wanted *w)
{
	for (size_t j = 0; j < w->n; j++) {
		free(w->settings[j].key);
		free(w->settings[j].value);
		free(w->settings[j].file);
	}
	free(w->settings);
	free(w->file);
}

void latch_config_free(struct latch_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->n; i++)
		free_wanted(&config->modules[i]);
	free_wanted(&config->all);
	free(config->modules);
	free(config);
}
