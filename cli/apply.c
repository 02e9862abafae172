// SPDX-License-Identifier: GPL-2.0-only
/* latch apply */
#include <errno.h>
#include <stdio.h>
#include "cli.h"

static int run(struct latch *l, struct latch_plan *plan, const struct options *o)
{
	struct latch_error err;
	int e;

	for (size_t i = 0; i < latch_plan_steps(plan); i++)
		printf("%s%s\n", o->dry_run ? "would change: " : "", latch_plan_step(plan, i));
	if (!latch_plan_steps(plan))
		printf("nothing to change\n");
	if (o->dry_run)
		return EXIT_DONE;
	fflush(stdout);
	progress_begin("latch: the kernel is verifying the modules\n");
	e = latch_plan_run(l, plan, o->trial, &err);
	progress_end();
	if (!e) {
		if (o->trial && latch_plan_steps(plan))
			printf("on trial for %llu s: `latch confirm` keeps it\n",
			       (unsigned long long)o->trial / 1000000000);
		return EXIT_DONE;
	}
	if (!latch_plan_stays(plan))
		fprintf(stderr, "latch: nothing was applied\n");
	return fail(e, &err);
}

int cmd_apply(int argc, char **argv)
{
	struct options o = { 0 };
	struct latch_config *config;
	struct latch_plan *plan;
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), r;

	if (words < 0)
		return -words;
	if (words)
		return usage("apply", "too many words");
	r = latch_config_read(LATCH_CONFIG_DIR, stderr, &config, &err);
	if (r)
		return fail(r, &err);
	r = open_latch(&l, !o.dry_run, &err);
	if (r) {
		latch_config_free(config);
		return fail(r, &err);
	}
	r = latch_plan_make(l, config, &plan, &err);
	if (r) {
		r = fail(r, &err);
	} else {
		r = run(l, plan, &o);
		latch_plan_free(plan);
	}
	latch_close(l);
	latch_config_free(config);
	return r;
}
