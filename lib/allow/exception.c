// SPDX-License-Identifier: GPL-2.0-only
/* What an exception is about: from the words of a command or a configuration to what the kernel compares. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "allow/allow.h"

static int names_feature(struct latch_module *mod, char *value, void *arg)
{
	size_t len = strlen(arg);

	(void)mod;
	return !strncmp(value, arg, len) && value[len] == ':';
}

/* Whether that feature can have an exception of that kind at all. */
static int check_feature(const struct latch_module *mod, const char *feature, const char *kind,
			 struct latch_exception *ex, struct latch_error *err)
{
	const struct latch_param *p = latch_module_param(mod, feature);
	const struct latch_feature_facts *facts = latch_feature_facts(feature);

	if (!p && latch_is_group(mod, feature))
		return latch_fail(err, -EINVAL,
				  "`%s` is a group of features: an exception is for one: `latch info %s` lists them",
				  feature, mod->name);
	if (!p || p->type != LATCH_TYPE_MODE)
		return latch_fail(err, -EINVAL, "%s has no feature `%s`: `latch info %s` lists them", mod->name,
				  feature, mod->name);
	if (!strcmp(mod->name, "lockdown") && !facts)
		return latch_fail(err, -EINVAL,
				  "%s: newer than this latch, so it is not known whether the kernel asks for it in the "
				  "context of who wants it: no exceptions",
				  feature);
	if (!strcmp(mod->name, "lockdown") && !facts->own_context)
		return latch_fail(
			err, -EINVAL,
			"%s: the kernel does not ask for it in the context of who wants it, so an exception "
			"would be one for whatever runs at that moment: set it to off or observe, or go without",
			feature);
	if (!strcmp(kind, "module") && !latch_info_each(mod, "feature_files", names_feature, (void *)feature))
		return latch_fail(err, -EINVAL,
				  "%s: is not about modules that are read from files: use --exe or --unit", feature);
	ex->key.feature = p->feature;
	return 0;
}

/* Opens a regular file; name becomes its real path. */
static int open_file(const char *path, struct latch_exception *ex, struct latch_error *err)
{
	_cleanup_free_ char *real = NULL;
	struct stat st;
	int fd;

	if (*path != '/')
		return latch_fail(err, -EINVAL, "`%s`: write the whole path", path);
	real = realpath(path, NULL);
	if (!real)
		return latch_fail(err, -errno, "%s: %m", path);
	if (strlen(real) >= sizeof(ex->name))
		return latch_fail(err, -ENAMETOOLONG, "%s: a path of more than %zu characters", real,
				  sizeof(ex->name) - 1);
	strcpy(ex->name, real);
	fd = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st)) {
		int e = latch_fail(err, -errno, "%s: %m", real);

		latch_close_fd(&fd);
		return e;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return latch_fail(err, -EINVAL, "%s: not a regular file", real);
	}
	return fd;
}

static int check_program(int fd, const char *path, struct latch_error *err)
{
	struct stat st;
	char start[2];

	if (fstat(fd, &st) || !(st.st_mode & 0111))
		return latch_fail(err, -EINVAL, "%s: not a program: it is not executable", path);
	if (pread(fd, start, sizeof(start), 0) == sizeof(start) && start[0] == '#' && start[1] == '!')
		return latch_fail(
			err, -EINVAL,
			"%s: is a script: the kernel runs its interpreter, and an exception for that would be "
			"one for all scripts: use --unit",
			path);
	return 0;
}

/*
 * Asks the kernel. A program is known by its inode, as that is all that can be seen where a feature is
 * denied; a kernel module by its content alone, as the change time of a file is root's to set.
 */
static int identify(struct latch_identity *asking, int fd, struct latch_exception *ex)
{
	bool module = ex->key.kind == LATCH_ALLOW_DIGEST;
	__u64 id[4], sum[4];
	int r = latch_identity_file(asking, fd, id, module ? sum : NULL);

	if (r < 0 || (module && !r))
		return r < 0 ? r : -EOPNOTSUPP;
	memcpy(ex->key.id, module ? sum : id, sizeof(ex->key.id));
	return 0;
}

static int resolve_file(bool module, const char *path, struct latch_exception *ex, struct latch_error *err)
{
	_cleanup_close_ int fd = open_file(path, ex, err);
	struct latch_identity *asking;
	int e = fd < 0 ? fd : module ? 0 : check_program(fd, ex->name, err);

	if (e || (e = latch_identity_open(&asking, err)))
		return e;
	ex->key.kind = module ? LATCH_ALLOW_DIGEST : LATCH_ALLOW_EXE;
	e = identify(asking, fd, ex);
	latch_identity_close(asking);
	if (e == -EOPNOTSUPP && module)
		return latch_fail(err, e,
				  "%s: the kernel computes no SHA-256 of it, and by nothing else is a kernel module "
				  "known: that needs IMA, with sha256 as its hash (`ima_hash=sha256`)",
				  ex->name);
	return e ? latch_fail(err, e, "%s: the kernel does not say how it knows this file: %s", ex->name,
			      strerror(-e)) :
		   0;
}

int latch_exception_resolve(const struct latch_module *mod, const char *feature, const char *kind, const char *name,
			    struct latch_exception *ex, struct latch_error *err)
{
	int e;

	memset(ex, 0, sizeof(*ex));
	e = check_feature(mod, feature, kind, ex, err);
	if (e)
		return e;
	if (!strcmp(kind, "exe") || !strcmp(kind, "module"))
		return resolve_file(*kind == 'm', name, ex, err);
	if (strcmp(kind, "unit"))
		return latch_fail(err, -EINVAL, "`%s`: an exception is for an exe, a unit or a module", kind);
	ex->key.kind = LATCH_ALLOW_UNIT;
	return latch_unit_find(name, ex->name, ex->key.place, err);
}

static int is_lost(struct latch_identity *asking, struct latch_exception *ex)
{
	_cleanup_close_ int fd = open(ex->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct latch_exception now = *ex;
	struct stat st;
	int e;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		ex->lost = "the file is gone";
		return 0;
	}
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		ex->lost = "the file was replaced";
		return 0;
	}
	e = identify(asking, fd, &now);
	if (!e && !latch_exception_same(ex, &now))
		ex->lost = "the file was replaced or changed";
	return e;
}

int latch_exceptions_check(struct latch_module *mod, struct latch_error *err)
{
	struct latch_identity *asking = NULL;
	int e = 0;

	for (size_t i = 0; i < mod->nexceptions && !e; i++) {
		struct latch_exception *ex = &mod->exceptions[i];

		if (ex->key.kind == LATCH_ALLOW_UNIT)
			continue;
		if (!asking && (e = latch_identity_open(&asking, err)))
			break;
		e = is_lost(asking, ex);
		if (e)
			latch_fail(err, e, "%s: cannot see whether it still is the file that has the exception: %s",
				   ex->name, strerror(-e));
	}
	latch_identity_close(asking);
	return e;
}
