/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: /etc/latch, and bringing the kernel to what it wants. Included by latch.h, which has
 * the rules.
 */
#ifndef LATCH_CONFIG_H
#define LATCH_CONFIG_H

#include <latch/latch.h>

#ifdef __cplusplus
extern "C" {
#endif

struct latch_setting {
	char *key, *value;
	char *file; /* where it was said last */
	int line;
};

/*
 * A module as the configuration wants it: keys are `mode`, `file`, `unload`, `on-tamper`, and
 * its parameters; for lockdown also `allow`, which can be there more than once.
 */
struct latch_wanted {
	char name[LATCH_NAME_MAX];
	char *file; /* where its section stands first */
	int line;
	struct latch_setting *settings;
	size_t n;
};

struct latch_config {
	struct latch_wanted *modules;
	size_t n;
	struct latch_wanted all; /* section [latch]: the keys are `unload` and `on-tamper` */
	FILE *notes;
};

/*
 * Reads dir/latch.conf and dir/conf.d/ *.conf; none of them is no error. What a later file
 * overrides is written to notes, unless that is NULL.
 * Errors: -EINVAL with file and line; errno of reading.
 */
int latch_config_read(const char *dir, FILE *notes, struct latch_config **config, struct latch_error *err);
void latch_config_free(struct latch_config *config);
/*
 * Whether the file at that path, which is new, is read as the section of one module with the keys and
 * values of list, in their order, and as nothing else. Errors: -EINVAL with the line; as latch_config_read().
 */
int latch_config_reads_as(const char *path, const char *module, const struct latch_setting *list, size_t n,
			  struct latch_error *err);
/* `on-tamper` of a module, which need not have a section: as latch_tamper_parse(). */
unsigned int latch_config_tamper(const struct latch_config *config, const char *name);

struct latch_plan;
/*
 * What would have to change for config to hold: its modules loaded, with these and otherwise
 * default values. Modules it does not name are left alone. Nothing is changed yet.
 * Errors: -EINVAL with file and line for what a module does not have; as latch_module_read().
 */
int latch_plan_make(struct latch *l, const struct latch_config *config, struct latch_plan **plan,
		    struct latch_error *err);
size_t latch_plan_steps(const struct latch_plan *plan);
/*
 * One step in words, fit to be shown: "lockdown: dev_mem=enforce (is observe)"; of several lines, one an item, where
 * that would be long. Valid as long as the plan.
 */
const char *latch_plan_step(const struct latch_plan *plan, size_t i);
/*
 * What latch_plan_run() would be refused for, as far as can be seen; 0: nothing. trial: of how.
 * -EKEYREJECTED: a seal demands more of lockdown than is planned, or what is to change is sealed,
 * or a module is hidden; -EOPNOTSUPP: a seal would not hold, on-tamper needs latch.ko, or the
 * kernel does not call what would be attached; -EINPROGRESS: on trial; -EINVAL: it cannot be on trial.
 */
int latch_plan_refused(const struct latch_plan *plan, uint64_t trial, struct latch_error *err);
/* Exceptions that are configured for what is not there: without them more is denied. Notes name them. */
size_t latch_plan_unmet(const struct latch_plan *plan);
/* Whether a module is to be sealed, so that latch_seal_fresh() comes before latch_plan_run(). */
bool latch_plan_seals(const struct latch_plan *plan);
/* Of those it names, which are on trial, and for how long, a sentence each. */
size_t latch_plan_trials(const struct latch_plan *plan);
const char *latch_plan_trial(const struct latch_plan *plan, size_t i);

enum latch_plan_event {
	LATCH_PLAN_DONE,   /* text is a step: "lockdown: dev_mem=enforce (was observe)", or a seal */
	LATCH_PLAN_UNDONE, /* that was done, and is taken back */
	LATCH_PLAN_STAYS,  /* that was done, at least in part, and cannot be taken back */
	LATCH_PLAN_WHY,	   /* text is an error beside the one that is returned */
};

struct latch_plan_how {
	uint64_t trial;	    /* nanoseconds; 0: for good */
	bool keep_unsealed; /* what cannot be sealed stays loaded, and is an error all the same */
	void (*tell)(enum latch_plan_event event, const char *text, void *arg); /* may be NULL */
	void *arg;
};

/*
 * Does it, all or nothing: if a step fails, those before it are taken back. Seals come last,
 * lockdown's first; a seal is not taken back, so once there is one, nothing is. What can be seen
 * to be refused is refused before anything is done: see latch_plan_refused().
 */
int latch_plan_run(struct latch *l, struct latch_plan *plan, const struct latch_plan_how *how, struct latch_error *err);
/* Whether latch_plan_run() failed and left what it had done, or some of it. */
bool latch_plan_stays(const struct latch_plan *plan);
void latch_plan_free(struct latch_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
