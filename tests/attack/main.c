// SPDX-License-Identifier: GPL-2.0-only
/*
 * attack list				names, what they try, why they need not win, kinds, by tabs
 * attack kinds				the kinds, and what they are about
 * attack run unsealed|sealed [-1] [NAME...]	tries them in a guest; -1: looks for 6 s after each
 *
 * Prints, for tests/attack/run on the host to read:
 *	@ start NAME
 *	@ result NAME won|hidden|silent|held|absent|hung DETAIL
 *	@ suspect NAME		the seal was lost late, by this or by another suspect
 *	@ end
 * Where nothing is sealed the module is loaded anew after a win. A seal is made once in a
 * boot: after a win that ended it no more is tried.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attack.h"

#define SETTLE 6.5 /* seconds; on 6.12 programs die that much after their last reference */
#define LIMIT 60   /* for one attack */
#define LIMIT_LONG 600

char *attack_reason;
static int *child_result;
static bool sealed, sealing, one_by_one, over;
static char **only;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void say(const char *word, const struct attack *a, const char *verdict, const char *detail)
{
	printf("@ %s %s%s%s%s%s\n", word, a->name, verdict ? " " : "", verdict ? verdict : "", detail ? " " : "",
	       detail ? detail : "");
	fflush(stdout);
}

static void in_child(const struct attack *a)
{
	setsid();
	signal(SIGTERM, SIG_DFL);
	if (a->flags & PRIVATE && (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)))
		_exit(1);
	*child_result = a->run();
	_exit(0);
}

/* What the attack returned, or -ETIMEDOUT: it did not end. */
static int try(const struct attack *a)
{
	double end = now() + (a->flags & LONG ? LIMIT_LONG : LIMIT);
	int status = 0;
	pid_t pid;

	*child_result = -EINTR;
	*attack_reason = '\0';
	if (a->flags & KILLS_ALL)
		return a->run();
	pid = fork();
	if (!pid)
		in_child(a);
	while (pid > 0 && !waitpid(pid, &status, WNOHANG)) {
		if (now() > end) {
			kill(-pid, SIGKILL);
			return -ETIMEDOUT;
		}
		usleep(10000);
	}
	kill(-pid, SIGKILL);
	return *child_result;
}

static const char *weakened(bool wholly)
{
	if (!target_enforced())
		return "won";
	if (target_intact(wholly))
		return NULL;
	return sealed && target_hidden() != ATTACK_HIDDEN ? "silent" : "hidden";
}

/* A record that is lost may be all that is, or the first sign. */
static const char *settle(bool hides)
{
	double end = now() + SETTLE;
	const char *how;

	do {
		how = weakened(false);
		usleep(100000);
	} while ((!how || (!hides && strcmp(how, "won"))) && now() < end);
	return how ? how : weakened(true);
}

static const char *detail_of(int result)
{
	if (result == ATTACK_ABSENT)
		return attack_reason;
	if (result >= 0)
		return "all was granted, to no effect";
	return strerrorname_np(-result);
}

/* Tries it and says what came of it, unless that can only be seen later. */
static bool judged(const struct attack *a, bool wait)
{
	static const char *const words[] = {
		[ATTACK_WON] = "won",
		[ATTACK_HIDDEN] = "hidden",
		[ATTACK_SILENT] = "silent",
	};
	const char *how;
	int result;

	say("start", a, NULL, NULL);
	target_remount();
	result = try(a);
	how = wait && result <= 0 ? settle(a->flags & HIDES) : weakened(false);
	if (result == -ETIMEDOUT && !how)
		say("result", a, "hung", "it did not end in time");
	else if (result == ATTACK_ABSENT)
		say("result", a, "absent", attack_reason);
	else if (how || result > 0)
		say("result", a, how ? how : words[result], NULL);
	else if (wait)
		say("result", a, "held", detail_of(result));
	else
		return false;
	over = sealed && how;
	return true;
}

static bool wanted(const struct attack *a)
{
	if (!*only)
		return true;
	for (char **name = only; *name; name++)
		if (!strcmp(*name, a->name))
			return true;
	return false;
}

/* Where nothing is sealed, those that are expected to win are looked at one by one. */
static bool in_batch(const struct attack *a)
{
	return !one_by_one && !(a->flags & (KILLS_ALL | SEALS)) && (sealed || a->void_because);
}

static bool prepared(const struct attack *a)
{
	if (sealed || !target_load(a->flags & LOCKDOWN))
		return true;
	printf("# the module cannot be loaded\n");
	return false;
}

static bool batch(void)
{
	const struct attack *open[256];
	const char *met[256], *how;
	int n = 0;

	for_each_attack(a)
	{
		if (!wanted(a) || !in_batch(a) || over)
			continue;
		if (!prepared(a))
			return false;
		if (judged(a, false))
			continue;
		met[n] = detail_of(*child_result);
		open[n++] = a;
	}
	/* After a win that was seen at once the rest is tried again, in a boot without it. */
	if (!n || over)
		return true;
	how = settle(false);
	for (int i = 0; i < n; i++) {
		if (how)
			say("suspect", open[i], NULL, NULL);
		else
			say("result", open[i], "held", sealed ? met[i] : open[i]->void_because);
	}
	over |= sealed && how;
	return true;
}

/* init runs this anew when all else is killed. */
static void come_back(const char *name)
{
	FILE *f = fopen("/run/again", "we");

	if (!f)
		return;
	fprintf(f, "#!/bin/sh\nexec /test/attack/attack %s %s", name ? "again" : "end",
		sealing ? "sealed" : "unsealed");
	fprintf(f, "%s%s\n", name ? " " : "", name ? name : "");
	fclose(f);
	chmod("/run/again", 0755);
}

static bool singles(void)
{
	for_each_attack(a)
	{
		if (!wanted(a) || in_batch(a) || over || a->flags & (KILLS_ALL | SEALS))
			continue;
		if (!prepared(a))
			return false;
		judged(a, true);
	}
	return true;
}

/* These see for themselves. */
static void seals(void)
{
	for (const struct attack *a = seal_attacks; a->name; a++) {
		int result;

		if (!wanted(a))
			continue;
		say("start", a, NULL, NULL);
		result = try(a);
		say("result", a,
		    result == ATTACK_WON    ? "won" :
		    result == ATTACK_ABSENT ? "absent" :
					      "held",
		    result == ATTACK_WON ? NULL : detail_of(result));
	}
}

static bool killers(const char *after)
{
	bool go = !after;

	for_each_attack(a)
	{
		if (!(a->flags & KILLS_ALL) || !wanted(a) || over)
			continue;
		if (!go) {
			/* it came: this is what runs after it */
			if (strcmp(a->name, after))
				continue;
			go = true;
			say("result", a, settle(false) ?: "held", NULL);
			continue;
		}
		if (!prepared(a))
			return false;
		come_back(a->name);
		judged(a, true);
	}
	unlink("/run/again");
	return true;
}

static int print_all(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vprintf(format, args);
}

int main(int argc, char **argv)
{
	bool again = argc > 3 && !strcmp(argv[1], "again");
	int at = 3;

	attack_reason = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (attack_reason == MAP_FAILED)
		return 1;
	child_result = (int *)(attack_reason + ATTACK_REASON_SIZE);
	signal(SIGTERM, SIG_IGN);
	libbpf_set_print(getenv("ATTACK_VERBOSE") ? print_all : NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "list"))
		return attack_list();
	if (argc == 2 && !strcmp(argv[1], "kinds"))
		return attack_list_kinds();
	if (argc < 3)
		return 2;
	sealing = target_to_seal = !strcmp(argv[2], "sealed");
	sealed = sealing && again;
	if (again) {
		only = argv + argc;
		target_recall();
		if (!killers(argv[3]))
			return 1;
		printf("@ end\n");
		return 0;
	}
	if (argc > at && !strcmp(argv[at], "-1")) {
		one_by_one = true;
		at++;
	}
	only = argv + at;
	if (target_load(sealing))
		return 1;
	seals();
	if (sealing && target_seal()) {
		printf("# the seal was refused\n");
		return 1;
	}
	sealed = sealing;
	if (!batch() || !singles() || !killers(NULL))
		return 1;
	printf("@ end\n");
	return 0;
}
