/* SPDX-License-Identifier: GPL-2.0-only */
/* A module as its file describes it, read without the kernel: strings, parameters, features, exceptions. */
#ifndef LATCH_ROOM_MODULE_H
#define LATCH_ROOM_MODULE_H

#include "base/base.h"

#define LATCH_PARAMS_MAX 256 /* parameters and features of one module */

/* info.c: key=value strings */
int latch_info_parse(struct latch_module *mod, const char *label, struct latch_error *err);
int latch_info_append(struct latch_module *mod, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Calls fn with the value of each string of that key, until it returns non-zero. */
int latch_info_each(const struct latch_module *mod, const char *key,
		    int (*fn)(struct latch_module *mod, char *value, void *arg), void *arg);
/* The string as a whole, which the module has no longer then. -ENOENT: it has none such. */
int latch_info_remove(struct latch_module *mod, const char *text);
/* Says where in the map `param` that symbol stands. -ENOENT: it is no parameter. */
int latch_info_place(struct latch_module *mod, const char *symbol, uint32_t offset);
bool latch_param_placed(const struct latch_param *p);
/* info.c: the first of that number, or NULL */
const struct latch_param *latch_feature_numbered(const struct latch_module *mod, uint32_t number);
struct latch_param *latch_param_add(struct latch_module *mod, const char *name);

/* types.c: whether libbpf can be given a file with that .BTF section. */
bool latch_types_ok(const void *data, size_t size);

/* param.c: whether it names a group of features, `all` too; values in the map `param` */
bool latch_is_group(const struct latch_module *mod, const char *name);
void latch_param_load(struct latch_param *p, const void *data);
void latch_param_store(const struct latch_param *p, void *data);
/*
 * Features that are on are so from now, as their hooks are attached by now: all of them, or those that were turned on
 * since `before`, which has as many.
 */
void latch_features_begin(struct latch_module *mod, const struct latch_param *before);
size_t latch_param_size(const struct latch_param *p);

/* hooks.c */
/* Whether a hook is there for features only. */
bool latch_hook_served(const struct latch_module *mod, const char *hook);
/* Whether a hook has work with the values wanted. */
bool latch_hook_needed(const struct latch_module *mod, const char *hook);
/* Whether the module is for kernels without that hook, too: LATCH_HOOK_OPTIONAL. */
bool latch_hook_optional(const struct latch_module *mod, const char *hook);
/* The module as if it did not name that hook. -ENOENT: it does not. */
int latch_hook_leave_out(struct latch_module *mod, const char *hook);

/* exception.c */
bool latch_exception_same(const struct latch_exception *a, const struct latch_exception *b);
/* Whether mod has it. */
bool latch_exception_listed(const struct latch_module *mod, const struct latch_exception *ex);
int latch_exception_append(struct latch_module *mod, const struct latch_exception *ex);
/* Writes how many each feature has into data, which is as the map `param`. */
void latch_exceptions_count(const struct latch_module *mod, void *data);

#endif
