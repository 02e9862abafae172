// SPDX-License-Identifier: GPL-2.0-only
/* The BTF of a module file: what is refused of it, and that libbpf survives what is not. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include "module/module.h"
#include "test.h"

#define NOTHING 1000 /* no type's id */

static bool takes(struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	void *copy = malloc(size);
	bool ok;

	assert_non_null(data);
	assert_non_null(copy);
	memcpy(copy, data, size);
	ok = latch_types_ok(copy, size);
	free(copy);
	return ok;
}

/* int is type 1; the case comes next. */
static struct btf *begin(void)
{
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	return btf;
}

static void end(struct btf *btf, bool good)
{
	assert_int_equal(takes(btf), good);
	btf__free(btf);
}

static void good(void **state)
{
	struct btf *btf = begin();

	(void)state;
	btf__add_ptr(btf, 0);
	btf__add_array(btf, 1, 1, 3);
	btf__add_struct(btf, "s", 8);
	btf__add_field(btf, "next", 5, 0, 0);
	btf__add_ptr(btf, 4);
	btf__add_func_proto(btf, 1);
	btf__add_func_param(btf, "arg", 5);
	btf__add_func(btf, "f", BTF_FUNC_GLOBAL, 6);
	btf__add_var(btf, "v", BTF_VAR_STATIC, 1);
	btf__add_datasec(btf, ".data", 4);
	btf__add_datasec_var_info(btf, 8, 0, 4);
	btf__add_fwd(btf, "forward", BTF_FWD_UNION);
	btf__add_float(btf, "float", 4);
	btf__add_enum(btf, "e", 4);
	btf__add_enum_value(btf, "one", 1);
	end(btf, true);
}

static void references(void **state)
{
	struct btf *btf = begin();

	(void)state;
	btf__add_ptr(btf, NOTHING);
	end(btf, false);
	btf = begin();
	btf__add_const(btf, 3); /* one beyond the last */
	end(btf, false);
	btf = begin();
	btf__add_array(btf, NOTHING, 1, 1);
	end(btf, false);
	btf = begin();
	btf__add_array(btf, 1, NOTHING, 1);
	end(btf, false);
	btf = begin();
	btf__add_struct(btf, "s", 4);
	btf__add_field(btf, "f", NOTHING, 0, 0);
	end(btf, false);
	btf = begin();
	btf__add_func_proto(btf, NOTHING);
	end(btf, false);
	btf = begin();
	btf__add_func_proto(btf, 1);
	btf__add_func_param(btf, "p", NOTHING);
	end(btf, false);
	btf = begin();
	btf__add_datasec(btf, ".data", 4);
	btf__add_datasec_var_info(btf, NOTHING, 0, 4);
	end(btf, false);
}

static void kinds(void **state)
{
	struct btf *btf = begin();

	(void)state;
	btf__add_func(btf, "f", BTF_FUNC_STATIC, 1);
	end(btf, false);
	btf = begin();
	btf__add_datasec(btf, ".data", 4);
	btf__add_datasec_var_info(btf, 1, 0, 4);
	end(btf, false);
}

/* A type that is said by way of itself has no end. */
static void loops(void **state)
{
	struct btf *btf = begin();

	(void)state;
	btf__add_typedef(btf, "self", 2);
	end(btf, false);
	btf = begin();
	btf__add_typedef(btf, "a", 3);
	btf__add_const(btf, 4);
	btf__add_volatile(btf, 2);
	end(btf, false);
	btf = begin();
	for (int i = 1; i < 30; i++)
		btf__add_const(btf, i);
	end(btf, true);
}

static void names(void **state)
{
	struct btf *btf = begin();
	struct btf_type *t = (struct btf_type *)btf__type_by_id(btf, 1);

	(void)state;
	t->name_off = 0x7fffffff;
	end(btf, false);
}

static void no_btf(void **state)
{
	char zeros[64] = { 0 };

	(void)state;
	assert_false(latch_types_ok("", 0));
	assert_false(latch_types_ok(zeros, sizeof(zeros)));
}

static void given_to_libbpf(struct object *o)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "test");

	if (!survived(o->data, o->size))
		return;
	latch_libbpf_capture();
	bpf_object__close(bpf_object__open_mem(o->data, o->size, &opts));
}

static void damaged(void **state)
{
	struct object o = object_read(MODULE("template"));
	Elf64_Shdr *sh = object_section(&o, ".BTF");
	uint32_t *word = (uint32_t *)(o.data + sh->sh_offset);
	struct btf_header *header = (struct btf_header *)word;
	size_t words = (header->hdr_len + header->type_len) / sizeof(*word);

	(void)state;
	assert_true(survived(o.data, o.size));
	given_to_libbpf(&o);
	for (size_t i = 0; i < words; i++) {
		const uint32_t was = word[i],
			       bad[] = { 0, 1, was + 1, was - 1, was ^ 1u << 24, was ^ 2u << 24, NOTHING, ~0u };

		for (size_t j = 0; j < COUNT(bad); j++) {
			word[i] = bad[j];
			given_to_libbpf(&o);
		}
		word[i] = was;
	}
	header->type_len -= 4;
	refused(&o, "damaged: its description of types (.BTF)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),	   cmocka_unit_test(references), cmocka_unit_test(kinds),
		cmocka_unit_test(loops),   cmocka_unit_test(names),	 cmocka_unit_test(no_btf),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
