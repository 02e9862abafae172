// SPDX-License-Identifier: GPL-2.0-only
/*
 * What latch reads a sealed module by: iterators, each a link that BPF_LINK_UPDATE gives another
 * program. A generator: each of them, with programs of the attacker's that write a chosen number of
 * bytes and ask nothing, and with latch's own for the others, which the guard knows. The first that
 * is taken ends it: what was there cannot be had any more.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"
#include "programs.h"

static const char *const rooms[] = { PINDIR "/iter", BPFFS "/latch/guard~/iter" };

#define VIEWS 16

struct views {
	char name[VIEWS][64], path[VIEWS][512];
	int link[VIEWS];
	int n;
};

static void open_room(struct views *v, const char *room)
{
	DIR *dir = opendir(room);
	struct dirent *d;

	while (dir && (d = readdir(dir)) && v->n < VIEWS) {
		if (*d->d_name == '.')
			continue;
		snprintf(v->path[v->n], sizeof(v->path[0]), "%s/%s", room, d->d_name);
		snprintf(v->name[v->n], sizeof(v->name[0]), "%.63s", d->d_name);
		v->link[v->n] = bpf_obj_get(v->path[v->n]);
		v->n++;
	}
	if (dir)
		closedir(dir);
}

static int open_views(struct views *v)
{
	v->n = 0;
	for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
		open_room(v, rooms[i]);
	return v->n ? 0 : -ENOENT;
}

/* A program of that kind that writes `bytes` zeros for each element, and touches none. At most 512. */
int program_over_elements(int bytes)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "bpf_iter_bpf_map_elem", BTF_KIND_FUNC) : -ENOENT;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER, .attach_btf_id = (__u32)id);
	struct bpf_insn code[80];
	int n = 0, fd;

#define INSN(...) code[n++] = (struct bpf_insn){ __VA_ARGS__ }
	INSN(.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6, .src_reg = BPF_REG_1);
	for (int at = 8; at < bytes + 8; at += 8)
		INSN(.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = (short)-at);
	if (bytes) {
		INSN(.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_6);
		INSN(.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_1);
		INSN(.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10);
		INSN(.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -((bytes + 7) & ~7));
		INSN(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = bytes);
		INSN(.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_seq_write);
	}
	INSN(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0);
	INSN(.code = BPF_JMP | BPF_EXIT);
#undef INSN
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "bytes", "GPL", code, (size_t)n, &opts);
	if (fd < 0)
		fd = -errno;
	btf__free(btf);
	return fd;
}

/* How many bytes a view reads as. */
static long size_of(const char *path)
{
	int fd = open(path, O_RDONLY);
	long size = 0, n;
	char buf[4096];

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		size += n;
	if (fd >= 0)
		close(fd);
	return size;
}

/* What latch says of the module, and whether it says so with a good conscience. */
static int told(char *text, size_t size)
{
	FILE *f = popen("{ latch list && latch status --json && latch log trio --json; } 2>/dev/null", "r");

	if (!f)
		return -errno;
	text[fread(text, 1, size - 1, f)] = '\0';
	return pclose(f);
}

/* The program in a view's place. 0: to no effect. */
static int exchanged(const struct views *v, int at, int prog)
{
	static char before[1 << 16], after[1 << 16];
	int e, status;

	if (v->link[at] < 0 || prog < 0)
		return v->link[at] < 0 ? v->link[at] : prog;
	if (told(before, sizeof(before)))
		return -EUCLEAN;
	e = bpf_link_update(v->link[at], prog, NULL);
	if (e)
		return e;
	status = told(after, sizeof(after));
	if (!strcmp(before, after))
		return 0;
	return status ? ATTACK_HIDDEN : ATTACK_SILENT;
}

/* Tries it, and says which it was if it came to something. */
static int tried(const struct views *v, int at, int prog, const char *by)
{
	int result = exchanged(v, at, prog);

	if (result >= 0)
		printf("# the program of view %s is now one of %s: %s\n", v->name[at], by,
		       result == ATTACK_SILENT ? "a false record" :
		       result		       ? "told" :
						 "to no effect");
	return result;
}

static int view_bytes(void)
{
	static const int sizes[] = { 0, 1, 4, 8, 16, 24, 32, 40, 64, 128, 256, 512 };
	struct views v;
	int result = open_views(&v);
	char by[32];

	if (result)
		return attack_absent("what is not sealed has no iterator");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (int at = 0; at < v.n && result <= 0; at++) {
			int prog = program_over_elements(sizes[i]);

			snprintf(by, sizeof(by), "%d bytes", sizes[i]);
			result = tried(&v, at, prog, by);
			if (prog >= 0)
				close(prog);
		}
	return result;
}

/* Each of latch's own in each place: none may show more than that place's own does. */
static int view_others(void)
{
	struct bpf_object *obj = bpf_object__open("/test/attack/iter.bpf.o");
	static char before[1 << 16], after[1 << 16];
	struct bpf_program *prog;
	long size[VIEWS];
	struct views v;
	int result = open_views(&v);

	if (result)
		return attack_absent("what is not sealed has no iterator");
	result = obj ? bpf_object__load(obj) : -errno;
	if (result)
		return result;
	for (int at = 0; at < v.n; at++)
		size[at] = size_of(v.path[at]);
	if (told(before, sizeof(before)))
		return -EUCLEAN;
	bpf_object__for_each_program(prog, obj)
		for (int at = 0; at < v.n; at++)
			if (!bpf_link_update(v.link[at], bpf_program__fd(prog), NULL) &&
			    size_of(v.path[at]) > size[at]) {
				printf("# %s by the program for %s: more than its own\n", v.name[at],
				       bpf_program__name(prog));
				result = ATTACK_WON;
			}
	if (result)
		return result;
	result = told(after, sizeof(after)) ? ATTACK_HIDDEN : strcmp(before, after) ? ATTACK_SILENT : 0;
	return result;
}

const struct attack view_attacks[] = {
	{ "view-bytes", "each iterator by programs that write 0 to 512 bytes of their own an element", view_bytes, 0,
	  NULL },
	{ "view-others", "each iterator by latch's own program for each other one", view_others, 0, NULL },
	{},
};
