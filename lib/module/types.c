// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF of a module file, checked for what libbpf takes for granted. From 1.3
 * on it checks references itself; before, a damaged file ends the process.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include "module/module.h"

#define MODIFIERS_MAX 32 /* const, volatile, typedef and so on, one of another */

static bool id_ok(const struct btf *btf, uint32_t id)
{
	return id < btf__type_cnt(btf);
}

static bool name_ok(const struct btf *btf, uint32_t offset)
{
	return btf__name_by_offset(btf, offset);
}

/* Whether what a type refers to is there at all. */
static bool references_ok(const struct btf *btf, const struct btf_type *t)
{
	uint32_t n = btf_vlen(t), i = 0;

	if (!name_ok(btf, t->name_off))
		return false;
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_TYPE_TAG:
		return id_ok(btf, t->type);
	case BTF_KIND_ARRAY:
		return id_ok(btf, btf_array(t)->type) && id_ok(btf, btf_array(t)->index_type);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		while (i < n && id_ok(btf, btf_members(t)[i].type) && name_ok(btf, btf_members(t)[i].name_off))
			i++;
		return i == n;
	case BTF_KIND_ENUM:
		while (i < n && name_ok(btf, btf_enum(t)[i].name_off))
			i++;
		return i == n;
	case BTF_KIND_ENUM64:
		while (i < n && name_ok(btf, btf_enum64(t)[i].name_off))
			i++;
		return i == n;
	case BTF_KIND_FUNC_PROTO:
		while (i < n && id_ok(btf, btf_params(t)[i].type) && name_ok(btf, btf_params(t)[i].name_off))
			i++;
		return i == n && id_ok(btf, t->type);
	case BTF_KIND_DATASEC:
		while (i < n && id_ok(btf, btf_var_secinfos(t)[i].type))
			i++;
		return i == n;
	default:
		return true;
	}
}

/* Variables; and in .ksyms the kernel's functions that the programs call. */
static bool may_be_in(const struct btf *btf, const struct btf_type *section, const struct btf_type *t)
{
	return btf_is_var(t) ||
	       (btf_is_func(t) && !strcmp(btf__name_by_offset(btf, section->name_off), ".ksyms"));
}

/* Whether what a type refers to is of a kind that can be meant. */
static bool kinds_ok(const struct btf *btf, const struct btf_type *t)
{
	uint32_t n = btf_vlen(t), i = 0;

	if (btf_is_func(t))
		return btf_is_func_proto(btf__type_by_id(btf, t->type));
	while (btf_is_datasec(t) && i < n && may_be_in(btf, t, btf__type_by_id(btf, btf_var_secinfos(t)[i].type)))
		i++;
	return !btf_is_datasec(t) || i == n;
}

static bool chain_ends(const struct btf *btf, const struct btf_type *t)
{
	for (int i = 0; i < MODIFIERS_MAX; i++) {
		if (!btf_is_mod(t) && !btf_is_typedef(t))
			return true;
		t = btf__type_by_id(btf, t->type);
	}
	return false;
}

static bool all(const struct btf *btf, bool (*ok)(const struct btf *, const struct btf_type *))
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++)
		if (!ok(btf, btf__type_by_id(btf, id)))
			return false;
	return true;
}

bool latch_types_ok(const void *data, size_t size)
{
	struct btf *btf;
	bool ok;

	latch_libbpf_capture();
	btf = size <= UINT32_MAX ? btf__new(data, (uint32_t)size) : NULL;
	/* References are followed only when all are known to lead somewhere. */
	ok = btf && all(btf, references_ok) && all(btf, kinds_ok) && all(btf, chain_ends);
	btf__free(btf);
	return ok;
}
