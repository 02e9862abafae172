# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 200 -f build/tests/vm/mod:/test/mod
#
# bpffs is moved away, or something is mounted over it or a pin directory in it: latch says that it
# does not see all that is in force, and puts nothing beside it.
. /test/lib.sh
. /test/mod/common.sh

hidden_one='a module is in force of which /sys/fs/bpf/latch shows nothing'
covered='something is mounted over /sys/fs/bpf/latch or a directory in it'
hidden=$hidden_one sealed=
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
mkdir -p /n /sys/fs/bpf/empty /sys/fs/bpf/other/latch

# is_hidden WHAT COMMAND...: what that command did is seen, and how; undone by `shown`. Where a
# module is sealed, it is denied.
is_hidden()
{
	what=$1
	shift
	if [ -n "$sealed" ]; then
		not_ok "$what" "$@"
		ok "... list" latch list
		unlike "... shows all" "$output" "$hidden"
		return
	fi
	ok "$what" "$@"
	not_ok "... list fails" latch list
	like "... and says why" "$output" "$hidden"
	unlike "... not that nothing is loaded" "$output" 'no module is loaded'
	not_ok "... log fails" latch log
	like "... and says why" "$output" "$hidden"
	unlike "... not that nothing is loaded" "$output" 'no module is loaded|nothing was denied'
	not_ok "... status fails" latch status --json
	like "... and says why" "$output" "$hidden"
	like "... as a fact, too" "$output" '"hidden": *true'
	status=0
	output=$(latch load lockdown 2>&1) || status=$?
	like "... nothing is loaded beside it" "$output" "nothing is loaded or sealed while $hidden"
	is "... with status 3" $status 3
}

shown()
{
	[ -z "$sealed" ] || return
	ok "... back" "$@"
	ok "... list" latch list
	unlike "... shows all" "$output" "$hidden"
}

everywhere()
{
	is_hidden "$1: bpffs is moved" mount -o move /sys/fs/bpf /n
	[ -n "$sealed" ] || is "... nothing is mounted in its place" "$(grep -c ' /sys/fs/bpf ' /proc/mounts)" 0
	shown mount -o move /n /sys/fs/bpf
	is_hidden "$1: another bpffs over it" mount -t bpf none /sys/fs/bpf
	shown umount /sys/fs/bpf
	is_hidden "$1: a file system over what it is in" mount -t tmpfs none /sys/fs
	shown umount /sys/fs
	hidden=$covered
	is_hidden "$1: one over latch's directory" mount -t tmpfs none $latch_dir
	shown umount $latch_dir
	is_hidden "$1: one over the pin directory" mount -t tmpfs none $latch_dir/trio
	shown umount $latch_dir/trio
	is_hidden "$1: a directory of bpffs over latch's" mount --bind /sys/fs/bpf/empty $latch_dir
	shown umount $latch_dir
	is_hidden "$1: a directory of bpffs over what it is in" mount --bind /sys/fs/bpf/other /sys/fs/bpf
	shown umount /sys/fs/bpf
	is_hidden "$1: the directory over itself" mount --bind $latch_dir/trio $latch_dir/trio
	shown umount $latch_dir/trio
	hidden=$hidden_one
}

# Nothing is: what others have in force is no module.
latch load $mod/one.bpf.o >/dev/null 2>&1
ok "somebody's link" bpftool link pin pinned $latch_dir/one/links/inode_symlink /sys/fs/bpf/somebody
rm -r $latch_dir/one
is "... denies" "$(act symlink)" 1
ok "list" latch list
is "... says that nothing is loaded" "$output" "latch: no module is loaded"
rm /sys/fs/bpf/somebody

# Where the kernel does not answer, as behind a seccomp filter.
not_ok "nothing is known: list" $mod/nobpf errno latch list
like "... says so" "$output" '^latch: cannot tell whether a module is hidden: .*not permitted'

# Where what answers is not the kernel, but a program of root's.
latch load $mod/trio.bpf.o >/dev/null
latch load $mod/liar.bpf.o >/dev/null
mkdir /sys/fs/bpf/lies
for hook in bpf inode_permission; do
	ok "somebody's program on $hook" bpftool link pin pinned $latch_dir/liar/links/$hook /sys/fs/bpf/lies/$hook
done
rm -r $latch_dir/liar
ok "... which is told to lie" bpftool map update name liar.bss key 0 0 0 0 value 1 0 0 0
is "somebody lies to latch: it denies" "$(act symlink link mknod)" "1 13 30"
for command in "list" "status" "log" "info trio" "log trio"; do
	status_is "... $command" 1 latch $command
	like "... says that it is not known" "$output" \
		'whether (a module is in force|trio is loaded) is not known: .*on bpf_lsm_bpf, by which the kernel answers'
	unlike "... not that nothing is loaded" "$output" 'no module is loaded|trio is not loaded'
done
like "... as a fact" "$(latch status --json 2>/dev/null)" '"hidden": *null'
rm -r /sys/fs/bpf/lies
ok "... no longer" latch list
like "... shows it" "$output" '^trio '
unlike "... without a doubt" "$output" 'not known'
ok "unload" latch unload trio

latch load $mod/trio.bpf.o >/dev/null
everywhere "not sealed"
ok "unload" latch unload trio
ok "list" latch list
is "... says that nothing is loaded" "$output" "latch: no module is loaded"

latch load $mod/trio.bpf.o >/dev/null
latch load $mod/parts.bpf.o >/dev/null
ok "two modules, one sealed" latch seal trio --weak
sealed=yes
everywhere "sealed"
sealed='' hidden=$covered
is_hidden "one over the pin directory that is not" mount -t tmpfs none $latch_dir/parts
printf '[lockdown]\ndev_mem = enforce\n' >/etc/latch/latch.conf
like "... what is configured is not known to be so" "$(latch status 2>/dev/null)" \
	'^configured, and whether it is so is not known: lockdown: '
base=
refused "... nothing is sealed" 3 "nothing is loaded or sealed while $hidden" latch seal trio --weak
shown umount $latch_dir/parts
is "... what is sealed denies" "$(act symlink link mknod)" "1 13 30"

done_testing
