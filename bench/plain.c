// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done without latch, by libbpf alone.
 *
 *	plain attach OBJECT PIN	loads OBJECT and attaches its one program, by a link at PIN
 *	plain five		opens, loads, attaches and destroys five.bpf.o by its skeleton
 *	plain five gone		the same, and waits, as `latch unload` does, until the kernel
 *				has let the programs go
 */
#include <bpf/bpf.h>
#include <latch/abi.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "five.skel.h"

static int fail(const char *what)
{
	fprintf(stderr, "plain: %s: %m\n", what);
	return 1;
}

static int attach(const char *object, const char *pin)
{
	struct bpf_object *obj = bpf_object__open_file(object, NULL);
	struct bpf_program *prog;
	struct bpf_link *link;

	if (!obj || bpf_object__load(obj))
		return fail(object);
	prog = bpf_object__next_program(obj, NULL);
	link = prog ? bpf_program__attach(prog) : NULL;
	if (!link || bpf_link__pin(link, pin))
		return fail(pin);
	return 0;
}

static size_t ids_of(const struct five *five, __u32 *ids, size_t max)
{
	struct bpf_program *prog;
	size_t n = 0;

	bpf_object__for_each_program(prog, five->obj) {
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);

		if (n < max && !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			ids[n++] = info.id;
	}
	return n;
}

static void wait_until_gone(const __u32 *ids, size_t n)
{
	int fd, step = 1;

	while (n--)
		while ((fd = bpf_prog_get_fd_by_id(ids[n])) >= 0) {
			close(fd);
			usleep((useconds_t)step * 1000);
			step = step < 64 ? 2 * step : 64;
		}
}

static int load_five(bool wait)
{
	struct five *five = five__open_and_load();
	__u32 ids[5];
	size_t n;

	if (!five || five__attach(five))
		return fail("five");
	n = wait ? ids_of(five, ids, 5) : 0;
	five__destroy(five);
	wait_until_gone(ids, n);
	return 0;
}

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

int main(int argc, char **argv)
{
	libbpf_set_print(silent);
	if (argc == 4 && !strcmp(argv[1], "attach"))
		return attach(argv[2], argv[3]);
	if (argc >= 2 && !strcmp(argv[1], "five"))
		return load_five(argc == 3 && !strcmp(argv[2], "gone"));
	fprintf(stderr, "usage: plain attach OBJECT PIN | five [gone]\n");
	return 2;
}
