// SPDX-License-Identifier: GPL-2.0-only
/* The exceptions that a module has or is to have: what each is for, and the list of them. */
#include <errno.h>
#include <string.h>
#include "module/module.h"

const char *latch_exception_kind(const struct latch_exception *ex)
{
	switch (ex->key.kind) {
	case LATCH_ALLOW_EXE:
		return "exe";
	case LATCH_ALLOW_UNIT:
		return "unit";
	default:
		return "module";
	}
}

const char *latch_exception_basis(const struct latch_exception *ex)
{
	switch (ex->key.kind) {
	case LATCH_ALLOW_UNIT:
		return "the path of its cgroup";
	case LATCH_ALLOW_DIGEST:
		return "the SHA-256 of its content";
	default:
		return "its device, inode, size and change time";
	}
}

bool latch_exception_same(const struct latch_exception *a, const struct latch_exception *b)
{
	return !memcmp(&a->key, &b->key, sizeof(a->key));
}

bool latch_exception_listed(const struct latch_module *mod, const struct latch_exception *ex)
{
	for (size_t i = 0; i < mod->nexceptions; i++)
		if (latch_exception_same(&mod->exceptions[i], ex))
			return true;
	return false;
}

int latch_exception_append(struct latch_module *mod, const struct latch_exception *ex)
{
	struct latch_exception *grown = reallocarray(mod->exceptions, mod->nexceptions + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	mod->exceptions = grown;
	grown[mod->nexceptions++] = *ex;
	return 0;
}

void latch_exceptions_count(const struct latch_module *mod, void *data)
{
	for (size_t i = 0; i < mod->nparams; i++) {
		const struct latch_param *p = &mod->params[i];
		struct latch_feature *f = (struct latch_feature *)((char *)data + p->offset);
		uint32_t n = 0;

		for (size_t j = 0; j < mod->nexceptions; j++)
			n += mod->exceptions[j].key.feature == p->feature;
		if (p->type == LATCH_TYPE_MODE)
			__atomic_store_n(&f->exceptions, n, __ATOMIC_SEQ_CST);
	}
}
