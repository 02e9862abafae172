// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts, by generator: sequences of a namespace, a propagation, a carrier (mountplace.c) and one to
 * three calls (mountcall.c), drawn by numbers that follow from a seed. Each is a process; after each it is looked
 *whether the module denies, whether the way to the pins is of the same mounts, and whether the pins are there, and what
 *it made is taken away. The first that weakens the seal ends it.
 *
 *	ATTACK_SEED=N		other sequences
 *	ATTACK_SEQUENCES=N	how many; else 2000
 *	ATTACK_SEQUENCE=N	that one alone
 *
 * Where nothing is sealed each is made in a copy of the mount namespace first, which goes with it, and those are
 * counted that would have weakened a seal; then the first of these for real.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mountgen.h"

#define SEQUENCES 2000
#define SECONDS 10 /* for one */

struct told *told;
static unsigned long seed;
static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

unsigned int pick(unsigned int n)
{
	return (unsigned int)(next() >> 32) % n;
}

bool one_in(unsigned int n)
{
	return !pick(n);
}

int tell(int result, const char *format, ...)
{
	size_t at = strlen(told->text), left = sizeof(told->text) - at;
	va_list args;

	if (result >= 0)
		told->granted++;
	else if (result == -EPERM)
		told->denied++;
	else
		told->impossible++;
	if (left < 64)
		return result;
	at += (size_t)snprintf(told->text + at, left, "%s", at ? "; " : "");
	va_start(args, format);
	vsnprintf(told->text + at, sizeof(told->text) - at - 32, format, args);
	va_end(args);
	if (result < 0)
		snprintf(strchr(told->text, 0), 32, ": %s", strerrorname_np(-result));
	return result;
}

/* --- one sequence --- */

static void sequence(int home, bool copied)
{
	struct scene s = { .tree = -1, .home = home, .copied = copied };
	bool early = pick(2);
	unsigned int calls;

	alarm(SECONDS);
	share_some();
	if (!early)
		enter_namespace();
	make_carrier(&s);
	if (early)
		enter_namespace();
	calls = 1 + pick(3);
	for (unsigned int i = 0; i < calls; i++)
		make_call(&s);
}

/* --- what came of it --- */

#define WAY 6

struct way {
	uint64_t mount[WAY];
	int mounts; /* /proc/self/mountinfo */
	char device[32];
};

static uint64_t mount_id(const char *path)
{
	struct statx stx = { 0 };

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &stx) ? 0 : stx.stx_mnt_id;
}

static void note_mounts(uint64_t *to)
{
	static const char *const way[WAY] = { "/", "/sys", "/sys/fs", BPFFS, BPFFS "/latch", PINDIR "/links" };

	for (int i = 0; i < WAY; i++)
		to[i] = mount_id(way[i]);
}

static void note_way(struct way *w)
{
	struct stat st;

	note_mounts(w->mount);
	w->mounts = open_fd("/proc/self/mountinfo", O_RDONLY);
	if (!stat(BPFFS, &st))
		snprintf(w->device, sizeof(w->device), " %lu:%lu ", st.st_dev >> 8, st.st_dev & 0xff);
}

static bool as_it_was(const struct way *w)
{
	uint64_t now[WAY];

	note_mounts(now);
	return !memcmp(now, w->mount, sizeof(now)) && target_intact(false);
}

/* Whether what the pins are in is still mounted somewhere in this namespace. */
static bool still_mounted(const struct way *w)
{
	static char text[1 << 20];
	size_t n = 0;
	ssize_t got;

	lseek(w->mounts, 0, SEEK_SET);
	while (n < sizeof(text) - 1 && (got = read(w->mounts, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return strstr(text, w->device);
}

static void undo(void)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };

	share("/", MS_PRIVATE, true, false);
	syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr));
	while (!umount2(OWN, MNT_DETACH))
		;
	while (!umount2("/p", MNT_DETACH))
		;
	while (!umount2("/sys/fs/cgroup/n", MNT_DETACH))
		;
	rmdir("/sys/fs/cgroup/n");
}

enum result { HELD, MOVED, HIDDEN, LOST };

/* Makes sequence i in the mount namespace of the caller. */
static enum result made(const struct way *w, unsigned long i, bool copied)
{
	int home = open_fd("/proc/self/ns/mnt", O_RDONLY);
	bool before;
	pid_t pid;

	*told->text = '\0';
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		state = (uint64_t)seed << 32 | i;
		sequence(home, copied);
		_exit(0);
	}
	setpgid(pid, pid);
	waitpid(pid, NULL, 0);
	kill(-pid, SIGKILL);
	close(home);
	before = as_it_was(w);
	undo();
	if (before && as_it_was(w))
		return HELD;
	if (!still_mounted(w))
		return LOST;
	return target_intact(false) ? MOVED : HIDDEN;
}

static enum result made_in_copy(unsigned long i)
{
	enum result *result = (enum result *)(told + 1);
	pid_t pid;

	*result = HELD;
	pid = fork();
	if (!pid) {
		struct way w = { 0 };

		if (unshare(CLONE_NEWNS) || share("/", MS_PRIVATE, true, false))
			_exit(1);
		note_way(&w);
		*result = made(&w, i, true);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return *result;
}

/* --- all of them --- */

static unsigned long number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void say_all(unsigned long n, const unsigned long *came)
{
	printf("# mounts-generated: seed %lu, %lu sequences: %lu calls granted, %lu denied, %lu not possible", seed, n,
	       told->granted, told->denied, told->impossible);
	if (!target_to_seal)
		printf("; in a copy of the namespace %lu lose the pins, %lu hide them, %lu lay other mounts on the way",
		       came[LOST], came[HIDDEN], came[MOVED]);
	printf("\n");
}

static void say_sequence(unsigned long i)
{
	printf("# mounts-generated: ATTACK_SEED=%lu ATTACK_SEQUENCE=%lu: %s\n", seed, i, told->text);
}

/* What the runner is to be told of the first that weakened a seal. */
static int weakened(unsigned long i, enum result result)
{
	say_sequence(i);
	if (!target_enforced())
		return ATTACK_WON;
	return result == MOVED ? ATTACK_SILENT : target_hidden();
}

static int try_sealed(unsigned long first, unsigned long end)
{
	bool aloud = getenv("ATTACK_VERBOSE");
	struct way w = { 0 };

	note_way(&w);
	for (unsigned long i = first; i < end; i++) {
		enum result result = made(&w, i, false);

		if (aloud)
			printf("# %lu: %s\n", i, told->text);
		if (result != HELD || !target_enforced()) {
			say_all(i - first + 1, NULL);
			return weakened(i, result);
		}
	}
	say_all(end - first, NULL);
	return 0;
}

static int try_unsealed(unsigned long first, unsigned long end)
{
	unsigned long came[LOST + 1] = { 0 };
	unsigned long winners[8];
	bool aloud = getenv("ATTACK_VERBOSE");
	struct way w = { 0 };
	int n = 0, at = 0;

	for (unsigned long i = first; i < end; i++) {
		enum result result = made_in_copy(i);

		if (aloud)
			printf("# %lu: %d: %s\n", i, result, told->text);
		came[result]++;
		if (result == LOST && n < 8)
			winners[n++] = i;
	}
	say_all(end - first, came);
	note_way(&w);
	while (at < n && made(&w, winners[at], false) == HELD)
		at++;
	if (at < n)
		say_sequence(winners[at]);
	return 0;
}

static int mounts(void)
{
	unsigned long one = number("ATTACK_SEQUENCE", ULONG_MAX), first = one == ULONG_MAX ? 0 : one;
	unsigned long end = one == ULONG_MAX ? number("ATTACK_SEQUENCES", SEQUENCES) : one + 1;

	seed = number("ATTACK_SEED", 1);
	told = mmap(NULL, sizeof(*told) + 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		return -errno;
	printf("# mounts-generated: seed %lu\n", seed);
	command("modprobe -a overlay fuse 2>/dev/null");
	return target_to_seal ? try_sealed(first, end) : try_unsealed(first, end);
}

const struct attack generated_attacks[] = {
	{ "mounts-generated",
	  "2000 sequences of a namespace, a propagation, a carrier of 1 to 65 and 1 to 3 calls, by a seed", mounts,
	  LONG, NULL },
	{},
};
