// SPDX-License-Identifier: GPL-2.0-only
/* Who was denied, or would have been, in words and in JSON. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

const char *verdict_word(uint32_t v)
{
	return v == LATCH_ENFORCE ? "denied" : v == LATCH_EXCEPTED ? "excepted" : "observed";
}

const char *comm_of(const struct latch_who *who, char *buf, size_t size)
{
	char comm[sizeof(who->comm) + 1] = "";

	memcpy(comm, who->comm, sizeof(who->comm));
	return latch_name_shown(comm, buf, size);
}

bool program_path(const struct latch_who *who, const struct latch_tally_key *key, char *buf, size_t size)
{
	*buf = '\0';
	return is_program(key) && latch_who_path(who, key->dev, key->ino, buf, size);
}

const char *why_no_exception(const struct latch_module *mod, const struct latch_tally_key *key,
			     const struct latch_who *who)
{
	const struct latch_feature_facts *facts = latch_feature_facts(latch_id_name(mod, key->id));
	char path[PATH_MAX];

	if (strcmp(mod->name, "lockdown") || !facts || !facts->own_context || !is_program(key) ||
	    program_path(who, key, path, sizeof(path)))
		return "";
	return " (no exception: the file of that program is not found any more)";
}

const char *program(const struct latch_who *who, const struct latch_tally_key *key, char *buf, size_t size)
{
	char path[PATH_MAX], text[COMM_TEXT];

	program_path(who, key, path, sizeof(path));
	if (is_program(key))
		latch_name_shown(path, buf, size);
	else if (key->ino == LATCH_INO_INTERRUPT)
		snprintf(buf, size, "[interrupt]");
	else
		snprintf(buf, size, "[%s] (kernel thread)", comm_of(who, text, sizeof(text)));
	return buf;
}

const char *unit_of(const struct latch_who *who, char *buf, size_t size)
{
	char unit[256];

	return printable(latch_unit_of_cgroup(who->cgroup, unit, sizeof(unit)), buf, size);
}

bool is_program(const struct latch_tally_key *key)
{
	return key->dev || (key->ino != LATCH_INO_KTHREAD && key->ino != LATCH_INO_INTERRUPT);
}

const char *reading(const struct latch_tally_key *key)
{
	if (key->how & LATCH_HOW_SELF)
		return key->how & LATCH_HOW_READ ? " (latch itself, reading)" : " (latch itself)";
	return key->how & LATCH_HOW_READ ? " (reading)" : "";
}

bool is_interpreter(const char *path)
{
	static const char *const names[] = { "sh",   "bash",   "dash", "zsh",  "ksh",  "mksh", "fish",	"busybox",
					     "perl", "python", "pypy", "ruby", "lua",  "node", "php",	"tclsh",
					     "wish", "awk",    "gawk", "mawk", "java", "mono", "guile", "Rscript" };
	const char *name = strrchr(path, '/');

	for (size_t i = 0; name && i < sizeof(names) / sizeof(*names); i++) {
		size_t len = strlen(names[i]);

		/* Its version may follow: python3.11 */
		if (!strncmp(name + 1, names[i], len) && !isalpha((unsigned char)name[1 + len]))
			return true;
	}
	return false;
}

struct json_object *who_json(const struct latch_who *who, const struct latch_tally_key *key,
			     const struct latch_module *mod)
{
	struct json_object *o = json_object_new_object();
	char comm[COMM_TEXT], path[PATH_MAX], unit[256], dev[32];
	bool known = program_path(who, key, path, sizeof(path));

	json_string(o, key->id & LATCH_ID_FEATURE ? "feature" : "hook", latch_id_name(mod, key->id));
	json_string(o, "verdict", verdict_word(key->verdict));
	json_name(o, "program", *path ? path : NULL);
	json_object_object_add(o, "path_known", is_program(key) ? json_object_new_boolean(known) : NULL);
	json_object_object_add(o, "interpreter", json_object_new_boolean(is_interpreter(path)));
	json_string(o, "comm", comm_of(who, comm, sizeof(comm)));
	json_object_object_add(o, "kernel_thread",
			       json_object_new_boolean(!is_program(key) && key->ino == LATCH_INO_KTHREAD));
	json_object_object_add(o, "interrupt",
			       json_object_new_boolean(!is_program(key) && key->ino == LATCH_INO_INTERRUPT));
	json_object_object_add(o, "itself", json_object_new_boolean(key->how & LATCH_HOW_SELF));
	json_object_object_add(o, "reading", json_object_new_boolean(key->how & LATCH_HOW_READ));
	snprintf(dev, sizeof(dev), "%u:%u", (unsigned int)(key->dev >> 20), (unsigned int)(key->dev & 0xfffff));
	json_string(o, "dev", is_program(key) ? dev : NULL);
	json_object_object_add(o, "inode", is_program(key) ? json_object_new_uint64(key->ino) : NULL);
	json_number(o, "uid", who->uid);
	json_number(o, "pid", who->pid);
	json_object_object_add(o, "cgroup", json_object_new_uint64(who->cgroup));
	latch_unit_of_cgroup(who->cgroup, unit, sizeof(unit));
	json_string(o, "unit", *unit ? unit : NULL);
	return o;
}
