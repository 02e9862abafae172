/* SPDX-License-Identifier: GPL-2.0-only */
/* Who refused a module's object and why, read from what the kernel and libbpf say. */
#ifndef LATCH_REFUSAL_H
#define LATCH_REFUSAL_H

#include <stddef.h>

/* What the verifier objects to. A text that it does not give is "". */
struct latch_objection {
	char text[600];
	char reason[600]; /* from 7.3 on: the objection explained */
	char source[300]; /* the line of the module's source, as the object has it */
};

/* log: the whole log of the verifier; it may be cut off. */
void latch_objection_read(const char *log, struct latch_objection *o);

enum latch_refuser {
	LATCH_BY_LIBBPF,   /* before it asked the kernel for more than a look at it */
	LATCH_BY_KERNEL,   /* it refuses even an empty program or map */
	LATCH_BY_BTF,	   /* the kernel, the object's types */
	LATCH_BY_MAP,	   /* the kernel, one of its maps */
	LATCH_BY_VERIFIER, /* the kernel, one of its programs */
};

/* said: what libbpf warned of. what: the program or map named, or "". */
enum latch_refuser latch_refuser_read(const char *said, char *what, size_t size);

#endif
