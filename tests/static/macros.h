/* SPDX-License-Identifier: GPL-2.0-only */
/* For cppcheck: macros of libraries whose headers it does not read. */
#define LIBBPF_OPTS(type, name, ...) struct type name = { __VA_ARGS__ }
#define json_object_object_foreach(o, k, v) \
	char *k;                            \
	struct json_object *v;              \
	while (next(o, k, v))
#define bpf_object__for_each_program(prog, obj) while (((prog) = next(obj)))
#define fail_msg(...) abort()
#define skip() abort()
#define assert_non_null(p) ((p) ? (void)0 : abort())
#define assert_int_equal(a, b) ((a) == (b) ? (void)0 : abort())
/* of register variables, which it does not parse */
#define __asm__(...)
