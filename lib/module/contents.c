// SPDX-License-Identifier: GPL-2.0-only
/* What a module file says of itself, its programs, and where its parameters are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "module/reader.h"

static bool gpl_compatible(const char *license)
{
	static const char *const known[] = { "GPL",	     "GPL v2",	     "GPL and additional rights",
					     "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(license, known[i]))
			return true;
	return false;
}

/* Of "lsm/HOOK" and "lsm.s/HOOK"; NULL: it is another section. */
static const char *hook_of(const char *section)
{
	static const char *const prefixes[] = { "lsm/", "lsm.s/" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(section, prefixes[i], strlen(prefixes[i])))
			return section + strlen(prefixes[i]);
	return NULL;
}

/* What is for LSM hooks, and which latch does not load, is told from what is no security module. */
static int refuse_section(struct latch_reader *r, const char *section)
{
	if (*section == '?' && hook_of(section + 1))
		return latch_fail(r->err, -EOPNOTSUPP,
				  "%s: its program in section `%s` is not to be loaded unless its own loader says so "
				  "(`?`): latch would not know when, and loads no part of a module",
				  r->label, section);
	if (!strncmp(section + (*section == '?'), "lsm_cgroup", 10))
		return latch_fail(r->err, -EOPNOTSUPP,
				  "%s: its program in section `%s` is for the processes of one cgroup, which its own "
				  "loader chooses: latch loads modules for the whole machine (`lsm/HOOK`)",
				  r->label, section);
	if (!strcmp(section, "lsm") || !strcmp(section, "lsm.s"))
		return latch_fail(r->err, -EOPNOTSUPP,
				  "%s: its program in section `%s` names no hook: its own loader chooses one; name it, "
				  "`%s/HOOK`",
				  r->label, section, section);
	return latch_fail(r->err, -ENOEXEC, "%s: holds a program that is not for an LSM hook (section `%s`)", r->label,
			  section);
}

/* A code section is a hook's program, or .text (what the programs call). */
static int take_code(struct latch_reader *r, const char *section)
{
	struct latch_module *mod = r->mod;
	const char *hook;

	if (!strcmp(section, ".text"))
		return 0;
	hook = hook_of(section);
	if (!hook)
		return refuse_section(r, section);
	if (!latch_name_ok(hook))
		return latch_fail(r->err, -ENOEXEC, "%s: bad hook name `%s`", r->label, hook);
	for (size_t i = 0; i < mod->nhooks; i++)
		if (!strcmp(mod->hooks[i].name, hook)) {
			if (mod->hooks[i].attached)
				return latch_fail(r->err, -EOPNOTSUPP,
						  "%s: has two programs for hook `%s`: latch takes one a hook",
						  r->label, hook);
			mod->hooks[i].attached = true; /* here: has code */
			return 0;
		}
	if (mod->gated)
		return latch_fail(r->err, -ENOEXEC, "%s: has a program for hook `%s` that is not made by LATCH_HOOK",
				  r->label, hook);
	if (mod->nhooks >= LATCH_HOOKS_MAX)
		return latch_fail(r->err, -ENOEXEC, "%s: more than %d hooks", r->label, LATCH_HOOKS_MAX);
	if (latch_info_append(mod, "hook=%zu:%s", mod->nhooks, hook))
		return latch_fail(r->err, -ENOMEM, "%s: out of memory", r->label);
	mod->hooks = reallocarray(mod->hooks, mod->nhooks + 1, sizeof(*mod->hooks));
	if (!mod->hooks)
		return latch_fail(r->err, -ENOMEM, "%s: out of memory", r->label);
	memset(&mod->hooks[mod->nhooks], 0, sizeof(*mod->hooks));
	strcpy(mod->hooks[mod->nhooks].name, hook);
	mod->hooks[mod->nhooks].number = (uint32_t)mod->nhooks;
	mod->hooks[mod->nhooks++].attached = true;
	return 0;
}

/* The maps of another SDK are of another shape. */
static int take_gate(struct latch_reader *r, Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	struct latch_gate gate;

	if (!data || !data->d_buf || data->d_size != sizeof(gate))
		return 0;
	memcpy(&gate, data->d_buf, sizeof(gate));
	if (gate.abi != LATCH_ABI)
		return latch_fail(r->err, -ENOEXEC,
				  "%s: made with the SDK of another latch (ABI %u; this one has %d): compile it again",
				  r->label, gate.abi, LATCH_ABI);
	r->gate = true;
	return 0;
}

/* First round: what the file says of itself. */
static int take_data(struct latch_reader *r, const char *name, const GElf_Shdr *sh, Elf_Scn *scn)
{
	Elf_Data *data;

	if (!strcmp(name, ".data.gate"))
		return take_gate(r, scn);
	if (!strcmp(name, ".BTF") &&
	    (sh->sh_type == SHT_NOBITS || !latch_types_ok((const char *)r->mod->file + sh->sh_offset, sh->sh_size)))
		return latch_reader_damaged(r, "its description of types (.BTF)");
	r->types = r->types || !strcmp(name, ".BTF");
	if (strcmp(name, ".modinfo") && strcmp(name, "license") && strcmp(name, ".data.param"))
		return 0;
	data = elf_getdata(scn, NULL);
	if (!data || !data->d_buf || !data->d_size)
		return latch_fail(r->err, -ENOEXEC, "%s: damaged: section `%s` is empty", r->label, name);
	if (!strcmp(name, ".data.param")) {
		r->params = data;
		r->params_index = elf_ndxscn(scn);
		return 0;
	}
	if (((char *)data->d_buf)[data->d_size - 1])
		return latch_fail(r->err, -ENOEXEC, "%s: damaged: section `%s` does not end in NUL", r->label, name);
	if (!latch_text_printable(data->d_buf, data->d_size))
		return latch_fail(r->err, -ENOEXEC, "%s: section `%s` holds control characters", r->label, name);
	if (!strcmp(name, "license")) {
		free(r->gpl);
		r->gpl = strdup(data->d_buf);
		return r->gpl ? 0 : -ENOMEM;
	}
	free(r->mod->text);
	r->mod->text = malloc(data->d_size);
	if (!r->mod->text)
		return -ENOMEM;
	memcpy(r->mod->text, data->d_buf, data->d_size);
	r->mod->text_size = data->d_size;
	r->modinfo = true;
	return 0;
}

/* Second round: its programs. */
static int take_programs(struct latch_reader *r, const char *name, const GElf_Shdr *sh, Elf_Scn *scn)
{
	if (sh->sh_type != SHT_PROGBITS || !(sh->sh_flags & SHF_EXECINSTR) || !sh->sh_size)
		return 0;
	if (!strcmp(name, ".text"))
		r->text_index = elf_ndxscn(scn);
	return take_code(r, name);
}

static int place_param(struct latch_reader *r, const char *symbol, uint64_t offset)
{
	struct latch_param *p = latch_module_param(r->mod, symbol);
	size_t size = p ? latch_param_size(p) : LATCH_FEATURES_MAX * sizeof(struct latch_feature);
	size_t align = p ? size : _Alignof(struct latch_feature);
	int e;

	if (p && p->type == LATCH_TYPE_MODE)
		return latch_reader_damaged(r, "a feature has the name of a variable");
	if (offset > r->params->d_size || r->params->d_size - offset < size || offset % align)
		return p ? latch_reader_damaged(r, "a parameter lies outside of its section") : 0;
	e = latch_info_place(r->mod, symbol, (uint32_t)offset);
	if (e)
		return e == -ENOENT ? 0 : e; /* -ENOENT: a variable that is no parameter */
	e = latch_info_append(r->mod, "at=%s:%u", symbol, (unsigned int)offset);
	if (e || !p)
		return e;
	if (r->params->d_buf)
		latch_param_load(p, r->params->d_buf);
	return latch_info_append(r->mod, "value=%s:%lld", p->name, (long long)p->value);
}

/* Third round: where the parameters are, and their defaults, by the symbols in .data.param. */
static int take_symbols(struct latch_reader *r, const char *name, const GElf_Shdr *sh, Elf_Scn *scn)
{
	Elf_Data *data;
	GElf_Sym sym;

	(void)name;
	if (sh->sh_type != SHT_SYMTAB)
		return 0;
	data = elf_getdata(scn, NULL);
	for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
		const char *symbol = elf_strptr(r->elf, sh->sh_link, sym.st_name);
		int e;

		/* libbpf takes each function outside of .text for a program of its own. */
		if (GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_value && sym.st_shndx != r->text_index)
			return latch_fail(r->err, -EOPNOTSUPP,
					  "%s: has several programs in one section (`%s` is one that is not the "
					  "first): latch takes one program a hook, in a section of its own",
					  r->label,
					  symbol && latch_text_printable(symbol, strlen(symbol)) ? symbol : "");
		if (!r->params || sym.st_shndx != r->params_index || !symbol)
			continue;
		e = place_param(r, symbol, sym.st_value);
		if (e)
			return e;
	}
	return 0;
}

static bool ends(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len >= n && !strcmp(name + len - n, suffix);
}

/*
 * The file name less its directory and .bpf.o or .o, for a module that does not say its name. What
 * is left is the name as it stands: two files are not to be one module for a part of it.
 */
static int name_of_file(struct latch_reader *r)
{
	const char *base = strrchr(r->label, '/');
	_cleanup_free_ char *name = NULL;

	name = strdup(base ? base + 1 : r->label);
	if (!name)
		return -ENOMEM;
	if (ends(name, ".bpf.o"))
		name[strlen(name) - 6] = '\0';
	else if (ends(name, ".o"))
		name[strlen(name) - 2] = '\0';
	if (!latch_name_ok(name))
		return latch_fail(r->err, -ENOEXEC,
				  "%s: bad module name `%s`, which is taken from its file's name, as it does not say "
				  "one: use up to %d of a-z 0-9 _ -, a letter first: load a copy under such a name",
				  r->label, name, LATCH_NAME_MAX - 1);
	if (latch_info_append(r->mod, "name=%s", name))
		return -ENOMEM;
	return latch_info_append(r->mod, "ungated=");
}

static int refuse(struct latch_module *mod, char *value, void *arg)
{
	(void)mod;
	(void)value;
	(void)arg;
	return -ENOEXEC;
}

/* What latch itself says of a file, the file cannot say. */
static int check_info(struct latch_reader *r)
{
	static const char *const own[] = { "at", "value", "ungated" };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (latch_info_each(r->mod, own[i], refuse, NULL))
			return latch_fail(r->err, -ENOEXEC, "%s: has a `%s=` string, which is latch's own", r->label,
					  own[i]);
	return 0;
}

int latch_reader_run(struct latch_reader *r)
{
	int e = latch_reader_open(r);

	if (e || (e = latch_reader_each(r, take_data)))
		return e;
	if (!r->gpl && r->gate)
		return latch_fail(r->err, -ENOEXEC, "%s: has no LATCH_MODULE(name, version, description)", r->label);
	if (!r->gpl)
		return latch_fail(r->err, -ENOEXEC, "%s: has no `license` section: the kernel wants one", r->label);
	if (!gpl_compatible(r->gpl))
		return latch_fail(r->err, -ENOEXEC,
				  "%s: its licence is `%s`: the kernel takes LSM programs only under the GPL", r->label,
				  r->gpl);
	if (r->gate && !r->types)
		return latch_fail(r->err, -ENOEXEC, "%s: has no description of its types (.BTF): compile it with -g",
				  r->label);
	if (r->modinfo != r->gate)
		return latch_fail(r->err, -ENOEXEC, "%s: has %s: not made with this SDK", r->label,
				  r->gate ? "a gate but no module information" : "module information but no gate");
	e = r->modinfo ? check_info(r) : name_of_file(r);
	if (e)
		return e;
	e = latch_info_parse(r->mod, r->label, r->err);
	if (e || (e = latch_reader_each(r, take_programs)) || (e = latch_reader_each(r, take_symbols)))
		return e;
	return latch_reader_complete(r);
}
