# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch load`, gated and ungated, at each of its system calls: see sweep.sh.
. /test/lib.sh
. /test/mod/common.sh
. /test/mod/sweep.sh

nothing()
{
	case $now in
	trio*) latch unload trio ;;
	plain*) latch unload plain ;;
	esac >/dev/null && now=
}

half="0 0 0/1 13 30"
whole="|0 0 0/trio:enforce:3|1 13 30"
sweep "load" nothing latch load $mod/trio.bpf.o
ok "a load after that" latch load $mod/trio.bpf.o
is "... enforces" "$(act symlink link mknod)" "1 13 30"
ok "... and unloads" latch unload trio
counts_are "nothing is left in the kernel" "$boot_counts"

# A module without a gate goes live hook by hook, and what is pinned of it by then stays
# live until the next latch command. That command has to end it.
half="any"
whole="|0 0 0/plain:ungated:3|1 13 30"
sweep "load, ungated" nothing latch load $mod/plain.bpf.o
ok "a load after that" latch load $mod/plain.bpf.o
is "... enforces" "$(act symlink link mknod)" "1 13 30"
ok "... and unloads" latch unload plain
is "the latch directory is empty" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
