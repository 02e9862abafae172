/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands of latch(8) share. */
#ifndef LATCH_CLI_H
#define LATCH_CLI_H

#include <json-c/json.h>
#include <latch/latch.h>
#include "options.h"
#include "screen.h"

#ifndef LATCH_CONFIG_DIR
#define LATCH_CONFIG_DIR "/etc/latch"
#endif

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED, EXIT_KERNEL, EXIT_DIFFERS };

/* Prints an error and returns the exit status that stands for it. */
int fail(int code, const struct latch_error *err);
/* The exit status; a failure if what was printed could not be written. */
int finish(int status);

/* limits.c: so that latch does not run short of files or memory. An exit status, and said why, if that cannot be. */
int raise_limits(void);

/* Says what to do before a trial is over, if it is one. */
void say_trial(const struct options *o, const char *name);

/* Says `text` on stderr if what follows takes longer than a second. */
void progress_begin(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);

/* Opens the latch directory to change something, and says what that had to do. */
int open_latch(struct latch **l, bool make, struct latch_error *err);
/* Opens it to read, and says what somebody left there. */
int open_to_read(struct latch **l, struct latch_error *err);

/* latch_time_format(); that the clock was not set then is said at the end, once. */
const char *format_time(const struct latch_time *t, char *buf, size_t size);

/* ---- shown.c: text from elsewhere, fit for a terminal, by latch_text_shown() ---- */

#define PATH_TEXT (4 * 4096) /* a path, with each byte escaped */

/* Returns buf. */
const char *printable(const char *text, char *buf, size_t size);
/* Of a sentence of liblatch: its lines stay lines. */
const char *printable_lines(const char *text, char *buf, size_t size);
/* The same, allocated. */
char *shown(const char *text);
void free_shown(char **text);
#define _cleanup_text_ __attribute__((cleanup(free_shown)))
/* "latch: ..." on standard error; what the words quote is made printable. */
void message(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same of a sentence of liblatch, with its lines. */
void message_lines(const char *text);

const char *mode_word(const struct latch_state *st);
void hex(const uint8_t *bytes, size_t n, char *buf);

/* available.c */
/* The files in the module directory. Returns an exit status. */
int list_available(bool json);
/* What to do first, if nothing is loaded yet. */
void say_if_nothing(struct latch *l);

/* holds.c */
/* Whether modules are called; where they are not, or it is not known, the sentence goes to out, if that is not NULL. */
enum latch_called say_called(FILE *out);
void json_called(struct json_object *o, enum latch_called called);
/* p: NULL for the module. */
void json_holds(struct json_object *o, const struct latch_state *st, const struct latch_param *p,
		enum latch_called called);
/* null, and "-", for what is not known. */
void json_count(struct json_object *o, const char *key, bool known, uint64_t n);
const char *count_text(bool known, uint64_t n, char *buf, size_t size);
/* Where something else holds than the mode says: what, else "". Returns buf; or a line of it. */
const char *holds_text(const struct latch_state *st, enum latch_called called, char *buf, size_t size);
void print_holds(const struct latch_state *st, enum latch_called called, const char *indent);
/* " (holds: observe)", where that is not the feature's value; else, and without st, "". Returns buf. */
const char *value_holds(const struct latch_state *st, const struct latch_param *p, enum latch_called called, char *buf,
			size_t size);
/*
 * After a change: prints what holds of a module. EXIT_KERNEL, if it is to enforce and is not called, or
 * that is not known. The other: of all, and prints nothing where all is well.
 */
int report_holds(struct latch *l, const char *name);
int enforcement_called(struct latch *l);

/* builtin.c: the features that are on and not recorded; in words, or nothing. */
size_t count_unrecorded(const struct latch_state *st);
void json_unrecorded(struct json_object *o, const struct latch_state *st);
const char *unrecorded_text(const struct latch_state *st, char *buf, size_t size);

/* seal.c */
/* "sealed since ..." and the ways that are open, a line each, or nothing. */
void print_seal(const struct latch_state *st, const char *indent);
void json_seal(struct json_object *o, const struct latch_state *st);
/* main.c: before seal_with() or a plan with a seal, and before anything is said: it may begin anew from main(). */
void begin_seal(struct latch *l);
/* Seals as --weak, --with-lockdown and --on-tamper say, and reports. */
int seal_with(struct latch *l, const char *name, const struct options *o);

/* json.c */
/* --json was given; what was said of a failure; the end, where an error is printed if nothing else was. */
void json_asked(void);
void json_failed(const char *text);
void json_end(int status);
/* Prints and frees; in one line. */
int json_out(struct json_object *o);
void json_line(struct json_object *o);
/* As shown(); NULL: null. All strings are made by this. */
struct json_object *json_text(const char *value);
void json_string(struct json_object *o, const char *key, const char *value);
/* A name that is not latch's, so that it can be told: by latch_name_shown(). */
void json_name(struct json_object *o, const char *key, const char *name);
void json_number(struct json_object *o, const char *key, int64_t value);
/*
 * KEY: seconds since 1970 with milliseconds, or null if the clock was not set then; and
 * KEY_boot_ns (of "time": boot_ns), the boot clock.
 */
void json_time(struct json_object *o, const char *key, const struct latch_time *t);

/* Calls fn for each loaded module, or for the one named; one that cannot be read is reported and counted. */
int each_state(struct latch *l, const char *name, int (*fn)(struct latch_state *st, void *arg), void *arg);

/* The same, and calls bad for one that cannot be read, after it was reported. */
int each_state_or(struct latch *l, const char *name, int (*fn)(struct latch_state *st, void *arg),
		  void (*bad)(const char *name, const struct latch_error *err, void *arg), void *arg);
/* Of a module that cannot be read: its name, and the error. */
struct json_object *json_damaged(const char *name, const struct latch_error *err);

int cmd_apply(int argc, char **argv);
int cmd_confirm(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_load(int argc, char **argv);
/*
 * dropin.c: writes the drop-in of advise, if it is read as these settings of lockdown. force: also if it
 * was edited. Returns an exit status.
 */
int write_drop_in(const char *text, size_t size, const struct latch_setting *list, size_t n, bool force);
int advise_merge(char *const *files, size_t n, bool json);
/* "denied", "observed" or "excepted" */
const char *verdict_word(uint32_t verdict);
struct json_object *who_json(const struct latch_who *who, const struct latch_tally_key *key,
			     const struct latch_module *mod);
#define COMM_TEXT (4 * sizeof(((struct latch_who *)0)->comm) + 1)
/* The name of the process, fit for a terminal. Returns buf. */
const char *comm_of(const struct latch_who *who, char *buf, size_t size);
#define UNIT_TEXT (4 * 256)
/* The systemd unit, or the cgroup, fit for a terminal; "" if that is gone. Returns buf. */
const char *unit_of(const struct latch_who *who, char *buf, size_t size);
/* Whether a program asked: no kernel thread, and no interrupt. */
bool is_program(const struct latch_tally_key *key);
/* " (reading)" if it was asked by a system call that reads, " (latch itself)", or "". */
const char *reading(const struct latch_tally_key *key);
/* Whether the program at that path is one that runs other programs' text. */
bool is_interpreter(const char *path);
/*
 * Path of the program that asked, byte by byte as it is; false, and what is recorded, if its file
 * is not found there: see latch_who_path(). false and "" where no program asked.
 */
bool program_path(const struct latch_who *who, const struct latch_tally_key *key, char *buf, size_t size);
/* The same, fit for a terminal; of a kernel thread, its name. buf: PATH_TEXT. Returns buf. */
const char *program(const struct latch_who *who, const struct latch_tally_key *key, char *buf, size_t size);

#define EXCEPTION_TEXT (4 * LATCH_ALLOW_NAME + 16)
/* "exe /usr/bin/x", fit for a terminal. Returns buf. */
const char *exception_words(const struct latch_exception *ex, char *buf, size_t size);
/* How many exceptions a feature has. */
size_t count_exceptions(const struct latch_module *mod, const struct latch_param *p);
/* Finds out which exceptions are lost. Returns an exit status, and has printed why. */
int check_exceptions(struct latch_module *mod);
void print_exceptions(const struct latch_module *mod);
struct json_object *exceptions_json(const struct latch_module *mod, const struct latch_param *p);
/* Why that program does not have the exception that it had; NULL if it had none, or has it. */
const char *lost_exception(const struct latch_module *mod, const struct latch_tally_key *key,
			   const struct latch_who *who);
/*
 * The command that keeps a program's use of a feature: an exception, if there can be one; only for
 * the file that it ran, as it is there now. Returns buf.
 */
const char *keep_command(const struct latch_module *mod, const struct latch_tally_key *key, const struct latch_who *who,
			 char *buf, size_t size);
/* " (why)", if the program cannot have one as its file is not found; or "". */
const char *why_no_exception(const struct latch_module *mod, const struct latch_tally_key *key,
			     const struct latch_who *who);

/* features.c: as a table or in JSON, with what holds of them. */
int print_features(const struct latch_state *st, const struct latch_record *records, size_t n, bool json);
int lockdown_allow(int argc, char **argv);
int lockdown_check(int argc, char **argv);
int lockdown_profile(int argc, char **argv);
int lockdown_set(int argc, char **argv);
int lockdown_status(int argc, char **argv);
int lockdown_disallow(int argc, char **argv);
int lockdown_advise(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_mode(int argc, char **argv);
int cmd_seal(int argc, char **argv);
int cmd_replace(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_unload(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
