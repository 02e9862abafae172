# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch seal` as it enters its system calls: of the first, which puts up the guard, and of one that
# joins it. After each kill the module enforces; it is either sealed, and cannot be unloaded, or it
# is not: then the next latch command clears what is left, and it unloads. Which calls are taken is by
# $turn; sweep=1 on the guest's command line takes every one.
. /test/lib.sh
. /test/mod/common.sh

step=$((67 * part))
[ "$(on_line sweep 0)" = 0 ] || step=1

# left MODULE: of a seal that is not armed in its directory, and of a guard
left()
{
	find $latch_dir/"$1" | grep '/seal$\|/iter'
	[ $first = no ] || ls -d $latch_dir/guard~ 2>/dev/null
}

# sweep MODULE: kills at each step, until one comes out sealed; says where, in $sealed_at
sweep()
{
	bad='' kills=0 sealed_at=
	n=$((1 + turn % step))
	while [ -z "$sealed_at" ]; do
		killat "$n" latch seal "$1" --weak >/tmp/killed 2>&1 || sealed_at="its end"
		kills=$((kills + 1))
		[ "$(act symlink link mknod)" = "$denied" ] || bad="$bad
call $n: denies $(act symlink link mknod)"
		clear_left >/dev/null
		list=$(latch list 2>&1)
		case $(echo "$list" | awk -v name="$1" '/^[a-z]/ { here = $1 == name } here') in
		*sealed*) sealed_at=${sealed_at:-call $n} ;;
		*"$1"*) [ -z "$sealed_at" ] || bad="$bad
not killed, and not sealed: $(cat /tmp/killed)" ;;
		*) bad="$bad
call $n: list says $list" ;;
		esac
		[ -z "$sealed_at" ] || break
		[ -z "$(left "$1")" ] || bad="$bad
call $n: left $(left "$1" | xargs)"
		n=$((n + step))
	done
}

latch load $mod/trio.bpf.o >/dev/null
latch unload trio >/dev/null
base_counts=$(settled)
latch load $mod/trio.bpf.o >/dev/null
loaded_counts=$(settled)
denied="1 13 30"
first=yes

# Before the first is sealed there is nothing else, so nothing of it may stay.
killat $((150 + turn % 50)) latch seal trio --weak >/tmp/killed 2>&1
clear_left >/dev/null
counts_are "nothing of a guard is left" "$loaded_counts"
ok "the module unloads" latch unload trio
counts_are "... as before" "$base_counts"
latch load $mod/trio.bpf.o >/dev/null

sweep trio
is "the first: $kills kills, sealed at $sealed_at" "$bad" ""
status_is "... stays sealed" 3 latch unload trio

first=no
latch load $mod/parts.bpf.o >/dev/null
step=$(((step + 2) / 3))
sweep parts
is "one that joins: $kills kills, sealed at $sealed_at" "$bad" ""
status_is "... stays sealed" 3 latch unload parts

# From the end: the last calls are made when it is armed. Each module that is there takes some calls more.
cd /tmp || exit
total=0
for m in joins joins2; do
	cp $mod/one.bpf.o $m.bpf.o
	latch load ./$m.bpf.o >/dev/null
	before=${total% *} total=$(killat 100000 latch seal $m --weak 2>/dev/null | tail -n 1)
	like "a seal that is not killed" "$total" '^[0-9]+ 0$'
done
more=$((${total% *} - before))
n=$((${total% *} + more)) bad='' kills=0 state=sealed
while [ $state = sealed ] && [ $kills -lt 40 ]; do
	cp $mod/one.bpf.o m$kills.bpf.o
	latch load ./m$kills.bpf.o >/dev/null
	killat "$n" latch seal m$kills --weak >/tmp/killed 2>&1
	latch list 2>&1 | grep -A 1 "^m$kills " | grep -q sealed || state=open
	latch unload m$kills >/tmp/unload 2>&1
	case $state/$? in
	sealed/3 | open/0) ;;
	*) bad="$bad
call $n: $state, and unload says $(cat /tmp/unload)" ;;
	esac
	kills=$((kills + 1))
	n=$((n + more - 32))
done
is "$kills kills from the end" "$bad" ""
is "... the last of them before it was armed" $state open
ok "... and others after" test $kills -gt 1
status_is "trio stays sealed" 3 latch unload trio
is "... and enforces" "$(act symlink link mknod)" "$denied"

done_testing
