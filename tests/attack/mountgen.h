/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the generator of sequences of mounts share; each sequence is a process of its own. */
#ifndef LATCH_ATTACK_MOUNTGEN_H
#define LATCH_ATTACK_MOUNTGEN_H

#include "attack.h"

#define OWN "/n" /* a tmpfs of the attacker's own */
#define PLACE_SIZE 1024

/* Kept in memory that the process of a sequence shares with the generator. */
struct told {
	char text[4096]; /* what was done, and what came of each */
	unsigned long granted, denied, impossible;
};
extern struct told *told;

/* What a sequence has made: the carrier shows the way from `source` on. */
struct scene {
	const char *source; /* NULL: there is no carrier */
	char carrier[PLACE_SIZE];
	int tree;	   /* a detached one, or -1 */
	void (*end)(void); /* ends what the carrier lies in */
	int home;	   /* the mount namespace of the way */
	bool copied;	   /* the way itself is a copy, but its directories are not */
};

/* Of the numbers of this sequence: 0 to n - 1. */
unsigned int pick(unsigned int n);
bool one_in(unsigned int n);
/* Adds it to what was done, with the errno it met; returns result. */
int tell(int result, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Shares some of the mounts in the namespace of the caller. */
void share_some(void);
/* The caller stays in its namespace, or gets another. */
void enter_namespace(void);
/* Makes a carrier, or none. */
void make_carrier(struct scene *s);
/* One call at a place of the way, of the carrier or of the attacker's own. */
void make_call(struct scene *s);

int bind_at(const char *from, const char *to, bool deep);
int share(const char *at, unsigned long how, bool deep, bool by_attr);
int clone_tree(const char *from, bool deep);
int attach_tree(int tree, const char *to, unsigned int flags);
int new_mount(const char *type);

#endif
