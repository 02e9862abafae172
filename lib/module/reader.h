/* SPDX-License-Identifier: GPL-2.0-only */
/* A module file while it is read: what the files of this room share. */
#ifndef LATCH_READER_H
#define LATCH_READER_H

#include <gelf.h>
#include <libelf.h>
#include "module/module.h"

struct latch_reader {
	const char *label; /* what messages call the file */
	struct latch_module *mod;
	struct latch_error *err;
	Elf *elf;
	size_t strings;			 /* section that holds the section names */
	bool modinfo, gate, types;	 /* there are such sections */
	Elf_Data *params;		 /* .data.param */
	size_t params_index, text_index; /* sections .data.param and .text */
	char *gpl;
};

typedef int (*latch_section_fn)(struct latch_reader *r, const char *name, const GElf_Shdr *sh, Elf_Scn *scn);

/* elf.c */
/* -ENOEXEC: not a BPF object, or cut off. */
int latch_reader_open(struct latch_reader *r);
/* Calls fn with each section, which lies within the file, until it returns non-zero, and returns that. */
int latch_reader_each(struct latch_reader *r, latch_section_fn fn);
/* -ENOEXEC and the sentence. */
int latch_reader_damaged(struct latch_reader *r, const char *what);
/* These are shown to people: a terminal must not take them for commands. */
bool latch_text_printable(const char *text, size_t size);

/* contents.c: fills r->mod from r->mod->file. */
int latch_reader_run(struct latch_reader *r);

/* complete.c: -ENOEXEC and the sentence, where something is named and is not there, or the other way round. */
int latch_reader_complete(struct latch_reader *r);

#endif
