// SPDX-License-Identifier: GPL-2.0-only
/* The device numbers that a module wants to know (LATCH_DEVICES), as sysfs tells them now. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "control/control.h"

static int add_device(int map, const char *path)
{
	unsigned int major, minor;
	char text[32];
	uint32_t dev;
	uint8_t yes = 1;

	if (latch_read_file(path, text, sizeof(text)) || sscanf(text, "%u:%u", &major, &minor) != 2)
		return 0; /* gone, or no device file */
	dev = major << 20 | minor;
	return bpf_map_update_elem(map, &dev, &yes, BPF_ANY) ? -errno : 0;
}

static int add_class(int map, const char *class)
{
	char path[512];
	struct dirent *d;
	int e = 0;
	DIR *list;

	snprintf(path, sizeof(path), "/sys/class/%s", class);
	list = opendir(path);
	while (list && !e && (d = readdir(list))) {
		snprintf(path, sizeof(path), "/sys/class/%s/%s/dev", class, d->d_name);
		if (d->d_name[0] != '.')
			e = add_device(map, path);
	}
	if (list)
		closedir(list);
	return e;
}

static int take_devices(struct latch_module *mod, char *value, void *arg)
{
	int *map = arg, e = 0;
	char path[512];

	(void)mod;
	for (char *class = strtok(value, ","); class && !e; class = strtok(NULL, ",")) {
		snprintf(path, sizeof(path), "/sys/class/%s/dev", class);
		e = strchr(class, '/') ? add_device(*map, path) : add_class(*map, class);
	}
	return e;
}

int latch_devices_fill(const struct latch_module *mod, int map)
{
	return latch_info_each(mod, "devices", take_devices, &map);
}
