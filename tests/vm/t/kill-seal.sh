# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch seal` as it enters its system calls. After each kill the module
# enforces; it is either sealed, and cannot be unloaded, or it is not: then the next latch
# command clears what is left, and it unloads. Which calls are taken is by $turn; sweep=1 on
# the guest's command line takes every one.
. /test/lib.sh
. /test/mod/common.sh

step=$((23 * part))
[ "$(on_line sweep 0)" = 0 ] || step=1

latch load $mod/trio.bpf.o >/dev/null
latch unload trio >/dev/null

# The first is sealed to its end, to know how many calls that takes.
ok "load" latch load $mod/one.bpf.o
total=$(killat 100000 latch seal one --weak 2>/dev/null | tail -n 1)
like "a seal that is not killed" "$total" '^[0-9]+ 0$'
total=${total% *}
status_is "... holds" 3 latch unload one
sealed_counts=$(counts)

latch load $mod/trio.bpf.o >/dev/null
loaded_counts=$(counts)
bad='' kills=0 sealed=no
n=$((1 + turn % step))
while [ "$n" -le "$total" ] && [ $sealed = no ]; do
	killat "$n" latch seal trio --weak >/tmp/killed 2>&1
	status=$?
	[ $status -eq 0 ] || bad="$bad
call $n: not killed: $status $(cat /tmp/killed)"
	kills=$((kills + 1))
	[ "$(act symlink link mknod)" = "1 13 30" ] || bad="$bad
call $n: denies $(act symlink link mknod)"
	clear_left >/dev/null
	list=$(latch list 2>&1)
	case $list in
	*trio*sealed*) sealed=$n ;;
	*trio*) ;;
	*) bad="$bad
call $n: list says $list" ;;
	esac
	[ $sealed = no ] || break
	[ "$(find $latch_dir/trio | grep -c 'guard\|iter\|sysctl')" = 0 ] || bad="$bad
call $n: left $(find $latch_dir/trio | grep 'guard\|iter\|sysctl' | xargs)"
	n=$((n + step))
done
is "$kills kills in $total system calls" "$bad" ""
if [ $sealed = no ]; then
	counts_are "nothing of the guard is left" "$loaded_counts"
	ok "it unloads" latch unload trio
	counts_are "... as before" "$sealed_counts"
	ok "load again" latch load $mod/trio.bpf.o
	ok "seal" latch seal trio --weak
fi

# From the end: the last calls are made when it is armed. Each that joins what is sealed takes
# as many calls more. A hook has 38 places, and each takes two.
cd /tmp || exit
for m in joins joins2; do
	cp $mod/one.bpf.o $m.bpf.o
	latch load ./$m.bpf.o >/dev/null
	before=${total% *} total=$(killat 100000 latch seal $m --weak 2>/dev/null | tail -n 1)
	like "a seal that joins it" "$total" '^[0-9]+ 0$'
done
more=$((${total% *} - before))
n=$((${total% *} + more)) bad='' kills=0 state=sealed
while [ $state = sealed ] && [ $kills -lt 20 ]; do
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
is "... and enforces" "$(act symlink link mknod)" "1 13 30"

done_testing
