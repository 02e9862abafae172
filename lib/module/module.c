// SPDX-License-Identifier: GPL-2.0-only
/* A module file, read without the kernel: see elf.c for its frame, contents.c for what is in it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "module/reader.h"

#define FILE_MAX (16 << 20) /* bytes; a module has some ten thousand */

int latch_module_parse(const void *file, size_t size, const char *label, struct latch_module **out,
		       struct latch_error *err)
{
	struct latch_module *mod = calloc(1, sizeof(*mod));
	struct latch_reader r = { .label = label, .mod = mod, .err = err };
	unsigned int len = sizeof(mod->digest);
	int e = -ENOMEM;

	err->text[0] = '\0';
	if (!mod)
		return latch_fail(err, -ENOMEM, "out of memory");
	mod->file = malloc(size ? size : 1);
	if (mod->file) {
		memcpy(mod->file, file, size);
		mod->file_size = size;
		e = EVP_Digest(file, size, mod->digest, &len, EVP_sha256(), NULL) ? latch_reader_run(&r) : -EIO;
	}
	if (r.elf)
		elf_end(r.elf);
	free(r.gpl);
	if (e) {
		if (!err->text[0])
			latch_fail(err, e, "%s: %s", label, strerror(-e));
		latch_module_free(mod);
		return e;
	}
	*out = mod;
	return 0;
}

const char latch_module_dir[] = LATCH_MODULE_DIR;

static int is_module(const struct dirent *d)
{
	size_t len = strlen(d->d_name), suffix = strlen(".bpf.o");

	return d->d_name[0] != '.' && len > suffix && !strcmp(d->d_name + len - suffix, ".bpf.o");
}

int latch_module_files(char ***names, size_t *n, struct latch_error *err)
{
	struct dirent **list;
	int count = scandir(LATCH_MODULE_DIR, &list, is_module, alphasort), e = 0;

	*n = 0;
	*names = NULL;
	if (count < 0)
		return latch_fail(err, -errno, "%s: %m", LATCH_MODULE_DIR);
	*names = calloc((size_t)count + 1, sizeof(**names));
	for (int i = 0; i < count; i++) {
		size_t len = strlen(list[i]->d_name) - strlen(".bpf.o");

		if (*names && !e && ((*names)[*n] = strndup(list[i]->d_name, len)))
			++*n;
		else
			e = -ENOMEM;
		free(list[i]);
	}
	free(list);
	if (!e && *names)
		return 0;
	while (*n)
		free((*names)[--*n]);
	free(*names);
	return latch_fail(err, -ENOMEM, "out of memory");
}

/* Opening the file of a module failed; what was meant, perhaps, is said. */
static int cannot_open(const char *name, const char *path, struct latch_error *err)
{
	int code = -errno;
	struct latch_error other;
	const char *near = NULL;
	struct stat st;
	char **names;
	size_t n;

	latch_fail(err, code, "cannot read module %s: %s: %m", name, path);
	if (code != -ENOENT || strchr(name, '/'))
		return code;
	if (!stat(name, &st) && S_ISREG(st.st_mode))
		return latch_fail(err, code, "cannot read module %s: %s is not there; a path has a `/` in it: `./%s`",
				  name, path, name);
	latch_fail(err, code, "cannot read module %s: %s is not there: `latch list --available` lists them", name,
		   path);
	if (latch_module_files(&names, &n, &other))
		return code;
	near = latch_nearest(name, (const char *const *)names, n);
	if (near)
		latch_fail(err, code, "cannot read module %s: %s is not there: did you mean `%s`?", name, path, near);
	while (n)
		free(names[--n]);
	free(names);
	return code;
}

/* A file here is proposed only if it is one. */
static int fail_name(const char *name, struct latch_error *err)
{
	struct stat st;

	if (!stat(name, &st) && S_ISREG(st.st_mode))
		return latch_fail(err, -EINVAL, "`%s` is not a module's name; a path has a `/` in it: `./%s`", name,
				  name);
	return latch_fail(err, -EINVAL, "`%s` is not a module's name: `latch list --available` lists them", name);
}

int latch_module_read(const char *name, struct latch_module **mod, struct latch_error *err)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *buf = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;
	size_t got = 0;

	if (strchr(name, '/'))
		path = strdup(name);
	else if (!latch_name_ok(name))
		return fail_name(name, err);
	else if (asprintf(&path, "%s/%s.bpf.o", LATCH_MODULE_DIR, name) < 0)
		path = NULL;
	if (!path)
		return latch_fail(err, -ENOMEM, "out of memory");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return cannot_open(name, path, err);
	if (!S_ISREG(st.st_mode))
		return latch_fail(err, -ENOEXEC, "%s: not a regular file", path);
	if (st.st_size > FILE_MAX)
		return latch_fail(err, -ENOEXEC, "%s: larger than %d MiB", path, FILE_MAX >> 20);
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return latch_fail(err, -ENOMEM, "out of memory");
	while (got < (size_t)st.st_size) {
		ssize_t n = read(fd, buf + got, (size_t)st.st_size - got);

		if (n < 0)
			return latch_fail(err, -errno, "%s: %m", path);
		if (!n)
			break;
		got += (size_t)n;
	}
	return latch_module_parse(buf, got, path, mod, err);
}

struct latch_param *latch_module_param(const struct latch_module *mod, const char *name)
{
	for (size_t i = 0; i < mod->nparams; i++)
		if (!strcmp(mod->params[i].name, name))
			return &mod->params[i];
	return NULL;
}

void latch_module_free(struct latch_module *mod)
{
	if (!mod)
		return;
	for (size_t i = 0; i < mod->nparams; i++) {
		free(mod->params[i].words);
		free(mod->params[i].doc);
		free(mod->params[i].hooks);
		free(mod->params[i].groups);
	}
	free(mod->params);
	free(mod->exceptions);
	free(mod->hooks);
	free(mod->version);
	free(mod->description);
	free(mod->text);
	free(mod->file);
	free(mod->verifier_log);
	free(mod);
}
