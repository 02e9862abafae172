// SPDX-License-Identifier: GPL-2.0-only
/*
 * gap STOP: makes a symbolic link, a hard link and a FIFO over and over until the file STOP
 * is there; prints "TRIES GAPS ERRORS": how often, how many of the calls were let through,
 * and which errnos the others got. Where it is killed it has printed nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long gaps;
static bool seen[256];

static void took(int r, const char *made)
{
	if (r)
		seen[errno & 255] = true;
	else
		gaps++;
	if (!r)
		unlink(made);
}

int main(int argc, char **argv)
{
	unsigned long tries = 0;

	if (argc != 2)
		return fprintf(stderr, "usage: gap STOP\n"), 2;
	if (close(open("gap.file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)))
		return perror("gap.file"), 2;
	while (access(argv[1], F_OK)) {
		for (int i = 0; i < 50; i++, tries++) {
			took(symlink("nowhere", "gap.symlink"), "gap.symlink");
			took(link("gap.file", "gap.link"), "gap.link");
			took(mkfifo("gap.fifo", 0600), "gap.fifo");
		}
	}
	printf("%lu %lu", tries, gaps);
	for (int i = 0; i < 256; i++)
		if (seen[i])
			printf(" %d", i);
	printf("\n");
	return 0;
}
