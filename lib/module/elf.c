// SPDX-License-Identifier: GPL-2.0-only
/* The frame of a module file: its ELF header and sections, each of them within the file. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "module/reader.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

int latch_reader_damaged(struct latch_reader *r, const char *what)
{
	return latch_fail(r->err, -ENOEXEC, "%s: damaged: %s", r->label, what);
}

/* These are shown to people: a terminal must not take them for commands. */
bool latch_text_printable(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] && iscntrl((unsigned char)text[i]))
			return false;
	return true;
}

int latch_reader_each(struct latch_reader *r, latch_section_fn fn)
{
	Elf_Scn *scn = NULL;
	int e;

	while ((scn = elf_nextscn(r->elf, scn))) {
		const char *name;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh))
			return latch_reader_damaged(r, "a section header cannot be read");
		name = elf_strptr(r->elf, r->strings, sh.sh_name);
		if (!name || !latch_text_printable(name, strlen(name)))
			return latch_reader_damaged(r, "a section's name cannot be read");
		if (sh.sh_type != SHT_NOBITS &&
		    (sh.sh_offset > r->mod->file_size || sh.sh_size > r->mod->file_size - sh.sh_offset))
			return latch_fail(r->err, -ENOEXEC, "%s: truncated: section `%s` ends beyond the file",
					  r->label, name);
		e = fn(r, name, &sh, scn);
		if (e)
			return e;
	}
	return 0;
}

int latch_reader_open(struct latch_reader *r)
{
	const unsigned char *ident = r->mod->file;
	GElf_Ehdr eh;

	if (r->mod->file_size < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG))
		return latch_fail(r->err, -ENOEXEC, "%s: not an ELF file", r->label);
	elf_version(EV_CURRENT);
	r->elf = elf_memory(r->mod->file, r->mod->file_size);
	if (!r->elf || elf_kind(r->elf) != ELF_K_ELF || !gelf_getehdr(r->elf, &eh))
		return latch_reader_damaged(r, "its ELF header cannot be read");
	if (eh.e_machine != EM_BPF || eh.e_type != ET_REL || gelf_getclass(r->elf) != ELFCLASS64)
		return latch_fail(r->err, -ENOEXEC,
				  "%s: an ELF file, but no BPF object: compile with clang -target bpf", r->label);
	if (eh.e_ident[EI_DATA] != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB))
		return latch_fail(r->err, -ENOEXEC, "%s: made for the other byte order", r->label);
	if (elf_getshdrstrndx(r->elf, &r->strings))
		return latch_reader_damaged(r, "its section names cannot be found");
	if (eh.e_shentsize != sizeof(Elf64_Shdr))
		return latch_reader_damaged(r, "its section headers have another size");
	if (eh.e_shoff > r->mod->file_size || !eh.e_shnum ||
	    (r->mod->file_size - eh.e_shoff) / eh.e_shentsize < eh.e_shnum)
		return latch_fail(r->err, -ENOEXEC, "%s: truncated: its section headers lie beyond the file", r->label);
	return 0;
}
