/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Root against a seal. An attack is a function and a line in its file's table, which is a kind of them (kinds.c):
 *
 *	static int rm_pin(void)
 *	{
 *		return unlink(LINKS "/inode_symlink") ? -errno : 0;
 *	}
 *	{ "rm-pin", "unlink a link's pin", rm_pin },
 *
 * run() is called in a child of its own, as root in the initial namespaces, with the module
 * trio loaded, and struct target filled in as of before the seal. It
 * returns 0 when all it asked was granted, or the negative errno that it met; neither says
 * who won: the runner looks whether the module still denies (now, and again after 6 s)
 * and whether its pin directory in bpffs is as it was. Only where the weakened thing itself is to be
 * seen - a count that was changed, a way into kernel memory that was granted - run()
 * returns ATTACK_WON; one that only hid the record, target_hidden(), and undid it
 * again. What this guest cannot do is attack_absent("reason").
 */
#ifndef LATCH_ATTACK_H
#define LATCH_ATTACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BPFFS "/sys/fs/bpf"
#define PINDIR BPFFS "/latch/trio"
#define LINKS PINDIR "/links"
#define MAPS PINDIR "/maps"
#define FTRACE "/proc/sys/kernel/ftrace_enabled"

enum { ATTACK_WON = 1, ATTACK_ABSENT = 2, ATTACK_HIDDEN = 3, ATTACK_SILENT = 4 };

enum attack_flags {
	/* in a private mount namespace of its own, which goes with it */
	PRIVATE = 1,
	/* kills all processes: it is run by the runner itself, which starts again */
	KILLS_ALL = 2,
	/* tries the making of a seal, of a module of its own, before that of trio is made */
	SEALS = 4,
	/* is after the record alone: it has won once that is not what it was */
	HIDES = 8,
	/* is after the module lockdown, which always is there where there are seals */
	LOCKDOWN = 16,
	/* takes minutes */
	LONG = 32,
};

struct attack {
	const char *name;
	const char *what;
	int (*run)(void);
	unsigned int flags;
	/* why it need not win where nothing is sealed; without that it has to */
	const char *void_because;
};

extern const struct attack path_attacks[];
extern const struct attack mount_attacks[];
extern const struct attack way_attacks[];
extern const struct attack ftrace_attacks[];
extern const struct attack object_attacks[];
extern const struct attack view_attacks[];
extern const struct attack program_attacks[];
extern const struct attack system_attacks[];
extern const struct attack below_attacks[];
extern const struct attack seal_attacks[];
extern const struct attack generated_attacks[];

struct attack_kind {
	const char *name;
	const char *what; /* they are about */
	const struct attack *attacks;
};

extern const struct attack_kind attack_kinds[];

#define for_each_kind(k) for (const struct attack_kind *k = attack_kinds; k->name; k++)
#define for_each_attack(a) for_each_kind(k_) for (const struct attack *a = k_->attacks; a->name; a++)

int attack_list(void);
int attack_list_kinds(void);
const struct attack *attack_find(const char *name);
int attack_absent(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern char *attack_reason; /* shared with the runner, ATTACK_REASON_SIZE bytes */
#define ATTACK_REASON_SIZE 256

/* The module under attack, as root could have noted it before the seal. */
#define HOOKS 3
extern const char *const target_hooks[HOOKS];

struct target {
	uint32_t prog[HOOKS], link[HOOKS];
	uint32_t gate, param, count, tally;
	int prog_fd, gate_fd; /* opened before the seal; none where it was refused for them */
	int ftrace_fd;
};

extern struct target target;
extern bool target_to_seal; /* this is a run against seals */

bool target_enforced(void);
int target_load(bool lockdown);
int target_seal(void);
bool target_intact(bool wholly);
int target_hidden(void);
void target_note_record(void);
void target_recall(void);
void target_remount(void);

/* Small steps; all return 0 or a negative errno, or a descriptor where one is made. */
int sys(long result);
int open_fd(const char *path, int flags);
int write_file(const char *path, const char *text);
int write_fd(int fd, const char *text);
int unlink_all(int dirfd, const char *dir);
int remove_tree(const char *dir);
int command(const char *line);
int ftrace_off(void);
/* One operation through a ring of one entry that has had none; what it results in. */
struct io_uring_params;
struct io_uring_sqe;
int uring_submit(int ring, const struct io_uring_params *params, const struct io_uring_sqe *entry);
/* The same, through a ring of its own. */
int uring_op(unsigned int op, int fd, const void *addr, unsigned int len, uint64_t off, unsigned int flags);

#endif
