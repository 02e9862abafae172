/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * liblatch: sealing, and latch.ko, which keeps links until reboot.
 * Included by latch.h, which has the rules.
 */
#ifndef LATCH_SEAL_H
#define LATCH_SEAL_H

#include <latch/latch.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Before the first latch_seal() of a process, and before it has done anything else: executes
 * its program anew with argv, as main() has it, and returns in that one, when it comes here
 * again. So nobody has a hand on it who had before; from here on nobody gets one. Where that is
 * not possible it returns too, and latch_seal() says why. l: to ask, not kept; what is open in
 * it is closed by execve(2).
 */
void latch_seal_fresh(struct latch *l, char **argv);

/*
 * Seals a loaded module until reboot: from here on nobody unloads it, sets it or forges its
 * record. All or nothing: each denial is tried before it is for good. flags: LATCH_SEAL_WEAK
 * seals though ways are open, and records them; LATCH_SEAL_LAST refuses later loads too;
 * LATCH_SEAL_WARN and LATCH_SEAL_PANIC need latch.ko, see latch_tamper_parse().
 * Errors: -EKEYREJECTED: sealed already, or it can be undone from below (see
 * latch_seal_demands()); -EBUSY: somebody has a hand on it, or another process seals; -EINPROGRESS: it is
 * on trial; -ENOSPC: the guard has room for no more; -EEXIST: it has a seal of that name that somebody entered;
 * -EOPNOTSUPP: a seal would not hold on this kernel, and which way is open, or latch.ko is
 * needed and not there, or was not when the first module was sealed, or this process is not as
 * latch_seal_fresh() makes it.
 * On success err->text is empty, or says why latch.ko, which is loaded, does not hold its links.
 */
int latch_seal(struct latch *l, const char *name, unsigned int flags, struct latch_error *err);
/*
 * Loads lockdown, or sets it, so that it closes what is open from below, and seals it; all or
 * nothing. tamper: LATCH_SEAL_WARN, LATCH_SEAL_PANIC or 0.
 */
int latch_seal_lockdown(struct latch *l, unsigned int tamper, struct latch_error *err);

/* A feature of lockdown that latch_seal_lockdown() would set, so that it stays so until reboot. */
struct latch_seal_change {
	char feature[LATCH_NAME_MAX];
	unsigned int from; /* LATCH_OFF, too, where lockdown is not loaded */
};

/*
 * What latch_seal_lockdown() would set; *changes is the caller's to free. loads: it would load
 * lockdown; observed: its mode is LATCH_OBSERVE, and would be LATCH_ENFORCE. Changes nothing.
 */
struct latch_seal_changes {
	struct latch_seal_change *list;
	size_t n;
	bool loads, observed;
};
int latch_seal_lockdown_changes(struct latch *l, struct latch_seal_changes *changes, struct latch_error *err);

enum latch_lockdown_then {
	LATCH_THEN_AS_IT_IS,
	LATCH_THEN_SEALED,   /* lockdown is sealed before, as it is */
	LATCH_THEN_ENFORCED, /* the same, by latch_seal_lockdown() */
};

/*
 * Whether latch_seal() would be refused, as far as can be seen without trying. Changes nothing. Of
 * a weak seal err->text has the ways that would be open then, a line each.
 * Errors: as latch_seal().
 */
int latch_seal_try(struct latch *l, const char *name, unsigned int flags, enum latch_lockdown_then then,
		   struct latch_error *err);

/*
 * What comes of an attempt on a seal, beside its denial: "deny" is 0, nothing more; "warn",
 * LATCH_SEAL_WARN, a line in the kernel's log; "panic", LATCH_SEAL_PANIC. -EINVAL: no such word.
 */
int latch_tamper_parse(const char *word);
const char *latch_tamper_word(unsigned int flags);

struct latch_held {
	uint32_t link, prog; /* ids */
	uint64_t since;	     /* CLOCK_BOOTTIME nanoseconds */
	uint32_t uid;	     /* who handed it over, in the initial user namespace */
	char name[16];	     /* of the program; "-" without one */
	char hook[64];	     /* what it is attached to: "bpf_lsm_file_open" */
};

/* The interface of the latch.ko that is loaded, LATCH_HOLD_ABI if it is ours. -ENOENT: none is. */
int latch_hold_version(void);
/*
 * Hands n link descriptors to latch.ko, which keeps these links attached until reboot, and
 * reads back that it has them. They stay the caller's to close. There is no way back: if this
 * fails at one, those before it are held. A link that is held already is no error.
 * Errors: -ENOENT: no latch.ko; -EPERM; -EBUSY: ftrace is off; -EINVAL: no link; -EOPNOTSUPP: it
 * can be detached, or another interface; -EBADMSG: latch.ko does not list it.
 */
int latch_hold_links(const int *fds, size_t n, struct latch_error *err);
/* What latch.ko holds; *held is the caller's to free. */
int latch_hold_read(struct latch_held **held, size_t *n, struct latch_error *err);
/*
 * Whether latch.ko is there, and was given the attempts with the first seal, for what tamper says (LATCH_SEAL_WARN, LATCH_SEAL_PANIC; 0 needs
 * none) of the module named. -EOPNOTSUPP and the remedy, if not.
 */
int latch_hold_ready(const char *name, unsigned int tamper, struct latch_error *err);
/*
 * From now on latch.ko tells in the kernel's log of each struct latch_attempt in that BPF queue,
 * or panics, as it says; so it does at a record in that BPF ring buffer. They have to be empty, and
 * become latch.ko's: nobody may read them. There is no way back.
 * Errors: as latch_hold_links(), but -EOPNOTSUPP: no latch.ko, or another interface; -ENOTEMPTY.
 */
int latch_hold_tamper(int queue, int ring, struct latch_error *err);

#ifdef __cplusplus
}
#endif

#endif
