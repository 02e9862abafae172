// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel would say of programs: their tags, and which maps they use in which order. libbpf relocates the
 * code for this kernel when it loads an object; it is read then, and the loading ended before the first program, so
 * that nothing has to be verified, nor be allowed now that was when the guard was loaded.
 * See bpf_prog_calc_tag() and resolve_pseudo_ldimm64() in the kernel; from 6.18 on the tag is of SHA-256.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "seal/code.h"

static struct reading {
	struct latch_code *code;
	struct bpf_object *obj;
	int result;
} * reading;

static int handlers[4] = { -1, -1, -1, -1 };

static int place_of(struct latch_code *code, const struct bpf_map *map, uint32_t *place)
{
	for (*place = 0; *place < code->nmaps; ++*place)
		if (!strcmp(bpf_map__name(code->maps[*place]), bpf_map__name(map)))
			return 0;
	if (code->nmaps == LATCH_CODE_MAPS)
		return -E2BIG;
	code->maps[code->nmaps++] = map;
	return 0;
}

static int use_map(struct latch_code *code, struct latch_code_prog *p, const struct bpf_map *map)
{
	uint32_t place;
	int e = place_of(code, map, &place);

	for (uint32_t i = 0; !e && i < p->nmaps; i++)
		if (p->maps[i] == place)
			return 0;
	if (!e && p->nmaps == LATCH_CODE_MAPS)
		e = -E2BIG;
	if (!e)
		p->maps[p->nmaps++] = place;
	return e;
}

static int use_map_by_fd(const struct reading *r, struct latch_code_prog *p, int fd)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, r->obj) if (bpf_map__fd(map) == fd) return use_map(r->code, p, map);
	return -ENOENT;
}

static bool names_map(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
	       (insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE);
}

/* libbpf has every program use the constants of its object, whether its code names them or not. */
static int use_constants(const struct reading *r, struct latch_code_prog *p)
{
	struct bpf_map *map;
	int e = 0;

	bpf_object__for_each_map(map, r->obj) if (!e && bpf_map__is_internal(map) &&
						  bpf_map__map_flags(map) & BPF_F_RDONLY_PROG) e =
		use_map(r->code, p, map);
	return e;
}

static int hash(const struct bpf_insn *code, size_t n, const EVP_MD *how, uint8_t tag[BPF_TAG_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (!EVP_Digest(code, n * sizeof(*code), digest, &len, how, NULL))
		return -EIO;
	memcpy(tag, digest, BPF_TAG_SIZE);
	return 0;
}

/*
 * Where the kernel denies this process a helper, libbpf takes it for one that is older than that and calls its
 * forerunner. Every kernel that latch runs on has it, and the code of latch calls no forerunner.
 */
static void restore_helper(struct bpf_insn *insn)
{
	if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg)
		return;
	if (insn->imm == BPF_FUNC_probe_read)
		insn->imm = BPF_FUNC_probe_read_kernel;
	else if (insn->imm == BPF_FUNC_probe_read_str)
		insn->imm = BPF_FUNC_probe_read_kernel_str;
}

/* Of the code, without the numbers of maps, which the kernel leaves out. */
static int read_code(const struct reading *r, struct latch_code_prog *p, const struct bpf_program *prog)
{
	size_t n = bpf_program__insn_cnt(prog);
	_cleanup_free_ struct bpf_insn *code = calloc(n + 1, sizeof(*code));
	int e = 0;

	if (!code)
		return -ENOMEM;
	memcpy(code, bpf_program__insns(prog), n * sizeof(*code));
	for (size_t i = 0; !e && i < n; i++) {
		restore_helper(&code[i]);
		if (!names_map(&code[i]))
			continue;
		e = use_map_by_fd(r, p, code[i].imm);
		code[i].imm = 0;
		code[++i].imm = 0;
	}
	if (!e)
		e = hash(code, n, EVP_sha1(), p->tag[0]);
	if (!e)
		e = hash(code, n, EVP_sha256(), p->tag[1]);
	return e ? e : use_constants(r, p);
}

static int read_all(const struct reading *r)
{
	struct bpf_program *prog;
	struct bpf_object *obj = r->obj;
	struct latch_code *code = r->code;
	int e = 0;

	bpf_object__for_each_program(prog, obj) {
		struct latch_code_prog *p = &code->progs[code->nprogs];

		if (!e && code->nprogs == LATCH_CODE_PROGS)
			e = -E2BIG;
		if (e)
			break;
		code->nprogs++;
		memset(p, 0, sizeof(*p));
		snprintf(p->name, sizeof(p->name), "%s", bpf_program__name(prog));
		snprintf(p->section, sizeof(p->section), "%s", bpf_program__section_name(prog));
		e = read_code(r, p, prog);
	}
	return e;
}

/* Of the first program that would be loaded now: all are relocated, and all maps made. */
static int before_load(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	(void)prog;
	(void)opts;
	(void)cookie;
	if (!reading)
		return -EINVAL;
	reading->result = read_all(reading);
	return -ECANCELED;
}

/* libbpf 1.1 frees its list with the last handler, and goes on to use it: so one stays, for nothing. */
static int keep_one_handler(void)
{
	static int kept = -1;

	if (kept < 0)
		kept = libbpf_register_prog_handler("latch/none", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, NULL);
	return kept < 0 ? kept : 0;
}

int latch_code_begin(void)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = before_load);
	static const struct {
		const char *section;
		enum bpf_prog_type type;
		enum bpf_attach_type attach;
	} kinds[] = {
		{ "lsm/", BPF_PROG_TYPE_LSM, BPF_LSM_MAC },
		{ "iter/", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER },
		{ "syscall", BPF_PROG_TYPE_SYSCALL, 0 },
		{ "cgroup/sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL },
	};

	int e = keep_one_handler();

	if (e)
		return e;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		handlers[i] = libbpf_register_prog_handler(kinds[i].section, kinds[i].type, kinds[i].attach, &opts);
		if (handlers[i] < 0) {
			e = handlers[i];
			latch_code_end();
			return e;
		}
	}
	return 0;
}

void latch_code_end(void)
{
	for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++) {
		if (handlers[i] >= 0)
			libbpf_unregister_prog_handler(handlers[i]);
		handlers[i] = -1;
	}
}

int latch_code_read(struct latch_code *code, struct bpf_object *obj)
{
	struct reading r = { .code = code, .obj = obj, .result = -EINVAL };
	int e;

	reading = &r;
	e = bpf_object__load(obj);
	reading = NULL;
	return e == -ECANCELED ? r.result : e ? e : -EINVAL;
}

const struct latch_code_prog *latch_code_find(const struct latch_code *code, const char *name)
{
	for (size_t i = 0; i < code->nprogs; i++)
		if (!strcmp(code->progs[i].name, name))
			return &code->progs[i];
	return NULL;
}
