# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch replace` at each of its system calls: see sweep.sh. The old one denies
# with 1 13 30 on three hooks, the new one with 1 1 1 and has a fourth; while both are there
# the new one, attached last, is asked first. Never does neither deny.
. /test/lib.sh
. /test/mod/common.sh
. /test/mod/sweep.sh

old()
{
	case $now in
	trio*:3) ;;
	trio*) latch replace trio $mod/trio.bpf.o ;;
	*) latch load $mod/trio.bpf.o ;;
	esac >/dev/null
	now=trio:enforce:3
}

half="1 13 30/1 1 1"
whole="trio:enforce:3|1 13 30/trio:enforce:4|1 1 1"
settles="1 1 1>1 13 30"
sweep "replace" old latch replace trio $mod/trio2.bpf.o
ok "a replacement after that" latch replace trio $mod/trio2.bpf.o
is "... enforces" "$(act symlink link mknod setxattr)" "1 1 1 1"
ok "... and unloads" latch unload trio
is "the latch directory is empty" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
