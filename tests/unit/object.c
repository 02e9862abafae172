// SPDX-License-Identifier: GPL-2.0-only
/* Module files in memory, and how to change them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "test.h"

struct object object_read(const char *path)
{
	struct object o = { 0 };
	FILE *f = fopen(path, "re");
	long size;

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	o.size = (size_t)size;
	o.data = malloc(o.size + 1);
	assert_non_null(o.data);
	assert_int_equal(fread(o.data, 1, o.size, f), o.size);
	fclose(f);
	return o;
}

struct object object_copy(const struct object *o)
{
	struct object copy = { .data = malloc(o->size + 1), .size = o->size };

	assert_non_null(copy.data);
	memcpy(copy.data, o->data, o->size);
	return copy;
}

void object_free(struct object *o)
{
	free(o->data);
	o->data = NULL;
	o->size = 0;
}

Elf64_Ehdr *object_header(struct object *o)
{
	return (Elf64_Ehdr *)o->data;
}

static Elf64_Shdr *section_at(struct object *o, size_t index)
{
	return (Elf64_Shdr *)(o->data + object_header(o)->e_shoff) + index;
}

static const char *string_at(struct object *o, size_t table, size_t offset)
{
	return (const char *)o->data + section_at(o, table)->sh_offset + offset;
}

Elf64_Shdr *object_section(struct object *o, const char *name)
{
	for (size_t i = 1; i < object_header(o)->e_shnum; i++)
		if (!strcmp(string_at(o, object_header(o)->e_shstrndx, section_at(o, i)->sh_name), name))
			return section_at(o, i);
	fail_msg("no section %s", name);
	return NULL;
}

Elf64_Sym *object_symbol(struct object *o, const char *name)
{
	Elf64_Shdr *table = object_section(o, ".symtab");
	Elf64_Sym *symbols = (Elf64_Sym *)(o->data + table->sh_offset);

	for (size_t i = 0; i < table->sh_size / sizeof(*symbols); i++)
		if (!strcmp(string_at(o, table->sh_link, symbols[i].st_name), name))
			return &symbols[i];
	fail_msg("no symbol %s", name);
	return NULL;
}

/* Room at the end of the file; the section headers, which the tests write to, stay aligned. */
static size_t append(struct object *o, const void *data, size_t size)
{
	size_t at = (o->size + 7) & ~(size_t)7;

	o->data = realloc(o->data, at + size + 1);
	assert_non_null(o->data);
	memset(o->data + o->size, 0, at - o->size);
	if (size)
		memcpy(o->data + at, data, size);
	o->size = at + size;
	return at;
}

static void set_section(struct object *o, size_t index, const void *data, size_t size)
{
	size_t at = append(o, data, size);

	section_at(o, index)->sh_offset = at;
	section_at(o, index)->sh_size = size;
}

static size_t index_of(struct object *o, const char *section)
{
	return (size_t)(object_section(o, section) - section_at(o, 0));
}

void object_set(struct object *o, const char *section, const void *data, size_t size)
{
	set_section(o, index_of(o, section), data, size);
}

/* Returns the new string's offset in its table. */
static size_t add_string(struct object *o, size_t table, const char *string)
{
	size_t old = section_at(o, table)->sh_size, size = old + strlen(string) + 1;
	char *grown = malloc(size);

	assert_non_null(grown);
	memcpy(grown, string_at(o, table, 0), old);
	strcpy(grown + old, string);
	set_section(o, table, grown, size);
	free(grown);
	return old;
}

void object_rename_section(struct object *o, const char *section, const char *name)
{
	size_t index = index_of(o, section), at = add_string(o, object_header(o)->e_shstrndx, name);

	section_at(o, index)->sh_name = (Elf64_Word)at;
}

void object_rename_symbol(struct object *o, const char *symbol, const char *name)
{
	size_t at = add_string(o, object_section(o, ".symtab")->sh_link, name);

	object_symbol(o, symbol)->st_name = (Elf64_Word)at;
}

void object_replace_info(struct object *o, const char *prefix, const char *string)
{
	Elf64_Shdr *sh = object_section(o, ".modinfo");
	const char *info = (const char *)o->data + sh->sh_offset;
	char *changed = calloc(1, sh->sh_size + (string ? strlen(string) : 0) + 1);
	size_t used = 0, hits = 0;

	assert_non_null(changed);
	for (size_t at = 0; at < sh->sh_size; at += strlen(info + at) + 1) {
		const char *s = info + at;

		if (!strncmp(s, prefix, strlen(prefix))) {
			hits++;
			s = string;
		}
		if (!s)
			continue;
		strcpy(changed + used, s);
		used += strlen(s) + 1;
	}
	assert_int_equal(hits, 1);
	object_set(o, ".modinfo", changed, used);
	free(changed);
}

void object_add_info(struct object *o, const char *string)
{
	add_string(o, index_of(o, ".modinfo"), string);
}
