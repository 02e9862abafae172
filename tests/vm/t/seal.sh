# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# latch seal: what root may do with a module before, and no more afterwards; that the
# record stays readable; and that innocent things go on working.
. /test/lib.sh
. /test/mod/common.sh

pindir=$latch_dir/trio

map_id()
{
	bpftool map show pinned $pindir/maps/gate | sed -n 's/^\([0-9]*\):.*/\1/p'
}

prog_id()
{
	bpftool link show pinned $pindir/links/inode_symlink | sed -n 's/.* prog \([0-9]*\).*/\1/p'
}

# bpftool exits 255, which not_ok takes for a signal.
fails()
{
	"$@" || return 1
}

denies()
{
	is "$1" "$(act symlink link mknod)" "1 13 30"
}

latch load $mod/trio.bpf.o >/dev/null
latch unload trio >/dev/null
before=$(counts)
ok "load" latch load $mod/trio.bpf.o

# Before: all of this is root's to do.
map=$(map_id)
prog=$(prog_id)
ok "unsealed: its gate can be opened by id" bpftool map dump id "$map"
ok "... its program, too" bpftool prog show id "$prog"
ok "... a pin can be renamed" mv $pindir/links/inode_link $pindir/links/x
ok "... and back" mv $pindir/links/x $pindir/links/inode_link
ok "... a directory can be made" mkdir $pindir/links/x
ok "... and removed" rmdir $pindir/links/x
ok "... the pin directory can be renamed" mv $pindir $latch_dir/other
ok "... and back" mv $latch_dir/other $pindir
[ -e /proc/sys/kernel/ftrace_enabled ] && uname -r | grep -q '^[67]\.[0-2]\|^6\.' &&
	ok "... ftrace_enabled can be written" sh -c 'echo 1 >/proc/sys/kernel/ftrace_enabled'

base=''
latch load $mod/mapped.bpf.o >/dev/null
refused "seal, with a map that user space writes" 4 'its map [0-9]+ .commands. can be mapped into memory' latch seal mapped --weak
ok "... unload" latch unload mapped
base=''
refused "seal, with everything open from below" 3 'undone from below' latch seal trio
like "... names what is open" "$output" '^  lockdown: .*not loaded'
like "... and the remedy" "$output" '--with-lockdown'
is "... leaves the module as it was" "$(find $latch_dir | grep -c '/seal$\|/iter\|guard~')" 0
refused "seal of a module that is not loaded" 1 'nothing is not loaded' latch seal nothing
refused "seal of nothing" 2 'one module, or --all' latch seal
refused "seal, weak and not" 2 'not both' latch seal trio --weak --with-lockdown

exec 7>/proc/sys/kernel/ftrace_enabled
ok "seal --weak" latch seal trio --weak
like "... says so" "$output" '^trio: sealed WEAKLY since .* by uid 0'
like "... and what is open" "$output" '^OPEN: lockdown: '
denies "it enforces"

for command in "unload trio" "mode trio observe" "set trio deny=no" "confirm trio" "load $mod/trio.bpf.o" "seal trio"; do
	# shellcheck disable=SC2086
	status_is "$command: refused" 3 latch $command
	like "... since when and by whom" "$output" '^latch: trio is sealed since 20[0-9-]* [0-9:]* by uid 0 \(pid [0-9]+\): .* until reboot$'
done

ok "list" latch list
like "... shows the seal" "$output" '^ *sealed WEAKLY'
ok "status" latch status
like "... shows the seal" "$output" '^  sealed WEAKLY since'
like "... and what is open" "$output" '^  OPEN: lockdown: '
like "... and parameters" "$output" '^  deny=yes'
ok "info" latch info trio
like "... shows the seal" "$output" '^seal  *sealed WEAKLY'
ok "list --json" latch list --json
like "... has the seal" "$output" '"weak": *true'
like "log" "$(latch log trio)" 'inode_symlink'
latch watch trio >/tmp/watch 2>&1 &
watch=$!
tries=0
until grep -q inode_symlink /tmp/watch || [ $tries -ge 100 ]; do
	act symlink >/dev/null
	usleep 100000
	tries=$((tries + 1))
done
kill $watch
like "watch" "$(cat /tmp/watch)" 'inode_symlink'

# After: none of it is.
not_ok "its gate by id" fails bpftool map dump id "$map"
not_ok "its gate by path" fails bpftool map dump pinned $pindir/maps/gate
not_ok "its program by id" fails bpftool prog show id "$prog"
not_ok "a pin is not removed" rm $pindir/links/inode_symlink
not_ok "... nor renamed" mv $pindir/links/inode_link $pindir/links/x
not_ok "... nor linked" ln $pindir/links/inode_link $latch_dir/x
not_ok "... nor the guard's" rm $latch_dir/guard~/links/inode_unlink
not_ok "... nor an iterator" rm $pindir/iter/gate
not_ok "nothing is made in the pin directory" mkdir $pindir/links/x
not_ok "... no symbolic link" ln -s x $pindir/links/x
not_ok "... no pin" fails bpftool map create $pindir/maps/x type array key 4 value 4 entries 1 name x
not_ok "the pin directory is not renamed" mv $pindir $latch_dir/other
not_ok "... nor replaced" sh -c "mkdir $latch_dir/other && mv -T $latch_dir/other $pindir"
rmdir $latch_dir/other $pindir/other 2>/dev/null
not_ok "the latch directory is not renamed" mv $latch_dir /sys/fs/bpf/other
not_ok "umount" umount /sys/fs/bpf
not_ok "umount -l" umount -l /sys/fs/bpf
not_ok "umount -l of what it lies on" umount -l /sys
not_ok "... of the root" umount -l /
not_ok "ftrace_enabled" sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'
not_ok "... by a descriptor opened before" sh -c 'echo 0 >&7'
mkdir /tmp/proc
mount -t proc proc /tmp/proc
not_ok "... by another procfs" sh -c 'echo 0 >/tmp/proc/sys/kernel/ftrace_enabled'
ok "that one is unmounted" umount /tmp/proc
mount --make-rshared /
unshare -m --propagation shared sh -c 'umount -l /sys' 2>/dev/null
ok "umount -l in a namespace that propagates: bpffs stays" test -d $pindir/links
unshare -m --propagation shared sh -c 'mkdir /tmp/bind; mount --rbind / /tmp/bind; umount -l /tmp/bind' 2>/dev/null
ok "... nor by a bind mount that propagates" test -d $pindir/links
unshare -m --propagation private sh -c 'umount -l /sys && rmdir /sys' 2>/dev/null
ok "removing the directory below the mount: bpffs stays" test -d $pindir/links
rm -rf $latch_dir /sys/fs/bpf/* 2>/dev/null
sleep 7
denies "after all that it enforces"
is "... and nothing of it is gone" "$(latch list 2>&1 | grep -c 'damaged')" 0

# Innocent things.
ok "another map, made and shown" bpftool map create /sys/fs/bpf/x type array key 4 value 4 entries 1 name x
ok "... read" bpftool map dump pinned /sys/fs/bpf/x
ok "all maps are listed, but the hidden ones" bpftool map show
like "... the innocent one, too" "$output" 'name x'
ok "all programs" bpftool prog show
ok "all links" bpftool link show
ok "... and removed" rm /sys/fs/bpf/x
ok "a file system mounted" mount -t tmpfs none /tmp/proc
ok "... and unmounted" umount /tmp/proc
ok "... a private /sys is unmounted" unshare -m --propagation private umount -l /sys
ok "another module is loaded" latch load $mod/one.bpf.o
ok "... and unloaded" latch unload one
denies "it enforces before others come"
ok "a second seal" sh -c "latch load $mod/parts.bpf.o links=enforce && latch seal parts --weak"
status_is "... holds" 3 latch unload parts
ok "a third, of one without the SDK" sh -c "latch load $mod/one.bpf.o && latch seal one --weak"
status_is "... holds" 3 latch unload one
# No name that a module can have is one that a seal tries.
cd /tmp || exit
for m in linked renamed renamed0 renamed1 another; do
	cp $mod/one.bpf.o $m.bpf.o
	latch load ./$m.bpf.o >/dev/null
done
ok "beside modules of any name" latch seal another --weak
unlike "... nothing more is open" "$output" '^OPEN: (renam|link)'
like "an innocent program is loaded" "$(latch load $mod/second.bpf.o 2>&1)" loaded
ok "seal --all" latch seal --all --weak
status_is "load after that" 3 latch load template
like "... says why" "$output" 'everything is sealed since'
unlike "it enforces at the end" "$(act symlink link mknod)" '(^| )0( |$)'

done_testing
