// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is drawn from the verifier's log and from libbpf's warnings. The logs are those of four
 * kernels for the same nine or ten small programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include "control/refusal.h"
#include "test.h"

static char *read_log(const char *name)
{
	static char log[1 << 16];
	char path[128];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "tests/unit/logs/%s", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s: %m", path);
	n = fread(log, 1, sizeof(log) - 1, f);
	log[n] = '\0';
	fclose(f);
	return log;
}

#define SOURCE(name) "SEC(\"?lsm/file_open\") int " name "(__u64 *ctx)"
static const char *const all[] = { "6.1", "6.12", "7.2", "7.3", NULL };
static const char *const old[] = { "6.1", NULL };
static const char *const newer[] = { "6.12", "7.2", "7.3", NULL };

static const struct {
	const char *const *kernels;
	const char *name, *text, *source;
	const char *reason; /* how it begins on 7.3, or "" */
} logs[] = {
	{ all, "null_value", "R0 invalid mem access 'map_value_or_null'", SOURCE("null_value"), "R0 may be NULL here" },
	{ all, "write_kernel", "only read is supported", SOURCE("write_kernel"), "" },
	{ newer, "bad_return", "At program exit the register R0 has smin=7 smax=7 should have been in [-4095, 0]",
	  "SEC(\"?lsm/file_open\") long bad_return(__u64 *ctx)", "" },
	{ all, "leak", "Unreleased reference id=2 alloc_insn=4", SOURCE("leak"),
	  "Owned resource (id=2) was acquired at instruction 4 and still needs to be released before this exit path." },
	{ all, "loop", "infinite loop detected at insn 2", SOURCE("loop"), "" },
	{ all, "bad_offset",
	  "func 'bpf_lsm_file_open' doesn't have 3-th argument; invalid bpf_context access off=72 size=8",
	  SOURCE("bad_offset"), "" },
	{ old, "bad_helper", "unknown func bpf_redirect#23", SOURCE("bad_helper"), "" },
	{ newer, "bad_helper", "program of this type cannot use helper bpf_redirect#23", SOURCE("bad_helper"),
	  "The helper bpf_redirect#23 is not allowed: this program type does not allow the helper." },
	{ all, "big_stack", "math between fp pointer and register with unbounded min value is not allowed",
	  "bpf_get_current_comm(b, 300);", "The scalar offset used with R2 is unbounded" },
	{ all, "out_of_bounds",
	  "invalid access to map value, value_size=8 off=24 size=8; R1 min value is outside of the allowed memory range",
	  SOURCE("out_of_bounds"), "The verifier cannot prove offset + access_size <= object_size." },
};

static void begins(const char *got, const char *want)
{
	if (strncmp(got, want, strlen(want)) || (!*want && *got))
		fail_msg("got:  %s\nwant: %s...", got, want);
}

static void objections(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(logs); i++)
		for (const char *const *k = logs[i].kernels; *k; k++) {
			struct latch_objection o;
			char name[64];

			snprintf(name, sizeof(name), "%s-%s", *k, logs[i].name);
			latch_objection_read(read_log(name), &o);
			assert_string_equal(o.text, logs[i].text);
			begins(o.source, logs[i].source);
			begins(o.reason, strcmp(*k, "7.3") ? "" : logs[i].reason);
			/* From 6.12 on the log has the place. */
			assert_int_equal(!!strstr(o.source, " @ bad.bpf.c:"), strcmp(*k, "6.1") != 0);
		}
}

/* No instruction at all: what it says is of the hook. */
static void hook(void **state)
{
	struct latch_objection o;

	(void)state;
	for (const char *const *k = all; *k; k++) {
		char name[64];

		snprintf(name, sizeof(name), "%s-closed_hook", *k);
		latch_objection_read(read_log(name), &o);
		assert_non_null(strstr(o.text, " points to disabled hook bpf_lsm_getprocattr"));
		assert_string_equal(o.source, "");
		assert_string_equal(o.reason, "");
	}
}

/* Every beginning and every end of every log: nothing is read beside it. */
static void damaged(void **state)
{
	struct latch_objection o;

	(void)state;
	for (const char *const *k = all; *k; k++) {
		char name[64], *log, *copy;
		size_t size;

		snprintf(name, sizeof(name), "%s-null_value", *k);
		log = read_log(name);
		size = strlen(log);
		for (size_t cut = 0; cut <= size; cut++) {
			copy = strdup(log + cut);
			latch_objection_read(copy, &o);
			free(copy);
			copy = strndup(log, cut);
			latch_objection_read(copy, &o);
			free(copy);
		}
	}
	latch_objection_read("", &o);
	assert_string_equal(o.text, "");
	latch_objection_read("0: (b7) r0 = 0\n1: (95) exit\nprocessed 2 insns (limit 1000000)\n", &o);
	assert_string_equal(o.text, "");
}

/* What libbpf writes into the log in the place of an instruction that it could not relocate. */
static void relocation(void **state)
{
	struct latch_objection o;

	(void)state;
	latch_objection_read("; return f->nosuch; @ x.bpf.c:3\n5: <invalid CO-RE relocation>\n"
			     "failed to resolve CO-RE relocation <byte_off> [7] struct file.nosuch (0:1 @ offset 8)\n"
			     "processed 1 insns (limit 1000000) max_states_per_insn 0\n",
			     &o);
	begins(o.text, "failed to resolve CO-RE relocation <byte_off> [7] struct file.nosuch");
	assert_string_equal(o.source, "return f->nosuch; @ x.bpf.c:3");
}

static const struct {
	const char *said;
	enum latch_refuser by;
	const char *what;
} warnings[] = {
	{ "", LATCH_BY_LIBBPF, "" },
	{ "libbpf: failed to find valid kernel BTF\nlibbpf: Error loading vmlinux BTF: -3\n", LATCH_BY_LIBBPF, "" },
	{ "libbpf: prog 'x': failed to find kernel BTF type ID of 'bpf_lsm_no': -3\n", LATCH_BY_LIBBPF, "" },
	{ "libbpf: extern (var ksym) 'nosuch': not found in kernel BTF\n", LATCH_BY_LIBBPF, "" },
	{ "libbpf: prog 'x': relo #0: target candidate search failed for [2] struct a: -22\n", LATCH_BY_LIBBPF, "" },
	{ "libbpf: prog 'x': missing BPF prog type, check ELF section name 'nosuch'\n", LATCH_BY_LIBBPF, "" },
	{ "libbpf: map 'big': failed to create: Operation not permitted(-1)\nlibbpf: failed to load object 'm'\n",
	  LATCH_BY_MAP, "big" },
	{ "libbpf: Error in bpf_create_map_xattr(m):ERROR: (-524)(-524). Retrying without BTF.\n"
	  "libbpf: map 'm': failed to create: Invalid argument(-22)\n",
	  LATCH_BY_MAP, "m" },
	{ "libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program. "
	  "Make sure your kernel supports BPF\n",
	  LATCH_BY_KERNEL, "" },
	{ "libbpf: Error loading .BTF into kernel: -22. BTF is mandatory, can't proceed.\n", LATCH_BY_BTF, "" },
	{ "libbpf: Error loading .BTF into kernel: -22. BTF is optional, ignoring.\n"
	  "libbpf: prog 'latch_file_open': BPF program load failed: Permission denied\n",
	  LATCH_BY_VERIFIER, "latch_file_open" },
};

static void refusers(void **state)
{
	char what[64];

	(void)state;
	for (size_t i = 0; i < COUNT(warnings); i++) {
		assert_int_equal(latch_refuser_read(warnings[i].said, what, sizeof(what)), warnings[i].by);
		assert_string_equal(what, warnings[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objections), cmocka_unit_test(hook),	   cmocka_unit_test(damaged),
		cmocka_unit_test(relocation), cmocka_unit_test(refusers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
