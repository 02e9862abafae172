# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# A hook takes 38 programs (BPF_MAX_TRAMP_LINKS), on 7.x 36 of these. The one beyond is refused as a
# whole, and each of those before still denies: they are unloaded one by one, and the last
# denies yet.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
n=0
while
	n=$((n + 1))
	cp $mod/one.bpf.o m$n.bpf.o
	[ "$n" -le 50 ] && latch load ./m$n.bpf.o >load.output 2>&1
do
	:
done
full=$((n - 1))
case $(uname -r) in
6.*) is "programs that a hook takes" "$full" 38 ;;
*) is "programs that a hook takes" "$full" 36 ;;
esac

base=''
refused "one more" 1 "m$n: hook inode_symlink is full: .*bpftool link" latch load ./m$n.bpf.o
refused "one more, of three hooks" 1 "trio: hook inode_symlink is full" latch load $mod/trio.bpf.o
is "the other hooks of that one are as they were" "$(act symlink link mknod)" "1 0 0"
is "list has them all" "$(latch list | grep -c ungated)" "$full"

latch unload m1 >/dev/null
ok "where one goes, one may come" latch load $mod/trio.bpf.o
is "... and enforces" "$(act symlink link mknod)" "1 13 30"
base=''
refused "... replacing it needs two places" 1 "hook inode_symlink is full" latch replace trio $mod/trio2.bpf.o
is "... and leaves it" "$(loaded | grep -o 'trio:[a-z:0-9]*') $(act symlink link mknod)" "trio:enforce:3 1 13 30"
latch unload trio >/dev/null

ok "a feature's hook, where it is full: load with it off" latch load ./m1.bpf.o
ok "... parts" latch load $mod/parts.bpf.o links=enforce
base=''
refused "... set that needs the full hook too" 1 "hook inode_symlink is full" \
	latch set parts nodes=enforce symlinks=enforce
is "... changes nothing" "$(act symlink link mknod)" "1 1 0"
latch unload parts >/dev/null

missed=''
for i in $(seq 1 "$full"); do
	[ "$(act symlink)" = 1 ] || missed="$missed $i"
	latch unload m"$i" >/dev/null || missed="$missed unload-$i"
done
is "each of them denied" "$missed" ""
is "without them nothing is denied" "$(act symlink)" 0
is "nothing is left" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
