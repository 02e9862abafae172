// SPDX-License-Identifier: GPL-2.0-only
/* The attacks by kind, in the order in which they are tried. */
#include <stdio.h>
#include <string.h>

#include "attack.h"

const struct attack_kind attack_kinds[] = {
	{ "paths", "names of the pins and their directories", path_attacks },
	{ "mounts", "the mounts that the pins hang on", mount_attacks },
	{ "ways", "these mounts, each of a kind one after the other, with both sides of each bound", way_attacks },
	{ "ftrace", "what calls the programs", ftrace_attacks },
	{ "objects", "maps, programs and links, by id, path and older descriptors", object_attacks },
	{ "views", "the iterators that a sealed module is read by, each with each program", view_attacks },
	{ "programs", "programs that would change or overrule those of the module", program_attacks },
	{ "system", "the machine as a whole", system_attacks },
	{ "below", "ways to the kernel's memory and code", below_attacks },
	{ "seals", "the making of a seal", seal_attacks },
	{ "generated", "sequences drawn by a seed, thousands in a boot", generated_attacks },
	{ NULL, NULL, NULL },
};

const struct attack *attack_find(const char *name)
{
	for_each_attack(a) if (!strcmp(a->name, name)) return a;
	return NULL;
}

int attack_list(void)
{
	for_each_kind(k) for (const struct attack *a = k->attacks; a->name; a++)
		printf("%s\t%s\t%s\t%s\n", a->name, a->what, a->void_because ? a->void_because : "-", k->name);
	return 0;
}

int attack_list_kinds(void)
{
	for_each_kind(k) printf("%s\t%s\n", k->name, k->what);
	return 0;
}
