// SPDX-License-Identifier: GPL-2.0-only
/* A latch.conf of any bytes. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a directory that is ours alone: another is refused. */
static char directory[] = "/dev/shm/latch-fuzz.XXXXXX", conf[sizeof(directory) + 16];

static void clear(void)
{
	unlink(conf);
	rmdir(directory);
}

static int make_file(void)
{
	int fd;

	must(mkdtemp(directory) && !atexit(clear));
	snprintf(conf, sizeof(conf), "%s/latch.conf", directory);
	fd = open(conf, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct latch_config *config;
	struct latch_error err;
	int e;

	if (fd < 0)
		fd = make_file();
	must(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	e = latch_config_read(directory, NULL, &config, &err);
	must(e == -EINVAL || e == -EOPNOTSUPP || !e);
	if (e) {
		must(!strncmp(err.text, conf, strlen(conf)) && err.text[strlen(conf)] == ':');
		return 0;
	}
	for (size_t i = 0; i < config->n; i++)
		for (size_t j = 0; j < config->modules[i].n; j++)
			must(config->modules[i].settings[j].line > 0);
	latch_config_free(config);
	return 0;
}
