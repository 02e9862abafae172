// SPDX-License-Identifier: GPL-2.0-only
/* Module files that were damaged: cut off, overwritten, or something else from the start. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "test.h"

static const char *const good[] = { MODULE("template"), MODULE("lockdown"), OBJECT("every"), OBJECT("ungated") };

static void no_elf(void **state)
{
	static const char *const texts[] = { "", "\x7f", ELFMAG, "ELF",
					     "hello, world: no ELF file, and longer than an ELF header is" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct object o = { (unsigned char *)strdup(texts[i]), strlen(texts[i]) };

		refused(&o, "not an ELF file");
	}
}

static void other_elf(void **state)
{
	struct object o = object_read("/bin/true");

	(void)state;
	refused(&o, "no BPF object: compile with clang -target bpf");
	o = object_read(MODULE("template"));
	object_header(&o)->e_machine = EM_X86_64;
	refused(&o, "no BPF object");
	o = object_read(MODULE("template"));
	object_header(&o)->e_type = ET_EXEC;
	refused(&o, "no BPF object");
	o = object_read(MODULE("template"));
	object_header(&o)->e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
	refused(&o, "BPF");
	o = object_read(MODULE("template"));
	object_header(&o)->e_ident[EI_CLASS] = ELFCLASS32;
	refused(&o, "BPF");
}

/* Section headers are at the end, so nothing that is cut off can be a module. */
static void truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct object o = object_read(good[i]);

		for (size_t size = 0; size < o.size; size += size < 1024 ? 1 : 64)
			if (survived(o.data, size))
				fail_msg("%s: taken with %zu of %zu bytes", good[i], size, o.size);
		for (size_t size = 4096; size < o.size; size += 4096)
			assert_false(survived(o.data, size));
		assert_false(survived(o.data, o.size - 1));
		assert_true(survived(o.data, o.size));
		object_free(&o);
	}
}

/* A file that is longer than its ELF says is no matter. */
static void extended(void **state)
{
	struct object o = object_read(MODULE("template"));

	(void)state;
	o.data = realloc(o.data, o.size + 4096);
	assert_non_null(o.data);
	memset(o.data + o.size, 0xa5, 4096);
	assert_true(survived(o.data, o.size + 1));
	assert_true(survived(o.data, o.size + 4096));
	object_free(&o);
}

/* Writes each of many bad values over a field, and puts the good one back. */
static void damage(struct object *o, void *field, size_t width)
{
	unsigned char *at = field;
	uint64_t was = 0;

	memcpy(&was, at, width);
	for (size_t i = 0; i < 8 * width + 10; i++) {
		const uint64_t other[] = { 0,	    1,	     UINT64_MAX, UINT64_MAX >> 1, o->size, was + 1,
					   was - 1, was * 2, -was,	 o->size - 1 };
		uint64_t value = i < 8 * width ? was ^ 1ull << i : other[i - 8 * width];

		memcpy(at, &value, width);
		survived(o->data, o->size);
	}
	memcpy(at, &was, width);
}

#define DAMAGE(o, header, field) damage(o, &(header)->field, sizeof((header)->field))

static void elf_header_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct object o = object_read(good[i]);
		Elf64_Ehdr *eh = object_header(&o);

		for (size_t j = 0; j < EI_NIDENT; j++)
			damage(&o, &eh->e_ident[j], 1);
		DAMAGE(&o, eh, e_type);
		DAMAGE(&o, eh, e_machine);
		DAMAGE(&o, eh, e_version);
		DAMAGE(&o, eh, e_entry);
		DAMAGE(&o, eh, e_phoff);
		DAMAGE(&o, eh, e_shoff);
		DAMAGE(&o, eh, e_flags);
		DAMAGE(&o, eh, e_ehsize);
		DAMAGE(&o, eh, e_phentsize);
		DAMAGE(&o, eh, e_phnum);
		DAMAGE(&o, eh, e_shentsize);
		DAMAGE(&o, eh, e_shnum);
		DAMAGE(&o, eh, e_shstrndx);
		assert_true(survived(o.data, o.size));
		object_free(&o);
	}
}

static void section_header_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct object o = object_read(good[i]);
		Elf64_Shdr *sh = (Elf64_Shdr *)(o.data + object_header(&o)->e_shoff);

		for (size_t j = 0; j < object_header(&o)->e_shnum; j++) {
			DAMAGE(&o, &sh[j], sh_name);
			DAMAGE(&o, &sh[j], sh_type);
			DAMAGE(&o, &sh[j], sh_flags);
			DAMAGE(&o, &sh[j], sh_addr);
			DAMAGE(&o, &sh[j], sh_offset);
			DAMAGE(&o, &sh[j], sh_size);
			DAMAGE(&o, &sh[j], sh_link);
			DAMAGE(&o, &sh[j], sh_info);
			DAMAGE(&o, &sh[j], sh_addralign);
			DAMAGE(&o, &sh[j], sh_entsize);
		}
		assert_true(survived(o.data, o.size));
		object_free(&o);
	}
}

static void symbol_fields(void **state)
{
	static const char *const names[] = { "depth", "size", "strict", "kinds", "latch_feature", "latch_gate" };
	struct object o = object_read(OBJECT("every"));

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		Elf64_Sym *sym = object_symbol(&o, names[i]);

		DAMAGE(&o, sym, st_name);
		DAMAGE(&o, sym, st_info);
		DAMAGE(&o, sym, st_other);
		DAMAGE(&o, sym, st_shndx);
		DAMAGE(&o, sym, st_value);
		DAMAGE(&o, sym, st_size);
	}
	assert_true(survived(o.data, o.size));
	object_free(&o);
}

static void each_byte(void **state)
{
	static const unsigned char masks[] = { 0xff, 0x80, 0x01, 0x20 };
	struct object o = object_read(OBJECT("every"));
	static const char *const sections[] = { ".modinfo", ".strtab", "license", ".data.param", ".symtab" };

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		Elf64_Shdr *sh = object_section(&o, sections[i]);

		for (size_t j = sh->sh_offset; j < sh->sh_offset + sh->sh_size; j++)
			for (size_t k = 0; k < COUNT(masks); k++) {
				o.data[j] ^= masks[k];
				survived(o.data, o.size);
				o.data[j] ^= masks[k];
			}
	}
	assert_true(survived(o.data, o.size));
	object_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_elf),
		cmocka_unit_test(other_elf),
		cmocka_unit_test(truncated),
		cmocka_unit_test(extended),
		cmocka_unit_test(elf_header_fields),
		cmocka_unit_test(section_header_fields),
		cmocka_unit_test(symbol_fields),
		cmocka_unit_test(each_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
