// SPDX-License-Identifier: GPL-2.0-only
/* dump PATH...: what each pinned map holds, in hexadecimal; bpftool takes one at a time, and longer. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE_MAX_SHOWN 65536

static long call(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static void show(const unsigned char *bytes, unsigned int n)
{
	while (n--)
		printf("%02x", *bytes++);
}

static int dump(int fd, const struct bpf_map_info *info)
{
	static unsigned char key[SIZE_MAX_SHOWN], next[SIZE_MAX_SHOWN], value[SIZE_MAX_SHOWN];
	union bpf_attr attr = { .map_fd = (__u32)fd, .next_key = (unsigned long)next };

	if (info->key_size > sizeof(key) || info->value_size > sizeof(value))
		return -1;
	while (!call(BPF_MAP_GET_NEXT_KEY, &attr)) {
		union bpf_attr get = { .map_fd = (__u32)fd,
				       .key = (unsigned long)next,
				       .value = (unsigned long)value };

		memcpy(key, next, info->key_size);
		if (call(BPF_MAP_LOOKUP_ELEM, &get))
			return -1;
		show(key, info->key_size);
		putchar(' ');
		show(value, info->value_size);
		putchar('\n');
		attr.key = (unsigned long)key;
	}
	return errno == ENOENT ? 0 : -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		union bpf_attr get = { .pathname = (unsigned long)argv[i] };
		struct bpf_map_info info = { 0 };
		union bpf_attr ask = { .info = { .info_len = sizeof(info), .info = (unsigned long)&info } };
		int fd = (int)call(BPF_OBJ_GET, &get);

		printf("%s\n", argv[i]);
		ask.info.bpf_fd = (__u32)fd;
		if (fd < 0 || call(BPF_OBJ_GET_INFO_BY_FD, &ask) || dump(fd, &info))
			printf("%s\n", strerror(errno));
		close(fd);
	}
	return 0;
}
