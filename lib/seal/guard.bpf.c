// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard: what makes a seal hold. There is one, which the first seal puts up and each later one enters its
 * module into; it protects the programs, maps, links and pins of these, and its own.
 *
 *	bpf_map		no descriptor of a protected map, by id or by path, in any mode
 *	bpf_prog	none of a protected program; no program that would replace one, or
 *			change what a security hook returns, or take an iterator's place
 *	bpf		no descriptor of a protected link by id; no program attached to sysctls, nor detached
 *	inode_unlink, inode_rmdir, inode_rename
 *			no pin is removed or renamed, nor a directory on the way to it
 *	inode_link, inode_mkdir, inode_symlink, path_mknod
 *			nothing is made in a sealed module's pin directory, or the guard's
 *	cgroup/sysctl	ftrace_enabled is not written: with 0 no program of any hook is called
 *
 * Nobody has a descriptor of a protected map or program, and census.c saw to it that nobody had one before; whatever
 * else could be done with one needs no rule. But the guard's own programs may be opened by anybody, so that who adds
 * a seal later can see what they are (prove.c): with a descriptor of one, nothing can be done that is not denied
 * here. There is no .rodata that decides anything: what that holds is not in a program's tag.
 * Kernel memory is read by direct dereference only, so that the guard loads under
 * lockdown=confidentiality; what cannot be read so is in mounts.bpf.c.
 */
#include <linux/magic.h>
#include "seal/enter.bpf.h"

#define ID_OF(map) (((struct bpf_map *)&(map))->id)

/*
 * The guard's own maps are closed to everybody from the moment that it is attached, whatever they hold: so who
 * finds that nobody has a hand on them, finds them as they will be. guard_life says that the owner lives: another
 * may have his number once he is done.
 */
static __always_inline bool is_closed(__u32 id)
{
	return id == ID_OF(guard_life) || id == ID_OF(guard_state) || id == ID_OF(guard_kept) ||
	       id == ID_OF(guard_tamper) || id == ID_OF(guard_alarm) || id == ID_OF(latch_tally);
}

/* But guard_life for the owner, until he has armed. */
static __always_inline bool is_life_of_owner(__u32 id)
{
	struct latch_guard *g = guard();
	__u32 state = g ? LATCH_GUARD_STATE(guard_now(g)) : LATCH_GUARD_DONE;

	return id == ID_OF(guard_life) && g && guard_is_owner(g) &&
	       (state == LATCH_GUARD_OPEN || state == LATCH_GUARD_HOLD);
}

SEC("lsm/bpf_map")
long guard_bpf_map(__u64 *ctx)
{
	struct bpf_map *map = (void *)ctx[0];
	__u32 value;

	if (is_life_of_owner(map->id))
		return 0;
	if (is_closed(map->id))
		return hide(LATCH_SEALS_ALL, LATCH_RULE_BPF_MAP);
	value = kept(LATCH_KEPT_MAP, 0, map->id);
	return value ? hide(LATCH_KEPT_SEAL(value), LATCH_RULE_BPF_MAP) : 0;
}

/* After `latch seal --all` no module comes any more. */
static __always_inline bool too_late(struct bpf_prog *prog)
{
	struct latch_guard *g = guard();
	__u64 now;

	if (prog->type != BPF_PROG_TYPE_LSM || !g)
		return false;
	now = guard_now(g);
	return g->flags & LATCH_SEAL_LAST ||
	       (guard_tries(g, now) && g->seal[LATCH_GUARD_SEALS(now) & (LATCH_SEALS_MAX - 1)].flags & LATCH_SEAL_LAST);
}

/*
 * The program attached last is asked first, and the first that returns non-zero ends the
 * chain. A positive value would pass for "allowed" with callers that test for a negative
 * one, as those of bpf, bpf_map and bpf_prog do, and the guard would not be asked.
 */
static __always_inline bool overrules(struct bpf_prog *prog)
{
	__u32 how = kept(LATCH_KEPT_HOOK, 0, prog->aux->attach_btf_id);

	if (prog->expected_attach_type == BPF_LSM_CGROUP)
		return how & LATCH_KEPT_CGROUP;
	return how & LATCH_KEPT_ANY && !kept(LATCH_KEPT_TAG, 0, *(__u64 *)prog->tag);
}

/* What could undo a denial, or show a false record, once it is attached. */
static __always_inline bool undoes(struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = prog->aux;
	struct bpf_prog *target = aux->dst_prog;

	if (replaces_a_guards(prog) || (target && kept(LATCH_KEPT_PROG, 0, target->aux->id)))
		return true;
	if (prog->type == BPF_PROG_TYPE_LSM)
		return overrules(prog);
	if (prog->expected_attach_type == BPF_MODIFY_RETURN)
		return kept(LATCH_KEPT_FUNC, 0, aux->attach_btf_id);
	/*
	 * BPF_LINK_UPDATE could put it into the place of a view's program: one of the same kind, over the
	 * elements of a map, whether it accesses them or writes what it likes. And it does not measure
	 * what it accesses of them against that map. latch's own have no maps, and so are what their tag says.
	 */
	if (prog->expected_attach_type == BPF_TRACE_ITER &&
	    (aux->max_rdonly_access || aux->max_rdwr_access || kept(LATCH_KEPT_FUNC, 0, aux->attach_btf_id)))
		return aux->used_map_cnt || !kept(LATCH_KEPT_TAG, 0, *(__u64 *)prog->tag);
	return false;
}

/*
 * While a seal is being put on, nobody else loads, or opens, what could undo what the guard denies, whatever its
 * maps hold: so the owner who finds that nothing of that kind is loaded (census.c), finds it so until he is done.
 */
static __always_inline bool is_for_owner_only(struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = prog->aux;
	struct latch_guard *g = guard();

	if (!guard_owned() || (g && guard_is_owner(g)))
		return false;
	if (prog->expected_attach_type == BPF_TRACE_ITER)
		return aux->max_rdonly_access || aux->max_rdwr_access || kept(LATCH_KEPT_FUNC, 0, aux->attach_btf_id);
	return prog->type == BPF_PROG_TYPE_LSM || prog->expected_attach_type == BPF_MODIFY_RETURN ||
	       replaces_a_guards(prog);
}

SEC("lsm/bpf_prog")
long guard_bpf_prog(__u64 *ctx)
{
	struct bpf_prog *prog = (void *)ctx[0];
	__u32 value = kept(LATCH_KEPT_PROG, 0, prog->aux->id);

	if (is_for_owner_only(prog))
		return hide(LATCH_SEALS_ALL, LATCH_RULE_BPF_PROG);
	if (value && !(value & LATCH_KEPT_OPENED))
		return hide(LATCH_KEPT_SEAL(value), LATCH_RULE_BPF_PROG);
	if (!undoes(prog) && !too_late(prog))
		return 0;
	/* Most programs of this type are just another module. */
	return deny_for_all(LATCH_RULE_BPF_PROG,
			    prog->type == BPF_PROG_TYPE_LSM && prog->expected_attach_type == BPF_LSM_MAC ?
				    LATCH_NO_ATTEMPT :
				    LATCH_SHARED);
}

/*
 * The program for sysctls that was attached last has the last word: it can take back what the
 * guard's denied (bpf_set_retval()), or write something else. And the guard's stays.
 */
static __always_inline bool changes_sysctls(__u32 cmd, const union bpf_attr *attr)
{
	return (cmd == BPF_PROG_ATTACH || cmd == BPF_PROG_DETACH || cmd == BPF_LINK_CREATE) &&
	       attr->attach_type == BPF_CGROUP_SYSCTL;
}

SEC("lsm/bpf")
long guard_bpf(__u64 *ctx)
{
	union bpf_attr *attr = (void *)ctx[1];
	__u32 value;

	if (changes_sysctls((__u32)ctx[0], attr))
		return guard_owned() ? deny(LATCH_SEALS_ALL, LATCH_RULE_BPF_PROG, LATCH_NO_ATTEMPT) :
				       deny_for_all(LATCH_RULE_BPF_PROG, LATCH_NO_ATTEMPT);
	if ((__u32)ctx[0] != BPF_LINK_GET_FD_BY_ID)
		return 0;
	value = kept(LATCH_KEPT_LINK, 0, attr->link_id);
	return value ? hide(LATCH_KEPT_SEAL(value), LATCH_RULE_BPF_LINK) : 0;
}

/* The one hook that a busy machine often comes by: what is kept, but for directories, is in bpffs. */
SEC("lsm/inode_unlink")
long guard_inode_unlink(__u64 *ctx)
{
	struct inode *dir = (void *)ctx[0];

	if (dir->i_sb->s_magic != BPF_FS_MAGIC)
		return 0;
	return deny_kept(LATCH_RULE_REMOVE, kept_entry(dir, (void *)ctx[1]));
}

SEC("lsm/inode_rmdir")
long guard_inode_rmdir(__u64 *ctx)
{
	return deny_kept(LATCH_RULE_REMOVE, kept_entry((void *)ctx[0], (void *)ctx[1]));
}

SEC("lsm/inode_rename")
long guard_inode_rename(__u64 *ctx)
{
	return deny_kept(LATCH_RULE_RENAME, first_of(kept_entry((void *)ctx[0], (void *)ctx[1]),
						     kept_entry((void *)ctx[2], (void *)ctx[3])));
}

SEC("lsm/inode_link")
long guard_inode_link(__u64 *ctx)
{
	struct dentry *old = (void *)ctx[0];

	return deny_kept(LATCH_RULE_MAKE, first_of(kept_inode(old->d_inode, LATCH_KEPT_ITSELF),
						   kept_inode((void *)ctx[1], LATCH_KEPT_ENTRIES)));
}

SEC("lsm/inode_mkdir")
long guard_inode_mkdir(__u64 *ctx)
{
	return deny_kept(LATCH_RULE_MAKE, kept_inode((void *)ctx[0], LATCH_KEPT_ENTRIES));
}

SEC("lsm/inode_symlink")
long guard_inode_symlink(__u64 *ctx)
{
	return deny_kept(LATCH_RULE_MAKE, kept_inode((void *)ctx[0], LATCH_KEPT_ENTRIES));
}

/* A pin, too, is made here. */
SEC("lsm/path_mknod")
long guard_path_mknod(__u64 *ctx)
{
	struct path *dir = (void *)ctx[0];

	return deny_kept(LATCH_RULE_MAKE, kept_inode(dir->dentry->d_inode, LATCH_KEPT_ENTRIES));
}

/*
 * Who sets it to what it is, as `sysctl --system` may, has no designs on the seal. It is not
 * let through: a program of somebody's that comes later can write 0 in its place.
 */
static __always_inline bool turns_on(struct bpf_sysctl *ctx)
{
	char value[24] = "";
	long number = 0;
	int size = bpf_sysctl_get_new_value(ctx, value, sizeof(value));

	if (size < 0 && size != -E2BIG)
		return false;
	return bpf_strtol(value, sizeof(value) - 1, 0, &number) > 0 && number;
}

/* In the code, which the program's tag is made of: asked is zeros behind its end. */
static __always_inline bool is_ftrace_enabled(const char *asked)
{
	static const char name[] = "kernel/ftrace_enabled";
	bool is = true;

#pragma unroll
	for (unsigned int i = 0; i < sizeof(name); i++)
		is &= asked[i] == name[i];
	return is;
}

/*
 * Attached to the root of the default hierarchy, by itself and not by a link, it stays
 * there for good: that it is detached is denied.
 */
SEC("cgroup/sysctl")
int guard_sysctl(struct bpf_sysctl *ctx)
{
	char asked[32] = "";
	struct latch_guard *g = guard();

	if (!ctx->write || !g || (!guard_owned() && !guard_in_force(g, 0)))
		return 1;
	if (bpf_sysctl_get_name(ctx, asked, sizeof(asked), 0) < 0 || !is_ftrace_enabled(asked))
		return 1;
	attempted(LATCH_SEALS_ALL, LATCH_RULE_FTRACE, turns_on(ctx) ? LATCH_NO_ATTEMPT : LATCH_SHARED, false);
	return 0;
}

char latch_license[] SEC("license") = "GPL";
