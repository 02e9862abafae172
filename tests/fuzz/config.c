// SPDX-License-Identifier: GPL-2.0-only
/* A latch.conf of any bytes. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "use.h"

#define DIRECTORY "build/fuzz/config.d"
#define CONF DIRECTORY "/latch.conf"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* latch.conf leads to a file in memory, as making one for each input would take most of the time. */
static int make_file(void)
{
	int fd = memfd_create("latch.conf", MFD_CLOEXEC);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(fd >= 0 && (!mkdir(DIRECTORY, 0755) || errno == EEXIST));
	unlink(CONF);
	must(!symlink(path, CONF));
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
	e = latch_config_read(DIRECTORY, NULL, &config, &err);
	must(e == -EINVAL || e == -EOPNOTSUPP || !e);
	if (e) {
		must(!strncmp(err.text, CONF ":", strlen(CONF ":")));
		return 0;
	}
	for (size_t i = 0; i < config->n; i++)
		for (size_t j = 0; j < config->modules[i].n; j++)
			must(config->modules[i].settings[j].line > 0);
	latch_config_free(config);
	return 0;
}
