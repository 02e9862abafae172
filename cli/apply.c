// SPDX-License-Identifier: GPL-2.0-only
/* latch apply */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* What is done is said when it is done, and what is taken back, when that is. */
static void tell(enum latch_plan_event event, const char *text, void *arg)
{
	static const char *const words[] = {
		[LATCH_PLAN_DONE] = "",
		[LATCH_PLAN_UNDONE] = "taken back: ",
		[LATCH_PLAN_STAYS] = "NOT TAKEN BACK: ",
	};
	_cleanup_text_ char *lines = shown(text);

	(void)arg;
	if (event == LATCH_PLAN_WHY)
		message_lines(text);
	else
		printf("%s%s\n", words[event], lines);
	fflush(stdout);
}

/* All is as configured only for as long as it is on trial. */
static int say_trials(const struct latch_plan *plan)
{
	char text[4096];

	for (size_t i = 0; i < latch_plan_trials(plan); i++)
		printf("%s\n", printable(latch_plan_trial(plan, i), text, sizeof(text)));
	return latch_plan_trials(plan) ? EXIT_DIFFERS : EXIT_DONE;
}

static struct json_object *strings_json(const struct latch_plan *plan, size_t n,
					const char *(*get)(const struct latch_plan *plan, size_t i))
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(list, json_text(get(plan, i)));
	return list;
}

static int dry_run(const struct latch_plan *plan, const struct options *o)
{
	struct latch_error err;
	int e = latch_plan_refused(plan, o->trial, &err);
	bool differs = latch_plan_steps(plan);
	struct json_object *json;

	if (o->json) {
		json = json_object_new_object();
		json_object_object_add(json, "differs", json_object_new_boolean(differs));
		json_object_object_add(json, "steps", strings_json(plan, latch_plan_steps(plan), latch_plan_step));
		json_number(json, "unmet_exceptions", (int64_t)latch_plan_unmet(plan));
		json_object_object_add(json, "on_trial", strings_json(plan, latch_plan_trials(plan), latch_plan_trial));
		json_string(json, "refused", e ? err.text : NULL);
		json_out(json);
	} else {
		for (size_t i = 0; i < latch_plan_steps(plan); i++) {
			_cleanup_text_ char *lines = shown(latch_plan_step(plan, i));

			printf("would change: %s\n", lines);
		}
		if (!differs)
			printf("nothing to change\n");
		say_trials(plan);
	}
	if (e)
		return fail(e, &err);
	return differs || latch_plan_trials(plan) || latch_plan_unmet(plan) ? EXIT_DIFFERS : EXIT_DONE;
}

static int run(struct latch *l, struct latch_plan *plan, const struct options *o)
{
	const struct latch_plan_how how = { .trial = o->trial, .keep_unsealed = o->boot, .tell = tell };
	struct latch_error err;
	int e, called;

	progress_begin("latch: the kernel is verifying the modules");
	e = latch_plan_run(l, plan, &how, &err);
	progress_end();
	if (e) {
		if (!latch_plan_stays(plan) && !(o->boot && latch_plan_steps(plan)))
			message("nothing was applied");
		return fail(e, &err);
	}
	if (!latch_plan_steps(plan))
		printf("nothing to change\n");
	else if (o->trial)
		printf("on trial for %llu s: `latch confirm` keeps it\n", (unsigned long long)o->trial / 1000000000);
	e = say_trials(plan);
	called = enforcement_called(l);
	return called ? called : e;
}

static int not_applied(int e, const struct options *o, const struct latch_error *err)
{
	if (!o->dry_run)
		message("nothing was applied");
	return fail(e, err);
}

/* What is to be said of the configuration, which may be read twice: see begin_seal(). */
struct remarks {
	FILE *file;
	char *text;
	size_t size;
};

static void say(struct remarks *r)
{
	if (r->file)
		fclose(r->file);
	for (char *line = r->text ? strtok(r->text, "\n") : NULL; line; line = strtok(NULL, "\n"))
		message("%s", line);
	free(r->text);
	*r = (struct remarks){ 0 };
}

static int apply(struct latch *l, const struct latch_config *config, const struct options *o, struct remarks *remarks)
{
	struct latch_plan *plan;
	struct latch_error err;
	int r = latch_plan_make(l, config, &plan, &err);

	if (!r && !o->dry_run && latch_plan_seals(plan))
		begin_seal(l);
	say(remarks);
	if (r)
		return not_applied(r, o, &err);
	r = o->dry_run ? dry_run(plan, o) : run(l, plan, o);
	latch_plan_free(plan);
	return r;
}

int cmd_apply(int argc, char **argv)
{
	struct options o = { 0 };
	struct remarks remarks = { 0 };
	struct latch_config *config;
	struct latch_error err;
	struct latch *l;
	int words = take_options(argc, argv, &o), r;

	if (words < 0)
		return -words;
	if (words)
		return usage("apply", "too many words");
	if (o.json && !o.dry_run)
		return usage("apply", "--json goes with --dry-run");
	remarks.file = open_memstream(&remarks.text, &remarks.size);
	r = latch_config_read(LATCH_CONFIG_DIR, remarks.file ? remarks.file : stderr, &config, &err);
	if (r) {
		say(&remarks);
		return not_applied(r, &o, &err);
	}
	r = o.dry_run ? open_to_read(&l, &err) : open_latch(&l, true, &err);
	if (r) {
		say(&remarks);
		r = fail(r, &err);
	} else {
		r = apply(l, config, &o, &remarks);
		latch_close(l);
	}
	latch_config_free(config);
	return r;
}
