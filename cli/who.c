// SPDX-License-Identifier: GPL-2.0-only
/* Who was denied, or would have been, in words and in JSON. */
#include <stdio.h>
#include <string.h>
#include "cli.h"

const char *verdict_word(uint32_t v)
{
	return v == LATCH_ENFORCE ? "denied" : v == LATCH_EXCEPTED ? "excepted" : "observed";
}

const char *program(const struct latch_who *who, const struct latch_tally_key *key, char *buf, size_t size)
{
	char comm[sizeof(who->comm) + 1] = "", text[64];

	memcpy(comm, who->comm, sizeof(who->comm));
	printable(comm, text, sizeof(text));
	if (!key->dev && !key->ino)
		snprintf(buf, size, "[%s] (kernel thread)", text);
	else
		latch_who_path(who, key->dev, key->ino, buf, size);
	return buf;
}

struct json_object *who_json(const struct latch_who *who, const struct latch_tally_key *key,
			     const struct latch_module *mod)
{
	struct json_object *o = json_object_new_object();
	char comm[sizeof(who->comm) + 1] = "", path[4096], unit[256], dev[32];

	memcpy(comm, who->comm, sizeof(who->comm));
	json_string(o, key->id & LATCH_ID_FEATURE ? "feature" : "hook", latch_id_name(mod, key->id));
	json_string(o, "verdict", verdict_word(key->verdict));
	json_string(o, "program", latch_who_path(who, key->dev, key->ino, path, sizeof(path)));
	json_string(o, "comm", comm);
	json_object_object_add(o, "kernel_thread", json_object_new_boolean(!key->dev && !key->ino));
	snprintf(dev, sizeof(dev), "%u:%u", (unsigned int)(key->dev >> 20), (unsigned int)(key->dev & 0xfffff));
	json_string(o, "dev", dev);
	json_object_object_add(o, "inode", json_object_new_uint64(key->ino));
	json_number(o, "uid", who->uid);
	json_number(o, "pid", who->pid);
	json_object_object_add(o, "cgroup", json_object_new_uint64(who->cgroup));
	json_string(o, "unit", latch_unit_of_cgroup(who->cgroup, unit, sizeof(unit)));
	return o;
}
