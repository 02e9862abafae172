// SPDX-License-Identifier: GPL-2.0-only
/* The commands of latch(8): what the parser, help, usage and completion are made from. */
#include <stdio.h>
#include <string.h>
#include "cli.h"

const struct command commands[] = {
	{ "load", cmd_load, "MODULE [param=value ...]", "observe,try,seal,weak,with-lockdown,on-tamper,verbose",
	  "load a module, by name or by path",
	  "All of it is loaded, or nothing. A name stands for a file in the module directory (`latch list "
	  "--available`), a path has a `/` in it. Parameters that are not given are as `latch info` shows them for "
	  "the file. --weak or --with-lockdown, and --on-tamper, go with --seal." },
	{ "replace", cmd_replace, "MODULE [FILE] [param=value ...]", "drop,verbose",
	  "put a module file in the place of the loaded module, without a gap",
	  "Mode and parameters are taken over by name. Without FILE it is the file of that name in the module "
	  "directory." },
	{ "unload", cmd_unload, "MODULE", "", "unload a module",
	  "Its hooks stop at one instant. A module that is sealed or declares itself permanent is not unloaded." },
	{ "list", cmd_list, "", "available,json", "list the loaded modules, or those that can be loaded", NULL },
	{ "info", cmd_info, "MODULE|FILE", "json", "describe a module: parameters, hooks, digest",
	  "A name means the loaded module, else the file in the module directory. A path means the file." },
	{ "mode", cmd_mode, "MODULE observe|enforce", "try", "set whether a module denies or only reports", NULL },
	{ "set", cmd_set, "MODULE param=value ...", "try", "set parameters of a loaded module",
	  "If one of the values is wrong, none is set. Features have the values off, observe and enforce; a group of "
	  "features, or `all`, may be named instead of one." },
	{ "seal", cmd_seal, "MODULE|--all", "all,weak,with-lockdown,on-tamper,dry-run",
	  "seal a module until reboot: nobody unloads or weakens it, root included",
	  "There is no way back before reboot. See latch-seal(8)." },
	{ "lockdown", lockdown_status, "[COMMAND ...]", "json", "the features of lockdown, and what still stands open",
	  "Alone it is `latch lockdown status`." },
	{ "lockdown status", lockdown_status, "", "json", "show the features, and how often each was asked for", NULL },
	{ "lockdown set", lockdown_set, "FEATURE=MODE ...", "try", "set features: off, observe or enforce",
	  "The same as `latch set lockdown`. A group of features, or `all`, may be named instead of one." },
	{ "lockdown profile", lockdown_profile, "PROFILE", "observe,try",
	  "set all features by a profile; load the module if need be",
	  "PROFILE is integrity, confidentiality, all, secure-boot (what the machine's Secure Boot asks for) or "
	  "none." },
	{ "lockdown check", lockdown_check, "[integrity|confidentiality]", "json", "what still stands open", NULL },
	{ "lockdown advise", lockdown_advise, "[--merge FILE ...]", "json,write,force,merge",
	  "which features nobody needs, and who needs the others", NULL },
	{ "lockdown allow", lockdown_allow, "FEATURE --exe PATH|--unit NAME|--module PATH", "exe,unit,module",
	  "make an exception from a feature", NULL },
	{ "lockdown disallow", lockdown_disallow, "FEATURE --exe PATH|--unit NAME|--module PATH", "exe,unit,module",
	  "take an exception back", NULL },
	{ "apply", cmd_apply, "", "dry-run,json,try,boot", "make what is loaded as " LATCH_CONFIG_DIR " says",
	  "What is already so is not touched. See latch.conf(5)." },
	{ "confirm", cmd_confirm, "[MODULE]", "", "keep what was loaded or set on trial", NULL },
	{ "log", cmd_log, "[MODULE]", "json", "show what was denied, or would have been, and to whom", NULL },
	{ "watch", cmd_watch, "[MODULE]", "json,syslog", "show denials, and what would be denied, as they happen",
	  NULL },
	{ "status", cmd_status, "", "json", "show what holds now (what bare `latch` does)", NULL },
	{ "doctor", cmd_doctor, "", "json", "check whether modules work on this kernel", NULL },
	{ "version", cmd_version, "", "", "print the version", NULL },
	{ "help", cmd_help, "[COMMAND]", "table", "print the commands, or all about one", NULL },
};

const size_t ncommands = sizeof(commands) / sizeof(*commands);

const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const char *subcommand(const struct command *c, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(c->name, group, len) && c->name[len] == ' ' ? c->name + len + 1 : NULL;
}

bool is_group(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (subcommand(&commands[i], name))
			return true;
	return false;
}

const char *nearest_command(const char *word, const char *group)
{
	const char *names[ncommands];
	size_t n = 0;

	memset(names, 0, sizeof(names));
	for (size_t i = 0; i < ncommands; i++) {
		const char *name = *group ? subcommand(&commands[i], group) : commands[i].name;

		if (name && !strchr(name, ' '))
			names[n++] = name;
	}
	return latch_nearest(word, names, n);
}

const struct command *command_of_words(const char *first, const char *second, int *taken)
{
	const struct command *c = find_command(first);
	char name[64];

	*taken = 1;
	if (!c || !second || *second == '-' || !is_group(first))
		return c;
	*taken = 2;
	snprintf(name, sizeof(name), "%s %s", first, second);
	return find_command(name);
}
