// SPDX-License-Identifier: GPL-2.0-only
/*
 * probe NAME [ARG...]: uses one kernel interface in a test guest and prints one line.
 * probe hold NAME [ARG...]: the same, keeps what it was given, and sleeps.
 * Exits 0 when the kernel allowed it, 1 when it refused (the line says why), 77 when the
 * interface does not exist here, 2 on wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

enum { ALLOWED = 0, REFUSED = 1, USAGE = 2, MIXED = 3, ABSENT = 77 };

static const struct probe *const tables[] = {
	lockdown_probes, module_probes, task_probes,   ptrace_probes, kernel_file_probes,
	hardware_probes, xfrm_probes,	bypass_probes, bpf_probes,
};

#define for_each_probe(p)                                                                                              \
	for (size_t t_ = 0; t_ < sizeof(tables) / sizeof(tables[0]); t_++)                                             \
		for (const struct probe *p = tables[t_]; p->name; p++)

bool probe_holds;

int probe_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int usage(void)
{
	fprintf(stderr, "usage: probe NAME [ARG...]\n       probe seq N NAME [ARG...]\n"
			"       probe hold NAME [ARG...]\n"
			"       probe each 'NAME [ARG...]'...\n       probe list\nnames:\n");
	for_each_probe(p) fprintf(stderr, "  %s %s\n", p->name, p->usage);
	return USAGE;
}

static int verdict(int err)
{
	switch (-err) {
	case 0:
		return ALLOWED;
	case ENOENT:
	case ENOSYS:
	case ENODEV:
		return ABSENT;
	default:
		return REFUSED;
	}
}

static void print_result(const char *name, int err)
{
	if (!err)
		printf("%s: allowed\n", name);
	else
		printf("%s: %s (%s, %d)\n", name, strerror(-err), strerrorname_np(-err), -err);
}

static const struct probe *find(int argc, char **argv)
{
	if (argc < 1)
		return NULL;
	for_each_probe(p) if (!strcmp(p->name, argv[0])) return argc - 1 < p->min_args || argc - 1 > p->max_args ?
		NULL :
		p;
	return NULL;
}

/* Any round that differs from the others is a missed denial, or a wrong one. */
static int sequence(int argc, char **argv)
{
	const struct probe *p = argc > 3 ? find(argc - 3, argv + 3) : NULL;
	long rounds, refused = 0;
	int err = 0;

	if (!p)
		return usage();
	rounds = atol(argv[2]);
	for (long i = 0; i < rounds; i++) {
		int e = p->run(argv + 4);

		if (verdict(e) == ABSENT) {
			print_result(p->name, e);
			return ABSENT;
		}
		if (e) {
			refused++;
			err = e;
		}
	}
	printf("seq: %ld rounds of %s, %ld allowed, %ld refused\n", rounds, p->name, rounds - refused, refused);
	if (refused && refused < rounds)
		return MIXED;
	return verdict(err);
}

/* One line for each command, whatever becomes of it. */
static int each(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		char *words[8] = { NULL }, *command = strdup(argv[i]), *s = command;
		const struct probe *p;
		int n = 0;

		while (n < 7 && (words[n] = strsep(&s, " ")))
			n++;
		p = find(n, words);
		if (!p)
			return usage();
		print_result(argv[i], p->run(words + 1));
		free(command);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct probe *p;
	int err;

	if (argc == 2 && !strcmp(argv[1], "list")) {
		for_each_probe(q) printf("%s %s\n", q->name, q->usage);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "seq"))
		return sequence(argc, argv);
	if (argc > 2 && !strcmp(argv[1], "each"))
		return each(argc, argv);
	probe_holds = argc > 2 && !strcmp(argv[1], "hold");
	argc -= probe_holds;
	argv += probe_holds;
	p = find(argc - 1, argv + 1);
	if (!p)
		return usage();
	err = p->run(argv + 2);
	print_result(p->name, err);
	fflush(stdout);
	while (probe_holds && !err)
		pause();
	return verdict(err);
}
