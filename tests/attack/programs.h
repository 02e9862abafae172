/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF programs of the attacker's own, from programs.bpf.c. */
#ifndef LATCH_ATTACK_PROGRAMS_H
#define LATCH_ATTACK_PROGRAMS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* The object with this program alone to be loaded; NULL and errno. */
struct bpf_object *programs_open(const char *name, struct bpf_program **prog);

/* views.c: over the elements of a map: writes `bytes` zeros, at most 512, for each, and touches none. */
int program_over_elements(int bytes);

/* The BTF id of a function of a program, by its descriptor; or a negative errno */
int program_function(int fd, const char *name);

/*
 * functions.c: a program of type freplace, loaded for a function of a program of the attacker's, as a descriptor; and
 * that put into the place of a function of the program that is pinned there. Or a negative errno
 */
int function_load(const char *replacement, const char *dummy, const char *function);
int function_replace(int prog, const char *function, const char *pin);

/* a descriptor of it, loaded, or a negative errno */
int program_load(const char *name, enum bpf_prog_type type, enum bpf_attach_type attach);

/* loads and attaches it for good; 0 or a negative errno */
int program_attach(const char *name);

/* takes all places that are left on the hook of an LSM program; how many */
int program_squat(const char *name);

#endif
