/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: what the features of the module lockdown are about, and whether they close what
 * they should. Included by latch.h, which has the rules.
 */
#ifndef LATCH_LOCKDOWN_H
#define LATCH_LOCKDOWN_H

#include <latch/latch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ordered: who can change the kernel can also read it. */
enum latch_property { LATCH_NEITHER, LATCH_INTEGRITY, LATCH_CONFIDENTIALITY };

struct latch_feature_facts {
	const char *name;
	enum latch_property property; /* what stands open while it is not enforced */
	const char *open;	      /* how */
	bool own_context;	      /* asked in the context of the process that wants it */
	const char *absent;	      /* why it cannot matter on this architecture; NULL if it can */
	bool read_is_look;	      /* asked by read(2), too, where nothing is at stake: LATCH_HOW_READ */
	const char *needs;	      /* a path without which it cannot matter; NULL: none known */
	bool undoes_seal;	      /* while it is not enforced, a seal can be undone from below */
	const char *function;	      /* of the kernel, without which nothing asks; NULL: none known */
	bool own;		      /* latch's, not one of the kernel's reasons */
	bool guarded;		      /* denied, too, while any module is sealed */
};

/* NULL for a feature that is newer than this latch. */
const struct latch_feature_facts *latch_feature_facts(const char *name);
/* Why a feature cannot matter on this machine; NULL if it can, or if that is not known. */
const char *latch_feature_absent(const char *name);
enum latch_secure_boot {
	LATCH_SECURE_BOOT_OFF,
	LATCH_SECURE_BOOT_ON,
	LATCH_SECURE_BOOT_SETUP, /* anybody can give the firmware keys */
	LATCH_SECURE_BOOT_NONE,	 /* not started by UEFI */
};

/* What the firmware says. Errors: it is not known, as sysfs is hidden, efivarfs is not mounted, or a variable cannot be
 * read. */
int latch_secure_boot(struct latch_error *err);
/* The level of the lockdown built into the kernel, as a latch_property; or why it is not known. */
int latch_builtin_level(struct latch_error *err);
/* The same; where it is not known, LATCH_NEITHER. */
int latch_builtin_lockdown(void);
/* Whether it is known. */
bool latch_builtin_known(void);
/*
 * Why nothing is recorded of a feature: the built-in lockdown denies it before any module is asked, or
 * whether it does is not known. Returns buf; NULL: it is recorded.
 */
const char *latch_builtin_first(const char *feature, char *buf, size_t size);
/* The features that deny what the built-in lockdown does not, "a, b". Returns buf. */
const char *latch_builtin_leaves(char *buf, size_t size);

enum latch_finding_kind {
	LATCH_OPEN,	 /* a way that stands open */
	LATCH_UNCOVERED, /* one that no feature closes */
	LATCH_LATE,	 /* what was taken before, and is not taken back */
	LATCH_UNSEEN,	 /* what could not be looked at, so that nothing is known of it */
	LATCH_NOTE,	 /* what is not judged: see latch_findings_hold() */
	LATCH_FINDING_KINDS
};

struct latch_finding {
	enum latch_finding_kind kind;
	char feature[LATCH_NAME_MAX];
	char text[512];
};

struct latch_findings {
	struct latch_finding *list;
	size_t n;
};

/* Whether the property holds: there is no finding but notes. */
bool latch_findings_hold(const struct latch_findings *f);

/*
 * Whether root can change the running kernel (LATCH_INTEGRITY), or read its memory
 * (LATCH_CONFIDENTIALITY). f->list is the caller's to free.
 */
int latch_lockdown_check(struct latch *l, enum latch_property property, struct latch_findings *f,
			 struct latch_error *err);

/*
 * What of the features was used before they were watched, as the kernel shows it now (LATCH_LATE),
 * and what of that could not be looked at (LATCH_UNSEEN): where there is a finding, that nothing is
 * on record does not mean that the next boot does without. f->list is the caller's to free.
 */
int latch_lockdown_before(const struct latch_state *st, struct latch_findings *f, struct latch_error *err);
/* The first of these about a feature, LATCH_LATE before others, and how many more there are. NULL: there is none. */
const struct latch_finding *latch_before_first(const struct latch_findings *f, const char *feature, size_t *more);

/* What of lockdown a seal of that module lacks: f is as of latch_lockdown_check(). */
int latch_seal_demands(struct latch *l, const char *name, struct latch_findings *f, struct latch_error *err);
struct json_object; /* of json-c */
/*
 * Adds a report, as `latch lockdown advise --json` prints it, to sum: for each feature
 * { "machines": { verdict: n }, "programs": { program: n } }. All of it or, where it is not
 * one of ours, nothing. Errors: -EINVAL, -ENOMEM.
 */
int latch_report_add(struct json_object *sum, const char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
