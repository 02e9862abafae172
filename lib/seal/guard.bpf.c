// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard: what makes a seal hold. One instance for each sealed module; it
 * protects that module's programs, maps, links and pins, and its own.
 *
 *	bpf_map		no descriptor of a protected map, by id or by path, in any mode
 *	bpf_prog	none of a protected program; no program that would replace one, or
 *			change what a security hook returns, or take an iterator's place
 *	bpf		no descriptor of a protected link by id; no program attached to sysctls
 *	inode_unlink, inode_rmdir, inode_rename
 *			no pin is removed or renamed, nor a directory on the way to it
 *	inode_link, inode_mkdir, inode_symlink, path_mknod
 *			nothing is made in a sealed module's pin directory
 *	cgroup/sysctl	ftrace_enabled is not written: with 0 no program of any hook is called
 *
 * Nobody has a descriptor of a protected map or program, and census.c saw to it
 * that nobody had one before; whatever else could be done with one needs no rule.
 * Kernel memory is read by direct dereference only, so that the guard loads under
 * lockdown=confidentiality; what cannot be read so is in mounts.bpf.c.
 */
#include <linux/magic.h>
#include "seal/guard.bpf.h"

SEC("lsm/bpf_map")
long guard_bpf_map(__u64 *ctx)
{
	struct bpf_map *map = (void *)ctx[0];

	return kept(LATCH_KEPT_MAP, 0, map->id) ? hide(LATCH_RULE_BPF_MAP) : 0;
}

/* After `latch seal --all` no module comes any more. */
static __always_inline bool too_late(struct bpf_prog *prog)
{
	struct latch_guard *g = guard();

	return prog->type == BPF_PROG_TYPE_LSM && g && g->seal.flags & LATCH_SEAL_LAST;
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

	if (target && kept(LATCH_KEPT_PROG, 0, target->aux->id))
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

SEC("lsm/bpf_prog")
long guard_bpf_prog(__u64 *ctx)
{
	struct bpf_prog *prog = (void *)ctx[0];

	if (kept(LATCH_KEPT_PROG, 0, prog->aux->id))
		return hide(LATCH_RULE_BPF_PROG);
	if (!undoes(prog) && !too_late(prog))
		return 0;
	/* Most programs of this type are just another module. */
	return deny(LATCH_RULE_BPF_PROG, prog->type == BPF_PROG_TYPE_LSM && prog->expected_attach_type == BPF_LSM_MAC ?
						 LATCH_NO_ATTEMPT :
						 LATCH_SHARED);
}

/*
 * The program for sysctls that was attached last has the last word: it can take back what the
 * guard's denied (bpf_set_retval()), or write something else.
 */
static __always_inline bool attaches_to_sysctls(__u32 cmd, const union bpf_attr *attr)
{
	return (cmd == BPF_PROG_ATTACH || cmd == BPF_LINK_CREATE) && attr->attach_type == BPF_CGROUP_SYSCTL;
}

SEC("lsm/bpf")
long guard_bpf(__u64 *ctx)
{
	union bpf_attr *attr = (void *)ctx[1];

	if (attaches_to_sysctls((__u32)ctx[0], attr))
		return deny(LATCH_RULE_BPF_PROG, LATCH_NO_ATTEMPT);
	if ((__u32)ctx[0] != BPF_LINK_GET_FD_BY_ID)
		return 0;
	return kept(LATCH_KEPT_LINK, 0, attr->link_id) ? hide(LATCH_RULE_BPF_LINK) : 0;
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
	__u32 how = kept_entry((void *)ctx[0], (void *)ctx[1]);

	return deny_kept(LATCH_RULE_RENAME, how ? how : kept_entry((void *)ctx[2], (void *)ctx[3]));
}

SEC("lsm/inode_link")
long guard_inode_link(__u64 *ctx)
{
	struct dentry *old = (void *)ctx[0];
	__u32 how = kept_inode(old->d_inode, LATCH_KEPT_ITSELF);

	return deny_kept(LATCH_RULE_MAKE, how ? how : kept_inode((void *)ctx[1], LATCH_KEPT_ENTRIES));
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

/*
 * Attached to the root of the default hierarchy, by itself and not by a link, it stays
 * there for good: only a descriptor of the program could detach it.
 */
SEC("cgroup/sysctl")
int guard_sysctl(struct bpf_sysctl *ctx)
{
	static const char name[] = "kernel/ftrace_enabled";
	char asked[32] = "";
	struct latch_guard *g = guard();

	if (!ctx->write || !g || !guard_in_force())
		return 1;
	if (bpf_sysctl_get_name(ctx, asked, sizeof(asked), 0) != sizeof(name) - 1 ||
	    bpf_strncmp(asked, sizeof(name), name))
		return 1;
	__sync_fetch_and_add(&g->denied, 1);
	if (g->state != LATCH_GUARD_ARMED)
		return 0;
	record(g, LATCH_RULE_FTRACE, false);
	/* Here all guards are asked, so each goes by its own. */
	if (g->tamper[LATCH_OWN] && !turns_on(ctx))
		tell(g, LATCH_RULE_FTRACE, g->tamper[LATCH_OWN]);
	return 0;
}

/* Says who the owner is, in the initial pid namespace. */
SEC("syscall")
int guard_owner(void *ctx)
{
	struct latch_guard *g = guard();

	if (!g || g->state != LATCH_GUARD_OPEN)
		return -EPERM;
	g->owner = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

char latch_license[] SEC("license") = "GPL";
