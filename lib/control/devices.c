// SPDX-License-Identifier: GPL-2.0-only
/* The device numbers that a module wants to know (LATCH_DEVICES), as sysfs tells them now. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "control/control.h"

static int add_device(int map, const char *path, struct latch_error *err)
{
	unsigned int major, minor;
	char text[32];
	uint32_t dev;
	uint8_t yes = 1;
	int e = latch_kernel_read(path, text, sizeof(text), err);

	if (e == -ENOENT || e == -ENODEV)
		return 0; /* gone, or no device file */
	if (e)
		return e;
	if (sscanf(text, "%u:%u", &major, &minor) != 2)
		return latch_fail(err, -EBADMSG, "%s: not what the kernel has there: it is no device number", path);
	dev = major << 20 | minor;
	return bpf_map_update_elem(map, &dev, &yes, BPF_ANY) ? latch_fail(err, -errno, "%s: %m", path) : 0;
}

struct adding {
	int map;
	const char *class;
	struct latch_error *err;
};

static int add_of_class(int dir, const char *name, void *arg)
{
	struct adding *a = arg;
	char path[512];

	(void)dir;
	snprintf(path, sizeof(path), "/sys/class/%s/%s/dev", a->class, name);
	return add_device(a->map, path, a->err);
}

static int add_class(int map, const char *class, struct latch_error *err)
{
	struct adding a = { map, class, err };
	char path[512];
	int e;

	snprintf(path, sizeof(path), "/sys/class/%s", class);
	e = latch_kernel_entries_each(path, add_of_class, &a, err);
	return e == -ENOENT ? 0 : e;
}

struct taking {
	int map;
	struct latch_error *err;
};

static int take_devices(struct latch_module *mod, char *value, void *arg)
{
	struct taking *t = arg;
	int e = 0;
	char path[512];

	(void)mod;
	for (char *class = strtok(value, ","); class && !e; class = strtok(NULL, ",")) {
		snprintf(path, sizeof(path), "/sys/class/%s/dev", class);
		e = strchr(class, '/') ? add_device(t->map, path, t->err) : add_class(t->map, class, t->err);
	}
	return e;
}

int latch_devices_fill(const struct latch_module *mod, int map, struct latch_error *err)
{
	struct taking t = { .map = map, .err = err };

	latch_fail(err, 0, "out of memory");
	return latch_info_each(mod, "devices", take_devices, &t);
}
