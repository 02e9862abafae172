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
/* One step in words: "lockdown: dev_mem=enforce (is observe)". Valid as long as the plan. */
const char *latch_plan_step(const struct latch_plan *plan, size_t i);
/*
 * Does it, all or nothing: if a step fails, those before it are taken back. Seals come last,
 * lockdown's first; a seal is not taken back, so once there is one, nothing is.
 */
int latch_plan_run(struct latch *l, struct latch_plan *plan, uint64_t trial, struct latch_error *err);
/* Whether latch_plan_run() failed and left what it had done. */
bool latch_plan_stays(const struct latch_plan *plan);
void latch_plan_free(struct latch_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
