// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise: who used a feature, and what keeps that working. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "advise.h"

static bool is_of(const struct latch_record *r, const struct latch_param *p)
{
	return r->key.id == (LATCH_ID_FEATURE | p->feature);
}

bool advice_is_use(const struct latch_record *r, const struct latch_param *p)
{
	return is_of(r, p) && !latch_record_looks(p->name, &r->key);
}

bool advice_is_look(const struct latch_record *r, const struct latch_param *p)
{
	return is_of(r, p) && latch_record_looks(p->name, &r->key);
}

/* "/usr/bin/dd (ssh.service, uid 0) 3 times, last 2026-11-24 10:15:01" */
static void print_who(const struct latch_record *r)
{
	char path[PATH_TEXT], unit[UNIT_TEXT], last[32];

	printf("%s ", program(&r->tally.who, &r->key, path, sizeof(path)));
	if (is_program(&r->key)) {
		unit_of(&r->tally.who, unit, sizeof(unit));
		printf("(%s%suid %u) ", unit, *unit ? ", " : "", r->tally.who.uid);
	}
	printf("%llu times, last %s", (unsigned long long)r->tally.count,
	       format_time(&r->tally.last, last, sizeof(last)));
}

static void print_notes(const struct advice *a, const struct latch_record *r)
{
	char text[COMM_TEXT], path[PATH_TEXT];
	const char *why = why_no_exception(a->st->module, &r->key, &r->tally.who);

	if (!is_program(&r->key) && r->key.ino == LATCH_INO_INTERRUPT)
		printf("    (the kernel asked in an interrupt: no program is to blame)\n");
	else if (!is_program(&r->key))
		printf("    (the kernel asked by itself)\n");
	else if (is_interpreter(program(&r->tally.who, &r->key, path, sizeof(path))))
		printf("    (an interpreter, in a process called `%s`: which script it ran is not known)\n",
		       comm_of(&r->tally.who, text, sizeof(text)));
	if (*why)
		printf("   %s\n", why);
}

bool advice_seal_needs(const struct latch_param *p)
{
	return !strcmp(p->name, SEAL_NEEDS);
}

/* A denial is recorded as anybody's, and then the file tells, as it is now. */
static bool is_latch(const struct latch_record *r)
{
	struct stat st;

	if (r->key.how & LATCH_HOW_SELF)
		return true;
	return is_program(&r->key) && !stat("/proc/self/exe", &st) && r->key.ino == st.st_ino &&
	       r->key.dev == ((uint64_t)major(st.st_dev) << 20 | minor(st.st_dev));
}

/* Returns whether an exception for the program was proposed. */
static bool print_use(const struct advice *a, const struct latch_param *p, const struct latch_record *r)
{
	char command[LATCH_ALLOW_NAME + 128], last[32];
	const char *keep;

	if (is_latch(r) && advice_seal_needs(p)) {
		printf("  used by latch itself, %llu times, last %s: %s\n", (unsigned long long)r->tally.count,
		       format_time(&r->tally.last, last, sizeof(last)),
		       r->key.verdict == LATCH_ENFORCE ? "it was denied, and a seal needs it at observe, or --weak" :
							 "where it is enforced, the first seal of a boot needs --weak");
		return false;
	}
	printf("  used by ");
	print_who(r);
	if (r->key.verdict == LATCH_EXCEPTED) {
		printf(": allowed by its exception\n");
		return false;
	}
	keep = keep_command(a->st->module, &r->key, &r->tally.who, command, sizeof(command));
	printf(": enforce %s it; to keep it: %s\n", r->key.verdict == LATCH_ENFORCE ? "broke" : "breaks", keep);
	print_notes(a, r);
	return strstr(keep, " --exe ");
}

void advice_print_users(const struct advice *a, const struct latch_param *p)
{
	char before[REASON_MAX];
	bool by_program = false;

	for (size_t i = 0; i < a->n; i++) {
		const struct latch_record *r = &a->records[i];

		if (advice_is_look(r, p)) {
			printf("  looked at by ");
			print_who(r);
			printf(": to read is not to use it: enforce does not break that\n");
		} else if (advice_is_use(r, p)) {
			by_program |= print_use(a, p, r);
		}
	}
	if (by_program)
		printf("    (an exception for a program is for whoever runs it; --unit is for one service)\n");
	if (advice_used(a, p) && *advice_before(a, p, before, sizeof(before)))
		printf("  and not all is known: %s\n", before);
	else if (advice_used(a, p) && advice_only_excepted(a, p))
		printf("  enforce breaks nothing of that, as long as the exceptions hold\n");
	if (advice_used(a, p) && latch_feature_facts(p->name) && latch_feature_facts(p->name)->read_is_look)
		printf("    (a call that can both read and write, like sendfile(2), counts as a use)\n");
}
