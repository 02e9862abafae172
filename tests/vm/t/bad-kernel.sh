# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# What is wrong around latch: file systems that are not mounted, ftrace turned off, and
# pins that somebody removed. Nothing works by half: refused, or said to be damaged.
. /test/lib.sh
. /test/mod/common.sh

# bpffs
umount /sys/fs/bpf 2>/dev/null
ok "load, without bpffs" latch load template
like "... says that it is mounted" "$output" "latch: mounted bpffs on /sys/fs/bpf"
like "... and it is" "$(grep /sys/fs/bpf /proc/mounts)" "^[^ ]* /sys/fs/bpf bpf .*nosuid.*mode=700"
denied "... with the module enforcing" su user -c "ln -s x /tmp/link"
ok "unload" latch unload template

refused "load, without /sys/fs/bpf" 4 "^latch: /sys/fs/bpf: No such file.*something is mounted over it, or over a directory above it" \
	unshare -m sh -c "mount -t tmpfs none /sys/fs && exec latch load template"
refused "load, without /sys" 4 "^latch: .*mount -t sysfs sysfs /sys" \
	unshare -m sh -c "mount -t tmpfs none /sys && exec latch load template"
refused "doctor, without /sys" 4 "bpffs +unknown .*mount -t sysfs sysfs /sys" \
	unshare -m sh -c "mount -t tmpfs none /sys && exec latch doctor"
refused "load, without /proc" 1 "^latch: " \
	unshare -m sh -c "umount /proc && exec latch load template"
refused "load, with bpffs read-only" 1 "^latch: /sys/fs/bpf is mounted read-only.*mount -o remount,rw /sys/fs/bpf" \
	unshare -m sh -c "mount -o remount,ro,bind /sys/fs/bpf && exec latch load template"

# securityfs
umount /sys/kernel/security
refused "load, without securityfs" 4 \
	"/sys/kernel/security/lsm: No such file.*mount -t securityfs securityfs /sys/kernel/security" \
	latch load template
refused "doctor, without securityfs" 4 "active LSMs *unknown *.*mount -t securityfs" latch doctor
mount -t securityfs securityfs /sys/kernel/security
status_is "doctor, with it again" 0 latch doctor

# ftrace: what turns every program off, on kernels that let it
latch load $mod/trio.bpf.o >/dev/null
if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	is "ftrace_enabled=0 is a way around" "$(act symlink link mknod)" "0 0 0"
	status_is "status says so" 4 latch status
	like "... and what to do" "$output" "MODULES DO NOT WORK: ftrace: .*sysctl kernel.ftrace_enabled=1"
	status_is "doctor says so" 4 latch doctor
	base=''
	refused "load refuses" 4 "ftrace: kernel.ftrace_enabled is 0.*sysctl kernel.ftrace_enabled=1" \
		latch load template
	echo 1 >/proc/sys/kernel/ftrace_enabled
	is "ftrace_enabled=1: all holds again" "$(act symlink link mknod)" "1 13 30"
else
	skip "ftrace_enabled=0" "$(uname -r) refuses it"
	is "... and all holds" "$(act symlink link mknod)" "1 13 30"
fi
latch unload trio >/dev/null

# damaged PINS DENIED: what is said of a module whose pins somebody removed, and what is left
damaged()
{
	pins=$1 denied=$2
	latch load $mod/trio.bpf.o >/dev/null
	(cd $latch_dir/trio && rm -r $pins) || echo "not ok - rm $pins"
	latch load $mod/verdict.bpf.o >/dev/null 2>&1
	is "$pins removed: what is denied" "$(act symlink link mknod)" "$denied"
	status_is "... list: exit status" 1 latch list
	like "... list: says so" "$output" "trio is damaged: .*(unload|removed)"
	like "... list: the others" "$output" "^verdict +1.0 +enforce +1 "
	status_is "... status: exit status" 1 latch status
	like "... status: says so" "$output" "(trio is damaged|DAMAGED)"
	like "... list --json: says so" "$(latch list --json 2>&1)" "trio is damaged|.missing_hooks.: ?[1-9]"
	base=''
	refused "... load" 1 "trio is already loaded" latch load $mod/trio.bpf.o
	ok "... unload" latch unload trio
	is "... unload: nothing of it is denied" "$(act symlink link mknod)" "0 0 0"
	latch unload verdict >/dev/null
	is "... unload: nothing is left" "$(pindirs)" ""
}

latch list >/dev/null 2>&1
damaged links/inode_link "1 0 30"
damaged links "0 0 0"
damaged info "1 13 30"
damaged maps/param "1 13 30"
damaged maps/count "1 13 30"
damaged maps/gate "1 13 30"
damaged "maps info" "1 13 30"
counts_are "nothing is left in the kernel" "$boot_counts"

# somebody else's things in the latch directory
mkdir "$latch_dir/Not a module" $latch_dir/empty
latch load $mod/trio.bpf.o >/dev/null
status_is "list, with an empty pin directory" 1 latch list
like "... says what it is" "$output" "empty is damaged"
like "... and shows the others" "$output" "^trio +1.0 +enforce +3 "
ok "unload of an empty pin directory" latch unload empty
ok "unload of the other" latch unload trio
rmdir "$latch_dir/Not a module"
is "nothing is left" "$(pindirs)" ""
counts_are "nothing is left in the kernel at the end" "$boot_counts"

done_testing
