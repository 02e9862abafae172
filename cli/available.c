// SPDX-License-Identifier: GPL-2.0-only
/* latch list --available, and what to do first where nothing is loaded */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

struct available {
	struct table table;
	struct json_object *json;
	struct latch *l; /* NULL: it cannot be known what is loaded */
	unsigned int damaged;
};

/* 1: loaded, 0: not, -1: not known */
static int is_loaded(const struct available *a, const char *name)
{
	struct latch_error err;
	struct latch_state *st;
	int e = a->l ? latch_state_read(a->l, name, &st, &err) : -EPERM;

	if (!e)
		latch_state_free(st);
	return !e ? 1 : e == -ENOENT ? 0 : -1;
}

static void add_json(struct json_object *list, const char *name, const struct latch_module *mod, int loaded,
		     const char *damage)
{
	struct json_object *o = json_object_new_object();

	json_name(o, "name", name);
	json_string(o, "version", mod ? mod->version : NULL);
	json_string(o, "description", mod ? mod->description : NULL);
	json_object_object_add(o, "loaded", loaded < 0 ? NULL : json_object_new_boolean(loaded));
	json_string(o, "damage", damage);
	json_object_array_add(list, o);
}

static void add(struct available *a, const char *file)
{
	static const char *const words[] = { "?", "-", "yes" };
	char name[4 * 256], version[256], text[2048];
	struct latch_module *mod = NULL;
	struct latch_error err;
	int e = latch_module_read(file, &mod, &err), loaded;

	/* It is loaded by its file's name, and is there by its own. */
	if (!e && strcmp(mod->name, file))
		snprintf(err.text, sizeof(err.text), "it holds module %s", mod->name);
	else if (!e)
		err.text[0] = '\0';
	loaded = is_loaded(a, mod ? mod->name : file);
	a->damaged += *err.text != '\0';
	if (a->json) {
		add_json(a->json, file, mod, loaded, *err.text ? err.text : NULL);
	} else {
		table_add(&a->table, "%s\t%s\t%s\t%s%s", latch_name_shown(file, name, sizeof(name)),
			  printable(mod && mod->version ? mod->version : "-", version, sizeof(version)),
			  words[loaded + 1], *err.text ? "DAMAGED: " : "",
			  printable(*err.text		    ? err.text :
				    mod && mod->description ? mod->description :
							      "-",
				    text, sizeof(text)));
	}
	latch_module_free(mod);
}

int list_available(bool json)
{
	struct available a = { .json = json ? json_object_new_array() : NULL };
	struct latch_error err;
	char **files;
	size_t n;
	int e = latch_module_files(&files, &n, &err);

	if (e) {
		json_object_put(a.json);
		return fail(e, &err);
	}
	if (open_to_read(&a.l, &err)) {
		a.l = NULL;
		message("whether they are loaded is not known: %s", err.text);
	}
	table_add(&a.table, "NAME\tVERSION\tLOADED\tDESCRIPTION");
	for (size_t i = 0; i < n; i++) {
		add(&a, files[i]);
		free(files[i]);
	}
	free(files);
	if (a.l)
		latch_close(a.l);
	if (json) {
		table_drop(&a.table);
		json_out(a.json);
	} else if (n) {
		table_print(&a.table);
	} else {
		table_drop(&a.table);
		message("there is no module in %s", latch_module_dir);
	}
	return a.damaged ? EXIT_FAILED : EXIT_DONE;
}

void say_if_nothing(struct latch *l)
{
	struct latch_error err;
	char **names;
	size_t n;

	if (latch_hidden(l) || latch_state_names(l, &names, &n, &err))
		return;
	if (!n)
		printf("no module is loaded. To begin:\n"
		       "  latch doctor               whether modules work on this kernel\n"
		       "  latch list --available     which modules there are\n"
		       "  latch load NAME --observe  load one that denies nothing and records what it\n"
		       "                             would deny\n");
	while (n)
		free(names[--n]);
	free(names);
}
