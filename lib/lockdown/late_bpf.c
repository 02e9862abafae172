// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that were loaded before: lockdown's BPF reasons are asked at load only. What a
 * program calls is seen in its code as the kernel translated it: the distance of the
 * helper's function from __bpf_call_base.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include "lockdown/late.h"

/* The helpers that the kernel asks about: bpf_base_func_proto(), bpf_tracing_func_proto(). */
static struct helper {
	const char *symbol, *feature, *does;
	uint64_t address;
} helpers[] = {
	{ "bpf_probe_write_user", "bpf_write_user", "can write the memory of processes", 0 },
	{ "bpf_probe_read_kernel", "bpf_read_kernel", "can read kernel memory", 0 },
	{ "bpf_probe_read_kernel_str", "bpf_read_kernel", "can read kernel memory", 0 },
	{ "bpf_probe_read_compat", "bpf_read_kernel", "can read kernel memory", 0 },
	{ "bpf_probe_read_compat_str", "bpf_read_kernel", "can read kernel memory", 0 },
};

#define HELPERS (sizeof(helpers) / sizeof(*helpers))

/* Returns __bpf_call_base; 0: the addresses are hidden. */
static uint64_t find_symbols(void)
{
	struct latch_error unused;
	int fd = latch_kernel_open("/proc/kallsyms", O_RDONLY, &unused);
	FILE *list = fd < 0 ? NULL : latch_stream(fd);
	unsigned long long address;
	char line[512], symbol[256];
	uint64_t base = 0;
	size_t found = 0;

	/* There are 150,000, of which few are worth a closer look. */
	while (found <= HELPERS && list && fgets(line, sizeof(line), list)) {
		if ((!strstr(line, "bpf_probe_") && !strstr(line, "bpf_call_base")) ||
		    sscanf(line, "%llx %*s %255s", &address, symbol) != 2)
			continue;
		if (!strcmp(symbol, "__bpf_call_base")) {
			base = address;
			found++;
		}
		for (size_t i = 0; i < HELPERS; i++)
			if (!strcmp(helpers[i].symbol, symbol)) {
				helpers[i].address = address;
				found++;
			}
	}
	if (list)
		fclose(list);
	return base;
}

static int unseen(struct latch_findings *f, const char *why)
{
	int e = latch_finding_add(f, LATCH_UNSEEN, "bpf_write_user", "%s", why);

	return e ? e : latch_finding_add(f, LATCH_UNSEEN, "bpf_read_kernel", "%s", why);
}

static int look_at_code(struct latch_findings *f, const struct bpf_prog_info *info, const struct bpf_insn *insn,
			size_t n, uint64_t base)
{
	for (size_t i = 0; i < n; i++) {
		if (insn[i].code != (BPF_JMP | BPF_CALL) || insn[i].src_reg)
			continue;
		if (!insn[i].imm)
			return unseen(f, "the kernel hides what BPF programs call: kernel.kptr_restrict is 2");
		for (size_t h = 0; h < HELPERS; h++) {
			int e;

			if (!helpers[h].address || helpers[h].address != base + (uint64_t)(int64_t)insn[i].imm)
				continue;
			e = latch_finding_add(f, LATCH_LATE, helpers[h].feature, "BPF program %u (%s, of uid %u) %s",
					      info->id, *info->name ? info->name : "no name", info->created_by_uid,
					      helpers[h].does);
			if (e)
				return e;
		}
	}
	return 0;
}

static int look_at_program(struct latch_findings *f, int fd, uint64_t base)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), size;
	_cleanup_free_ struct bpf_insn *code = NULL;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return unseen(f, "the kernel would not describe a BPF program");
	size = info.xlated_prog_len;
	code = malloc(size ? size : 1);
	if (!code)
		return -ENOMEM;
	memset(&info, 0, sizeof(info));
	len = sizeof(info);
	info.xlated_prog_len = size;
	info.xlated_prog_insns = (uintptr_t)code;
	if (!size || bpf_obj_get_info_by_fd(fd, &info, &len) || !info.xlated_prog_insns || info.xlated_prog_len < size)
		return unseen(f, "the kernel hides the code of a BPF program");
	return look_at_code(f, &info, code, size / sizeof(*code), base);
}

static int leave_unopened(struct latch_findings *f, uint32_t id)
{
	char why[128];

	snprintf(why, sizeof(why), "what BPF program %u calls: it shows maps, and is not opened for that", id);
	return unseen(f, why);
}

static bool is_unopened(const struct latch_unopened *unopened, uint32_t id)
{
	for (size_t i = 0; i < unopened->n; i++)
		if (unopened->id[i] == id)
			return true;
	return false;
}

int latch_late_bpf(struct latch_findings *f, const struct latch_unopened *unopened)
{
	uint64_t base = find_symbols();
	uint32_t id = 0;
	int e = 0;

	if (!base)
		return unseen(f, "the kernel hides its symbols, so what BPF programs call is not known");
	while (!e && !bpf_prog_get_next_id(id, &id)) {
		bool open = !is_unopened(unopened, id);
		_cleanup_close_ int fd = open ? bpf_prog_get_fd_by_id(id) : -1;

		if (!open)
			e = leave_unopened(f, id);
		else if (fd >= 0)
			e = look_at_program(f, fd, base);
		else if (errno != ENOENT) /* gone meanwhile */
			e = unseen(f, "a BPF program cannot be looked at");
	}
	return e;
}
