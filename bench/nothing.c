// SPDX-License-Identifier: GPL-2.0-only
/* The program that measure executes: exit(0), without libc. */
#include <sys/syscall.h>

void _start(void)
{
	__asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0));
	__builtin_unreachable();
}
