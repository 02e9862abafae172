// SPDX-License-Identifier: GPL-2.0-only
/* nocap NUMBER COMMAND...: runs it, as root, without that capability. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3)
		return 125;
	if (prctl(PR_CAPBSET_DROP, atoi(argv[1]), 0, 0, 0))
		perror("nocap: prctl");
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 125;
}
