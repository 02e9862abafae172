/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests share: cmocka, module files made and damaged in memory, a process's output. */
#ifndef LATCH_TEST_H
#define LATCH_TEST_H

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka.h wants those above. */
#include <cmocka.h>
#include <latch/latch.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define MODULE(name) "build/modules/" name ".bpf.o"
#define OBJECT(name) "build/tests/unit/objs/" name ".bpf.o"

/* ---- a module file in memory: an ELF64 object of this byte order ---- */

struct object {
	unsigned char *data;
	size_t size;
};

struct object object_read(const char *path);
struct object object_copy(const struct object *o);
void object_free(struct object *o);
Elf64_Ehdr *object_header(struct object *o);
/* A section's header; good until the next change of the object. */
Elf64_Shdr *object_section(struct object *o, const char *name);
Elf64_Sym *object_symbol(struct object *o, const char *name);
/* Gives a section other contents, at the end of the file. */
void object_set(struct object *o, const char *section, const void *data, size_t size);
void object_rename_section(struct object *o, const char *section, const char *name);
void object_rename_symbol(struct object *o, const char *symbol, const char *name);
/* Replaces the module information that begins with `prefix`; NULL removes it. */
void object_replace_info(struct object *o, const char *prefix, const char *string);
void object_add_info(struct object *o, const char *string);

/* ---- the library's answers ---- */

/* What messages call the files that tests make. */
#define LABEL "made/by-test.bpf.o"

/* Parses, and fails the test unless that works. */
struct latch_module *module_good(const struct object *o);
/* The same of a file. */
struct latch_module *module_of(const char *path);
/* A module from nothing but its strings, "a=b\0c=d" without the last NUL. */
struct latch_module *module_of_strings(const char *strings, size_t size);
#define module_of_text(text) module_of_strings(text, sizeof(text))

/* The object must be refused as no module, by a message that names it and says `why`. Frees it. */
void refused(struct object *o, const char *why);
/* It may be taken or be refused as no module; neither may do harm. Returns whether it was taken. */
int survived(const void *file, size_t size);

/* ---- processes ---- */

struct result {
	int status; /* of exit; 128 + N for signal N */
	char out[32768], err[32768];
};

/* For good, if it is root's: what is tested from here on must not need it. */
void drop_privilege(void);
/*
 * Runs latch(8), never as root. out: where its output goes instead of res->out, or NULL;
 * argv: NULL-terminated, less latch's own name.
 */
void run_latch(struct result *res, const char *out, const char *const *argv);
#define latch(res, ...) run_latch(res, NULL, (const char *const[]){ __VA_ARGS__, NULL })
/* What a process printed: that `want` is in it, and that no line is wider than 80 columns. */
void text_says(const char *text, const char *want);
void text_is_narrow(const char *what, const char *text);
/* Makes the file, or what is in it, anew. */
void write_text(const char *path, const char *text);
/* A directory that anybody may read; remove_directory() takes what is in it too. */
char *make_directory(void);
void remove_directory(char *path);
/* Copies a file into it and returns its path. */
char *copy_into(const char *directory, const char *path, const char *name);

#endif
