/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel would say of the programs and maps of an object, without their being loaded. */
#ifndef LATCH_CODE_H
#define LATCH_CODE_H

#include <linux/bpf.h>
#include "base/base.h"

#define LATCH_CODE_MAPS 24
#define LATCH_CODE_PROGS 32

struct bpf_map;
struct bpf_object;

struct latch_code_prog {
	char name[LATCH_NAME_MAX], section[LATCH_NAME_MAX];
	/* A hash of its code: SHA-1 or, on newer kernels, SHA-256. */
	uint8_t tag[2][BPF_TAG_SIZE];
	uint32_t maps[LATCH_CODE_MAPS]; /* in the order in which the kernel lists them: places in struct latch_code */
	uint32_t nmaps;
};

struct latch_code {
	struct latch_code_prog progs[LATCH_CODE_PROGS];
	const struct bpf_map *maps[LATCH_CODE_MAPS]; /* of the objects, for as long as these are open */
	size_t nprogs, nmaps;
};

/* Has to be asked before an object is opened of which latch_code_read() is to read. Negative errno. */
int latch_code_begin(void);
void latch_code_end(void);
/*
 * Adds the programs of an open object, with maps of a name that is there already as one. It is not loaded by that,
 * but its maps are made for the while.
 */
int latch_code_read(struct latch_code *code, struct bpf_object *obj);
const struct latch_code_prog *latch_code_find(const struct latch_code *code, const char *name);

#endif
