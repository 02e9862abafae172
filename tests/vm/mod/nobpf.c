// SPDX-License-Identifier: GPL-2.0-only
/* nobpf errno|nosys|kill COMMAND...: runs it under a seccomp filter on bpf(2), as a container's. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned int what = SECCOMP_RET_ERRNO | EPERM;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };

	if (argc < 3)
		return 125;
	if (!strcmp(argv[1], "nosys"))
		what = SECCOMP_RET_ERRNO | ENOSYS;
	if (!strcmp(argv[1], "kill"))
		what = SECCOMP_RET_KILL_PROCESS;
	filter[2].k = what;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		perror("nobpf: seccomp");
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 125;
}
