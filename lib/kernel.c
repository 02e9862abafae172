// SPDX-License-Identifier: GPL-2.0-only
/* Facts of the running kernel. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "priv.h"

int latch_read_file(const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

struct btf *latch_kernel_btf(struct latch_error *err)
{
	struct btf *btf;

	latch_libbpf_capture();
	btf = btf__load_vmlinux_btf();
	if (!btf)
		latch_fail(err, -errno, "cannot read the kernel's BTF: %m");
	return btf;
}

bool latch_kernel_has_hook(const struct btf *btf, const char *hook)
{
	char name[LATCH_NAME_MAX + 16];

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

bool latch_kernel_has_function(const char *name)
{
	static struct btf *btf; /* reading it takes longer than all else that a command does */

	if (!btf)
		btf = btf__load_vmlinux_btf();
	return !btf || btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

/* Of this process, in the user namespace it is in. */
bool latch_has_capability(unsigned int cap)
{
	unsigned long long effective = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &effective) == 1)
			break;
	if (f)
		fclose(f);
	return effective >> cap & 1;
}
