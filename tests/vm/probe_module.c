// SPDX-License-Identifier: GPL-2.0-only
/* Kernel modules; these do have an effect: the module stays in, or goes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static const char *parameters(char **args)
{
	return args[1] ? args[1] : "";
}

static int run_module_load(char **args)
{
	int err = 0, fd = probe_open(args[0], O_RDONLY);

	if (fd < 0)
		return fd;
	if (syscall(SYS_finit_module, fd, parameters(args), 0))
		err = -errno;
	close(fd);
	return err;
}

static int run_module_load_mem(char **args)
{
	int err = 0, fd = probe_open(args[0], O_RDONLY);
	struct stat st;
	void *image;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st)) {
		err = -errno;
		goto out;
	}
	image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED) {
		err = -errno;
		goto out;
	}
	if (syscall(SYS_init_module, image, (unsigned long)st.st_size, parameters(args)))
		err = -errno;
	munmap(image, st.st_size);
out:
	close(fd);
	return err;
}

static int run_module_unload(char **args)
{
	return syscall(SYS_delete_module, args[0], O_NONBLOCK) ? -errno : 0;
}

const struct probe module_probes[] = {
	{ "module_load", run_module_load, 1, 2, "FILE [PARAMETERS]" },
	{ "module_load_mem", run_module_load_mem, 1, 2, "FILE [PARAMETERS]" },
	{ "module_unload", run_module_unload, 1, 1, "NAME" },
	{},
};
