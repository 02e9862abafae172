# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch unload`, `mode`, `set`, and of a command while it removes what a killed
# one left, at each of their system calls: see sweep.sh.
. /test/lib.sh
. /test/mod/common.sh
. /test/mod/sweep.sh

trio()
{
	[ -n "$now" ] || latch load $mod/trio.bpf.o >/dev/null
	now=trio
}

half="0 0 0/1 13 30"
whole="|0 0 0/trio:enforce:3|1 13 30"
sweep "unload" trio latch unload trio

# A closed gate is what a killed load leaves when it comes as far as to the last step.
leftover()
{
	[ -z "$full" ] || [ "$(traces)" != "$full" ] || return 0
	clear_left >/dev/null
	now=$(loaded)
	trio
	bpftool map update pinned $latch_dir/trio/maps/gate key 0 0 0 0 value 0 0 0 0 0 0 0 0
	full=$(traces)
}

half="0 0 0"
whole="|0 0 0"
full=''
# It ends well: `apply` finds nothing to do.
mkdir -p /etc/latch
: >/etc/latch/latch.conf
sweep "leftovers to remove" leftover latch apply
ok "the next one ends it" latch apply
is "the latch directory is empty" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

enforcing()
{
	case $now in
	trio:enforce*) ;;
	trio:observe*) latch mode trio enforce ;;
	*) latch load $mod/trio.bpf.o ;;
	esac >/dev/null
	now=trio:enforce
}

half="1 13 30/0 0 0"
whole="trio:enforce:3|1 13 30/trio:observe:3|0 0 0"
sweep "mode" enforcing latch mode trio observe
ok "mode again" latch mode trio enforce
is "... enforces" "$(act symlink link mknod)" "1 13 30"
latch unload trio >/dev/null

symlinks_only()
{
	case $now in
	parts*:1) ;;
	parts*) latch set parts symlinks=enforce links=off nodes=off ;;
	*) latch load $mod/parts.bpf.o symlinks=enforce ;;
	esac >/dev/null
	now=parts:1
}

half="1 0 0/0 1 0"
whole="parts:enforce:1|1 0 0/parts:enforce:2|0 1 0"
sweep "set" symlinks_only latch set parts symlinks=off links=enforce nodes=observe
ok "set again" latch set parts symlinks=enforce links=enforce nodes=enforce
is "... enforces" "$(act symlink link mknod)" "1 1 1"

# Killed once the trial runs, the hooks that it may need stay attached until it is over.
not_on_trial()
{
	[ "$now" != parts:1 ] || return 0
	latch confirm parts >/dev/null 2>&1
	latch set parts symlinks=enforce links=off nodes=off >/dev/null
	now=parts:1
}

now=
not_on_trial
whole="parts:enforce:1|1 0 0/parts:enforce:2|1 0 0/parts:enforce:3|1 0 0/parts:enforce:3|0 1 0"
sweep "set on trial" not_on_trial latch set parts symlinks=off links=enforce nodes=observe --try 1h
ok "unload after that" latch unload parts
is "the latch directory is empty" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
