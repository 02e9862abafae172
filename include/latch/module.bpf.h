/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latch SDK: a Linux security module in one file.
 *
 *	#include <latch/module.bpf.h>
 *
 *	LATCH_MODULE("nolink", "1.0", "Forbid symbolic links");
 *
 *	LATCH_HOOK(inode_symlink, struct inode *dir, struct dentry *dentry, const char *old)
 *	{
 *		return -EPERM;
 *	}
 *
 * A hook's body returns 0 to allow, or a negative errno to deny. What it need
 * not care about is done here: nothing happens until latch opens the gate; in
 * observe mode a denial is recorded and not made; the result is what the
 * verifier accepts; who was denied, and how often, is in the tally.
 *
 * Of an earlier denial: the kernel runs the programs of a hook one after another,
 * the one attached last first, and stops at the first that returns non-zero
 * (invoke_bpf_mod_ret in arch/.../bpf_jit_comp.c). So a program is never called
 * after a denial, an earlier denial cannot be undone, and the `ret` that BPF
 * appends to a hook's arguments is always 0. It is not read: its place
 * depends on the kernel (`bpf` has one argument more from 7.2).
 */
#ifndef LATCH_MODULE_BPF_H
#define LATCH_MODULE_BPF_H

#if !defined(__bpf__) || !defined(__OPTIMIZE__)
#error "a module is compiled by: clang -target bpf -mcpu=v3 -O2 -g -idirafter /usr/include/$(gcc -print-multiarch) -c NAME.bpf.c -o NAME.bpf.o"
#elif !__has_include(<asm/types.h>)
#error "no <asm/types.h>: add -idirafter /usr/include/$(gcc -print-multiarch)"
#endif

/* What a body returns is its verdict; one that ends without is no program. */
#pragma clang diagnostic error "-Wreturn-type"

#include <latch/abi.h>
#include <latch/kernel.bpf.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#ifndef LATCH_TALLY_SIZE
#define LATCH_TALLY_SIZE 256 /* entries */
#endif
#ifndef LATCH_EVENTS_SIZE
#define LATCH_EVENTS_SIZE (64 * 1024) /* bytes, a power of two */
#endif

#define LATCH_STR_(x) #x
#define LATCH_STR(x) LATCH_STR_(x)

/* One key=value string for whoever reads the file; fields are split by ':'. */
#define LATCH_INFO(id, key, text)                                       \
	static const char latch_info_##id[]                             \
		__attribute__((used, section(".modinfo"))) = key "=" text

/* LATCH_MODULE(name, version, description): once in a file, string literals. */
#define LATCH_MODULE(module, vers, text)                         \
	char latch_license[] SEC("license") = "GPL";             \
	LATCH_INFO(name, "name", module);                              \
	LATCH_INFO(version, "version", vers);                             \
	LATCH_INFO(license, "license", "GPL");                            \
	LATCH_INFO(description, "description", text)

/*
 * LATCH_PERMANENT: once loaded, `latch unload` refuses it until reboot. (That is latch's word;
 * what keeps root from removing a module is a seal.)
 */
#define LATCH_PERMANENT LATCH_INFO(permanent, "permanent", "yes")

/*
 * LATCH_PARAM(type, name, value, min, max, doc): a variable that whoever loads
 * the module may set, then and later. type is int, unsigned int or bool.
 */
#define LATCH_PARAM(type, name, value, min, max, doc)      \
	volatile type name SEC(".data.param") = (value);   \
	LATCH_INFO(parm_##name, "parm", #name ":" #type ":" #min ":" #max "::" doc)

/*
 * LATCH_FLAGS(name, value, "a,b,c", doc): a set of words. In the variable, an
 * unsigned int, bit n stands for word n.
 */
#define LATCH_FLAGS(name, value, words, doc)                   \
	volatile unsigned int name SEC(".data.param") = (value); \
	LATCH_INFO(parm_##name, "parm", #name ":flags:0:0:" words ":" doc)

/*
 * LATCH_FEATURE(name, number, "hook,...", doc): a part of the module with a
 * mode of its own, off until it is set. A hook that only features at `off` name
 * is not attached. A body denies in a feature's name by LATCH_DENY(number).
 */
#define LATCH_FEATURE(name, number, hooks, doc) \
	LATCH_INFO(feature_##name, "feature", #name ":" LATCH_STR(number) ":" hooks "::" doc)

/*
 * LATCH_FEATURE_ENUM(enum, "PREFIX_", "hook,..."): a feature for each value of
 * an enum of the running kernel, named as there less the prefix, in lower case,
 * and numbered as there. PREFIX_NONE is none; PREFIX_<GROUP>_MAX closes a group
 * that holds all values below it.
 */
#define LATCH_FEATURE_ENUM(name, prefix, hooks) \
	LATCH_INFO(feature_enum_##name, "feature_enum", #name ":" prefix ":" hooks)

/* LATCH_FEATURE_DOC(name, doc): what a feature of LATCH_FEATURE_ENUM is about. */
#define LATCH_FEATURE_DOC(name, doc) LATCH_INFO(feature_doc_##name, "feature_doc", #name ":" doc)

/*
 * LATCH_FEATURE_FILES(name, "hook,..."): a feature that can be excepted for what is read from
 * certain files. These hooks say which file that is, by latch_file_read() and
 * latch_memory_read(), and are attached while it has such exceptions. The module has to define
 * LATCH_FILE_EXCEPTIONS before it includes this.
 */
#define LATCH_FEATURE_FILES(name, hooks) LATCH_INFO(feature_files_##name, "feature_files", #name ":" hooks)

/*
 * LATCH_HOOK(hook, arguments...) { body }: the arguments are the hook's own in
 * include/linux/lsm_hook_defs.h; those at the end may be left out. In the body,
 * `ctx` is the raw argument array. LATCH_HOOK_SLEEPABLE: the same, for a body
 * that calls helpers which may sleep. LATCH_HOOK_OPTIONAL: the same as LATCH_HOOK, for a hook
 * that not every kernel has: without it the module is loaded as if it did not name it, as
 * long as each of its features has another hook.
 */
#define LATCH_HOOK(hook, args...) LATCH_HOOK_("lsm/" #hook, __COUNTER__, hook, ##args)
#define LATCH_HOOK_SLEEPABLE(hook, args...) \
	LATCH_HOOK_("lsm.s/" #hook, __COUNTER__, hook, ##args)
#define LATCH_HOOK_OPTIONAL(hook, args...)            \
	LATCH_INFO(optional_##hook, "optional", #hook); \
	LATCH_HOOK(hook, ##args)

#define LATCH_HOOK_(sec, n, hook, args...)                                        \
	LATCH_INFO(hook_##hook, "hook", LATCH_STR(n) ":" #hook);                               \
	static __always_inline long latch_body_##hook(__u64 *ctx, ##args);        \
	SEC(sec) long latch_##hook(__u64 *ctx)                                    \
	{                                                                         \
		long verdict;                                                     \
                                                                                  \
		if (latch_gate_mode() == LATCH_OFF)                               \
			return 0;                                                 \
		_Pragma("GCC diagnostic push")                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")            \
		verdict = latch_body_##hook(___bpf_ctx_cast(args));               \
		_Pragma("GCC diagnostic pop")                                     \
		if (!verdict)                                                     \
			return 0;                                                 \
		return latch_decide(n, verdict);                                  \
	}                                                                         \
	static __always_inline long latch_body_##hook(__u64 *ctx, ##args)

/* A body's verdict: denied with EPERM, by that feature if its mode says so. */
#define LATCH_DENY(feature) (-(long)((__u64)LATCH_BY_FEATURE << 32 | (__u64)(feature) << 12 | EPERM))

#include <latch/verdict.bpf.h>

#endif
