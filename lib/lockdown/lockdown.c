// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the features of lockdown mean for the question that matters: can root change
 * the running kernel, or read its memory? One table; the rest of the file asks it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "lockdown/late.h"

#if defined(__powerpc__)
#define POWERPC .absent = NULL
#else
#define POWERPC .absent = "only powerpc has it"
#endif

#define FEATURE(name_, property_, open_, ...)                                                                          \
	{                                                                                                              \
		.name = name_, .property = LATCH_##property_, .open = open_, __VA_ARGS__                               \
	}
#define OWN_CONTEXT .own_context = true
#define UNDOES_SEAL .undoes_seal = true
#define OWN .own = true
#define GUARDED .guarded = true

static const struct latch_feature_facts facts[] = {
	FEATURE("module_signature", INTEGRITY, "any code can be loaded as an unsigned kernel module", OWN_CONTEXT,
		UNDOES_SEAL),
	FEATURE("dev_mem", INTEGRITY, "/dev/mem and /dev/port reach device memory and ports", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("efi_test", INTEGRITY, "/dev/efi_test calls firmware with chosen arguments", OWN_CONTEXT,
		.needs = "/sys/firmware/efi", UNDOES_SEAL),
	FEATURE("kexec", INTEGRITY, "an unsigned kernel of root's own can be started by kexec", OWN_CONTEXT,
		.needs = "/sys/kernel/kexec_loaded", UNDOES_SEAL),
	FEATURE("hibernation", INTEGRITY, "a changed hibernation image becomes the running kernel", OWN_CONTEXT,
		.function = "hibernation_available", .read_is_look = true, UNDOES_SEAL),
	FEATURE("pci_access", INTEGRITY, "PCI devices can be told to write to memory", OWN_CONTEXT,
		.needs = "/sys/bus/pci", UNDOES_SEAL),
	FEATURE("ioport", INTEGRITY, "I/O ports can be written by iopl and ioperm", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("msr", INTEGRITY, "model-specific registers, system call entry among them, can be written", OWN_CONTEXT,
		UNDOES_SEAL),
	FEATURE("acpi_tables", INTEGRITY, "ACPI tables and methods can be replaced, and run in the kernel", OWN_CONTEXT,
		.needs = "/sys/firmware/acpi", UNDOES_SEAL),
	FEATURE("device_tree", INTEGRITY, "the device tree can be changed", OWN_CONTEXT, POWERPC),
	FEATURE("pcmcia_cis", INTEGRITY, "PCMCIA cards can be described falsely", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("tiocsserial", INTEGRITY, "serial ports can be moved to chosen addresses", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("module_parameters", INTEGRITY, "modules can be pointed at chosen hardware addresses", OWN_CONTEXT,
		UNDOES_SEAL),
	FEATURE("mmiotrace", INTEGRITY, "a test module writes to chosen device memory", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("debugfs", INTEGRITY, "drivers can be changed through debugfs", OWN_CONTEXT, UNDOES_SEAL),
	FEATURE("xmon_wr", INTEGRITY, "the xmon debugger writes kernel memory", POWERPC),
	FEATURE("bpf_write_user", INTEGRITY, "BPF programs can write other programs' memory", OWN_CONTEXT),
	FEATURE("dbg_write_kernel", INTEGRITY, "the kernel debugger writes kernel memory",
		.function = "kgdb_breakpoint", UNDOES_SEAL),
	FEATURE("rtas_error_injection", INTEGRITY, "firmware can be made to corrupt memory", OWN_CONTEXT, POWERPC),
	FEATURE("xen_user_actions", INTEGRITY, "the hypervisor can be called on chosen memory", OWN_CONTEXT,
		.needs = "/proc/xen", UNDOES_SEAL),
	FEATURE("kexec_load_signed", INTEGRITY,
		"another signed kernel, an old one with known holes too, can be started", OWN_CONTEXT, OWN,
		.needs = "/sys/kernel/kexec_loaded"),
	FEATURE("module_load", INTEGRITY, "signed modules with known holes can be loaded", OWN_CONTEXT, OWN),
	FEATURE("dma", INTEGRITY, "devices handed to user space by VFIO or UIO can write to memory", OWN_CONTEXT, OWN,
		UNDOES_SEAL),
	FEATURE("bpf_iter_write", INTEGRITY, "BPF iterators can write to maps, and past what the map's owner allows",
		OWN_CONTEXT, OWN, GUARDED, UNDOES_SEAL),
	FEATURE("kcore", CONFIDENTIALITY, "/proc/kcore is kernel memory", OWN_CONTEXT, .needs = "/proc/kcore"),
	FEATURE("kprobes", CONFIDENTIALITY, "kprobes read registers and memory anywhere in the kernel", OWN_CONTEXT,
		.function = "register_kprobe", UNDOES_SEAL),
	FEATURE("bpf_read_kernel", CONFIDENTIALITY, "BPF programs can read kernel memory", OWN_CONTEXT),
	FEATURE("dbg_read_kernel", CONFIDENTIALITY, "the kernel debugger reads kernel memory",
		.function = "kgdb_breakpoint"),
	FEATURE("perf", CONFIDENTIALITY, "perf samples hold registers of interrupted kernel code", OWN_CONTEXT),
	FEATURE("tracefs", CONFIDENTIALITY, "tracing shows what the kernel does and with what", OWN_CONTEXT),
	FEATURE("xmon_rw", CONFIDENTIALITY, "the xmon debugger reads kernel memory", POWERPC),
	FEATURE("xfrm_secret", CONFIDENTIALITY, "IPsec keys are shown in dumps", OWN_CONTEXT),
	FEATURE("module_unload", NEITHER, "modules that protect something can be unloaded", OWN_CONTEXT, OWN),
	FEATURE("module_autoload", NEITHER, "rarely used modules are loaded on request of any user", OWN_CONTEXT, OWN),
};

const struct latch_feature_facts *latch_feature_facts(const char *name)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (!strcmp(facts[i].name, name))
			return &facts[i];
	return NULL;
}

const struct latch_feature_facts *latch_feature_facts_at(size_t i)
{
	return i < sizeof(facts) / sizeof(*facts) ? &facts[i] : NULL;
}

const struct latch_param *latch_module_feature(const struct latch_module *mod, const char *name)
{
	const struct latch_param *p = latch_module_param(mod, name);

	return p && p->type == LATCH_TYPE_MODE ? p : NULL;
}

const char *latch_lockdown_foreign(const struct latch_module *mod, char *buf, size_t size)
{
	struct latch_module *file = NULL;
	struct latch_error err;

	if (latch_module_read(LATCH_LOCKDOWN, &file, &err))
		snprintf(buf, size, "whether the loaded module is latch's own is not known: %s", err.text);
	else if (memcmp(file->digest, mod->digest, sizeof(file->digest)))
		snprintf(buf, size,
			 "the loaded module is not the file %s/" LATCH_LOCKDOWN ".bpf.o, so that what its features "
			 "deny is not known: `latch replace " LATCH_LOCKDOWN "`",
			 latch_module_dir);
	else
		buf = NULL;
	latch_module_free(file);
	return buf;
}

/* Why a feature cannot matter on this machine; NULL if it can, or if that is not known. */
const char *latch_feature_absent(const char *name)
{
	const struct latch_feature_facts *f = latch_feature_facts(name);

	if (!f)
		return NULL;
	if (f->absent)
		return f->absent;
	if (f->function && !latch_kernel_has_function(f->function))
		return "this kernel is built without it";
	return f->needs && latch_kernel_lacks(f->needs) ? "this machine has none" : NULL;
}

bool latch_record_looks(const char *feature, const struct latch_tally_key *key)
{
	const struct latch_feature_facts *f = latch_feature_facts(feature);

	return f && f->read_is_look && key->how & LATCH_HOW_READ;
}

struct asked {
	enum latch_property property;
	bool sealed; /* some module is */
};

static bool matters(const struct latch_feature_facts *fact, const struct asked *a)
{
	return fact->property != LATCH_NEITHER && fact->property <= a->property && !(fact->guarded && a->sealed);
}

/* Whether a feature that is not enforced is a way; fact NULL: it is newer than this latch. */
static bool is_way(const char *name, const struct latch_feature_facts *fact, const struct asked *a)
{
	if (latch_feature_absent(name))
		return false;
	if (!fact)
		return true;
	if (!matters(fact, a))
		return false;
	/* The built-in lockdown denies the kernel's own reasons up to its level. */
	return fact->own || (int)fact->property > latch_builtin_lockdown();
}

static int exceptions(const struct latch_state *st, const struct asked *a, struct latch_findings *f)
{
	int e = 0;

	for (size_t i = 0; st && i < st->module->nexceptions && !e; i++) {
		const struct latch_exception *ex = &st->module->exceptions[i];
		const char *feature = latch_id_name(st->module, LATCH_ID_FEATURE | ex->key.feature);
		const struct latch_feature_facts *fact = latch_feature_facts(feature);

		if (fact && matters(fact, a))
			e = latch_finding_add(f, LATCH_OPEN, feature, "by an exception, for %s %s: %s",
					      latch_exception_kind(ex), ex->name, fact->open);
	}
	return e;
}

/* Each feature that matters for the property and is not enforced is a way, and so is each exception. */
static int open_ways(const struct latch_state *st, enum latch_called called, const struct asked *a,
		     struct latch_findings *f)
{
	int e = exceptions(st, a, f);
	char foreign[512];

	for (size_t i = 0; i < st->module->nparams && !e; i++) {
		const struct latch_param *p = &st->module->params[i];
		const struct latch_feature_facts *fact = latch_feature_facts(p->name);
		enum latch_effect holds = latch_effect(st, p, called);

		/* That it is not known whether it is called is one finding, of called_or_not(). */
		if (p->type != LATCH_TYPE_MODE || holds == LATCH_EFFECT_ENFORCE ||
		    (holds == LATCH_EFFECT_UNKNOWN && p->value == LATCH_ENFORCE && st->mode == LATCH_ENFORCE))
			continue;
		if (is_way(p->name, fact, a))
			e = latch_finding_add(f, LATCH_OPEN, p->name, "%s",
					      fact ? fact->open : "a reason that is newer than this latch");
	}
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts) && !e; i++)
		if (is_way(facts[i].name, &facts[i], a) && !latch_module_feature(st->module, facts[i].name))
			e = latch_finding_add(f, LATCH_OPEN, facts[i].name, "the loaded module has no such feature: %s",
					      facts[i].open);
	if (!e && latch_lockdown_foreign(st->module, foreign, sizeof(foreign)))
		e = latch_finding_add(f, LATCH_UNSEEN, "lockdown", "%s", foreign);
	if (!e && !st->sealed)
		e = latch_finding_add(f, LATCH_OPEN, "unload",
				      "root can unload the module or change it: `latch seal lockdown` ends that");
	if (!e && st->sealed && st->seal.flags & LATCH_SEAL_WEAK)
		e = latch_finding_add(f, LATCH_OPEN, "seal",
				      "the module is sealed weakly: `latch status` shows which ways are open");
	return e;
}

/* Programs that are not called deny nothing, whatever they are set to. */
static int called_or_not(enum latch_called called, const struct latch_error *why, struct latch_findings *f)
{
	if (called == LATCH_CALLED_YES)
		return 0;
	return latch_finding_add(f, called == LATCH_CALLED_NO ? LATCH_OPEN : LATCH_UNSEEN, "called", "%s", why->text);
}

/* Without the module nothing but the built-in lockdown denies; one that is hidden may be it. */
static int all_ways(const struct latch *l, const struct asked *a, struct latch_findings *f)
{
	enum latch_finding_kind kind = latch_hidden(l) ? LATCH_UNSEEN : LATCH_OPEN;
	int e = latch_hidden(l) ? latch_finding_add(f, kind, "lockdown", "whether it is loaded is not known: %s",
						    latch_hidden_text(l)) :
				  latch_finding_add(f, kind, "lockdown",
						    "the module is not loaded, so no feature is denied by it");

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts) && !e; i++)
		if (is_way(facts[i].name, &facts[i], a))
			e = latch_finding_add(f, kind, facts[i].name, "%s", facts[i].open);
	return e;
}

static int some_sealed(bool *sealed, struct latch_error *err)
{
	int armed = latch_guard_armed();

	if (armed < 0)
		return latch_fail(err, armed, "cannot read whether anything is sealed: %s", latch_seal_error(armed));
	*sealed = armed;
	return 0;
}

int latch_lockdown_check(struct latch *l, enum latch_property property, struct latch_findings *f,
			 struct latch_error *err)
{
	struct asked asked = { .property = property };
	struct latch_state *st = NULL;
	struct latch_error why;
	enum latch_called called = latch_called(&why);
	int e = latch_state_read(l, "lockdown", &st, err);

	memset(f, 0, sizeof(*f));
	if (e && e != -ENOENT)
		return e;
	e = some_sealed(&asked.sealed, err);
	if (e) {
		latch_state_free(st);
		return e;
	}
	e = called_or_not(called, &why, f);
	if (!e)
		e = st ? open_ways(st, called, &asked, f) : all_ways(l, &asked, f);
	if (!e)
		e = latch_uncovered_find(f, property);
	if (!e)
		e = latch_late_find(f, property, latch_late_tracefs(st));
	latch_state_free(st);
	if (e) {
		free(f->list);
		return latch_fail(err, e, "%s", strerror(-e));
	}
	return 0;
}
