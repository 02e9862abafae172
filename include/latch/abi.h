/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two sides of the kernel boundary agree on: the maps of a module,
 * byte for byte. Read by the SDK (BPF side) and by liblatch (user side).
 */
#ifndef LATCH_ABI_H
#define LATCH_ABI_H

#include <linux/types.h>

#define LATCH_VERSION "0.1.0"
#define LATCH_ABI 6
#define LATCH_HOLD_ABI 3 /* the files of latch.ko in securityfs */

#define LATCH_NAME_MAX 32      /* a module, hook or parameter name, with its NUL */
#define LATCH_HOOKS_MAX 64     /* hooks of one module */
#define LATCH_FEATURES_MAX 128 /* features of one module */
#define LATCH_ALLOW_MAX 128    /* exceptions of one module */

/*
 * The gate. A module starts CLOSED and so does nothing, whatever is attached.
 * The values are ordered: the smaller of two modes is the weaker one.
 */
enum latch_mode {
	LATCH_OFF = 0, /* for a gate: closed */
	LATCH_OBSERVE = 1,
	LATCH_ENFORCE = 2,
};

/* As a verdict: not denied, and would not be, because of an exception. */
#define LATCH_EXCEPTED 3

struct latch_gate {
	__u32 mode; /* enum latch_mode */
	__u32 abi;  /* in a file: LATCH_ABI of the SDK that it was made with */
};

/*
 * A moment, by two clocks: a clock that is set later does not move what was recorded. In the
 * maps that programs write, `wall` is CLOCK_TAI, which they can read; liblatch turns it into
 * CLOCK_REALTIME when it reads them.
 */
struct latch_time {
	__u64 boot; /* CLOCK_BOOTTIME, nanoseconds */
	__u64 wall; /* CLOCK_REALTIME, nanoseconds, as that clock was set then */
};

/* A feature, in the map `param`. */
struct latch_feature {
	__u32 mode;		 /* enum latch_mode */
	__u32 exceptions;	 /* 0: none need be looked for; else how many there are, or were */
	struct latch_time since; /* when it was turned on; zeros: off */
};

/*
 * An exception: for whom, or for what, a feature is not denied. The map `allow` has one
 * entry for each.
 */
enum latch_allow_kind {
	LATCH_ALLOW_EXE = 1,	/* who runs that file */
	LATCH_ALLOW_UNIT = 2,	/* who is in that cgroup, or below it */
	LATCH_ALLOW_DIGEST = 3, /* what is read from a file with that SHA-256 */
};

#define LATCH_CGROUP_DEPTH 16 /* levels; what is deeper has no exception */

/*
 * A file: the kernel's dev_t, inode, size, and change time in nanoseconds. A
 * file that is replaced or written to is not the same. A digest: its bytes.
 * A cgroup: its place in the default hierarchy, level by level from below the root down to
 * it the hash of the name there, as kernfs keeps it, and zeros from there on. Unlike the
 * cgroup's id, that is still the same when a unit was stopped and started; and who makes
 * cgroups below one of his own has no say in the levels above.
 */
struct latch_allow_key {
	__u32 feature;
	__u32 kind; /* enum latch_allow_kind */
	union {
		__u32 place[LATCH_CGROUP_DEPTH];
		__u64 id[4];
	};
};

#define LATCH_ALLOW_NAME 256

struct latch_allow {
	struct latch_time since;
	char name[LATCH_ALLOW_NAME]; /* the path of the file, or of the cgroup below its mount */
};

/* A trial, at the start of the value of the map `trial`. */
struct latch_trial {
	__u64 length;	/* nanoseconds */
	__u64 deadline; /* CLOCK_BOOTTIME nanoseconds */
	__u64 over;	/* 1: the state before holds again */
	__u64 of_load;	/* 1: of the load, and over means that it denies nothing; 0: of a change */
};

/* Counters that only grow. */
struct latch_count {
	__u64 denied;	   /* calls denied */
	__u64 observed;	   /* calls that enforce would have denied */
	__u64 tally_lost;  /* of these, not in the tally: it was full */
	__u64 events_lost; /* of these, not in the event ring: it was full */
};

/* What decided: a hook of the module, or one of its features. */
#define LATCH_ID_FEATURE 0x80000000u /* | feature number; else a hook number */
#define LATCH_ID_SEAL 0x40000000u    /* | place of the seal << LATCH_ID_SEAL_SHIFT | rule of the guard: an attempt */
#define LATCH_ID_SEAL_SHIFT 8
#define LATCH_ID_SEAL_PLACE(id) (((id) & ~LATCH_ID_SEAL) >> LATCH_ID_SEAL_SHIFT)
#define LATCH_SEALS_ALL 0xffu /* as the place: on all of them */

/*
 * The program that the current task runs. Each component of its path, the file
 * name first, is copied as the kernel holds it inside the dentry; a name that
 * is too long to be held there cannot be read and is left empty.
 */
#define LATCH_PATH_DEPTH 8
#define LATCH_PATH_NAME 40

struct latch_who {
	__u32 pid;    /* of the thread group, in the initial pid namespace */
	__u32 uid;    /* real uid, in the initial user namespace */
	__u64 cgroup; /* id in the default hierarchy: the inode of its directory */
	char comm[16];
	__u32 depth; /* components in the path; more than DEPTH: the rest is cut */
	__u32 pad;
	char path[LATCH_PATH_DEPTH][LATCH_PATH_NAME];
};

/* In struct latch_tally_key, with dev 0: no program asked. */
#define LATCH_INO_KTHREAD 0
#define LATCH_INO_INTERRUPT 1 /* what runs meanwhile is not to blame, and not recorded */

/* How it was asked: by read(2), pread64(2) or readv(2). */
#define LATCH_HOW_READ 1
/* By latch's own file, and not denied: see struct latch_self. */
#define LATCH_HOW_SELF 2

/*
 * The file of the latch that loaded a module, as the kernel knows it; constant from then on.
 * What that does and is not denied, as when it seals, is tallied apart, is not in the counters
 * and sends no events: it would drown the rest. A denial is recorded as anybody's.
 */
struct latch_self {
	__u64 id[4]; /* as in struct latch_allow_key; zeros: not known, so nothing is its own */
};

/*
 * The programs of latch's own that show the elements of maps, as a sealed module has them, by the tags that the
 * running kernel gives them. A module with the section .rodata.iters finds them there: filled in before it is loaded.
 */
#define LATCH_ITER_TAGS 8

struct latch_iter_tags {
	__u64 tag[LATCH_ITER_TAGS]; /* 0: none */
};

struct latch_tally_key {
	__u32 id;      /* LATCH_ID_FEATURE | feature, or hook */
	__u16 verdict; /* LATCH_OBSERVE, LATCH_ENFORCE or LATCH_EXCEPTED */
	__u16 how;     /* LATCH_HOW_ */
	__u64 dev;     /* of the executable: the kernel's dev_t */
	__u64 ino;
};

struct latch_tally {
	__u64 count;
	struct latch_time first;
	struct latch_time last;
	struct latch_who who; /* of the first */
};

struct latch_event {
	struct latch_time time;
	__s32 error; /* negative errno */
	__u32 pad;
	struct latch_tally_key key;
	struct latch_who who;
};

/* A seal. */
#define LATCH_SEAL_WEAK 1u   /* sealed with ways open, as told to */
#define LATCH_SEAL_HOLD 2u   /* the kernel module latch holds its links */
#define LATCH_SEAL_LAST 4u   /* no module is loaded after it */
#define LATCH_SEAL_WARN 8u   /* latch.ko tells of attempts in the kernel's log */
#define LATCH_SEAL_PANIC 16u /* latch.ko panics at an attempt */
#define LATCH_SEAL_TOLD 32u  /* of the guard, and the first seal: latch.ko is told of attempts */
#define LATCH_SEAL_TAMPER (LATCH_SEAL_WARN | LATCH_SEAL_PANIC)

struct latch_seal {
	__u32 abi; /* LATCH_ABI */
	__u32 flags;
	struct latch_time since;
	__u32 uid; /* of who sealed it */
	__u32 pid;
	char open_ways[4096]; /* "name: why", a line each */
};

/* Which rule of the guard denied an attempt on a seal. */
enum latch_guard_rule {
	LATCH_RULE_BPF_MAP,
	LATCH_RULE_BPF_PROG,
	LATCH_RULE_BPF_LINK,
	LATCH_RULE_REMOVE,
	LATCH_RULE_RENAME,
	LATCH_RULE_MAKE,
	LATCH_RULE_UMOUNT,
	LATCH_RULE_MOUNT,
	LATCH_RULE_FTRACE,
	LATCH_RULES,
};

/* Their names, in that order. */
#define LATCH_RULE_NAMES                                                                                               \
	"seal:bpf_map", "seal:bpf_prog", "seal:bpf_link", "seal:remove", "seal:rename", "seal:make", "seal:umount",    \
		"seal:mount", "seal:ftrace"

#define LATCH_ATTEMPTS_MAX 16 /* in a queue of them */

/* An attempt on a seal, as the guard has latch.ko tell of it, or panic: in a BPF queue of these. */
struct latch_attempt {
	char module[LATCH_NAME_MAX];
	char comm[16];
	__u32 rule;   /* enum latch_guard_rule */
	__u32 panics; /* 1: on-tamper is panic */
	__u32 pid;    /* of the thread group, in the initial pid namespace */
	__u32 uid;    /* real uid, in the initial user namespace */
	__u32 lost;   /* attempts until now that found the queue full */
	__u32 pad;
};

/*
 * What lib/lockdown/holders.bpf.c says of a process: an open file, a mapped one, or the right to
 * use I/O ports. Only of files that the kernel may give power over itself by. And of a BPF program: that
 * it could write to the elements of a map.
 */
enum latch_holder_kind { LATCH_HOLDS_FILE, LATCH_HOLDS_MAP, LATCH_HOLDS_PORTS, LATCH_HOLDS_WRITER };

struct latch_holder {
	__u32 kind;
	__u32 pid;	 /* of the thread group, in the initial pid namespace; of a program: its id */
	char comm[16];	 /* of a program: its name */
	__u32 iopl;	 /* ports: the level, or 0: by ioperm(2) */
	__u32 dev;	 /* of a device: the kernel's dev_t */
	__u32 mode;	 /* of the inode */
	__u32 writable;	 /* opened or mapped for that */
	__u64 magic;	 /* of the file system; of a program that uses no map: its tag */
	__s32 path_size; /* with its NUL; negative errno: it could not be read */
	char path[256];
	__u32 pad;
};

/*
 * The info map: one frozen entry, this header and behind it `size` bytes of
 * NUL-terminated key=value strings: the file's own .modinfo section and what
 * was learnt at load (offsets of parameters, features that the kernel has).
 */
struct latch_info {
	__u32 abi;  /* LATCH_ABI */
	__u32 size; /* of text, bytes */
	struct latch_time loaded;
	__u32 uid; /* of who loaded it */
	__u32 pid;
	__u8 digest[32]; /* SHA-256 of the file */
	char text[];
};

#endif
