// SPDX-License-Identifier: GPL-2.0-only
/* counts: "prog N map N link N", how many BPF objects of each kind there are in the kernel. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count(const char *kind, int next)
{
	union bpf_attr attr = { 0 };
	unsigned int n = 0;

	while (!syscall(SYS_bpf, next, &attr, sizeof(attr))) {
		attr.start_id = attr.next_id;
		n++;
	}
	if (errno != ENOENT)
		return fprintf(stderr, "counts: %s: %s\n", kind, strerror(errno)), 1;
	printf("%s %u", kind, n);
	return 0;
}

int main(void)
{
	int e = count("prog", BPF_PROG_GET_NEXT_ID);

	e |= count(" map", BPF_MAP_GET_NEXT_ID);
	e |= count(" link", BPF_LINK_GET_NEXT_ID);
	putchar('\n');
	return e;
}
