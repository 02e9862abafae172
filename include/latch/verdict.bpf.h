/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verdict of a hook's body comes to: mode, feature, exception. Not for authors. */
#ifndef LATCH_VERDICT_BPF_H
#define LATCH_VERDICT_BPF_H

#include <latch/allow.bpf.h>

/* In LATCH_DENY, above the errno: an author's mistake must not pass for a denial by a feature at off. */
#define LATCH_BY_FEATURE 0x6c61
#define LATCH_ERRNO_MAX 4095 /* MAX_ERRNO in include/linux/err.h */

/*
 * What a body's verdict comes to. The verdict is negative: an errno, or
 * LATCH_DENY(feature). Anything else is an author's mistake and denies too, with EPERM; so does a
 * feature that the module does not declare.
 *
 * A function of its own, which asks the gate again, so that a program that
 * allows has nothing to keep: each register it saved would be paid by every call.
 */
static __noinline __attribute__((unused)) long latch_decide(__u32 hook, long verdict)
{
	__u64 v = verdict < 0 ? -verdict : EPERM;
	__u64 error = v & 0xfff, feature = (__u32)v >> 12;
	__u32 mode = latch_gate_mode(), id = hook;
	long ret;

	if (mode == LATCH_OFF)
		return 0;
	if (v >> 32 == LATCH_BY_FEATURE && feature < LATCH_FEATURES_MAX) {
		__u32 own;

		barrier_var(feature); /* or clang proves the mask away, which the verifier needs */
		own = latch_feature[feature & (LATCH_FEATURES_MAX - 1)].mode;
		if (own == LATCH_OFF)
			return 0;
		if (own < mode)
			mode = own;
		id = LATCH_ID_FEATURE | feature;
		if (latch_feature[feature & (LATCH_FEATURES_MAX - 1)].exceptions && latch_excepted(feature))
			mode = LATCH_EXCEPTED;
	}
	if (!error || (v > LATCH_ERRNO_MAX && v >> 32 != LATCH_BY_FEATURE))
		error = EPERM;
	latch_record(id, mode, error);
	/*
	 * From 6.12 the verifier wants proof of [-4095, 0], in 64 bits: clang
	 * would use a 32-bit register or a negation, whose range it loses.
	 */
	asm volatile("%[ret] = 0\n\t"
		     "%[error] *= %[enforce]\n\t"
		     "%[error] &= 0xfff\n\t"
		     "%[ret] -= %[error]"
		     : [ret] "=&r"(ret), [error] "+r"(error)
		     : [enforce] "r"(latch_is_enforce(mode)));
	return ret;
}

#endif
