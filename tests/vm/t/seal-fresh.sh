# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# Who opens the memory of the process that seals, at a call of it from its start on, is refused,
# or has nothing any more when the guard is there. As a seal is not taken back, each round has
# a module of its own.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit

# early CALL NAME: what becomes of the memory, opened at that call
early()
{
	KILLAT_RUN="$mod/early \$KILLAT_PID $latch_dir/$2/seal/record >/tmp/early.said 2>&1" \
		killat "$1" latch seal "$2" --weak >sealing 2>&1
	tries=0
	while pidof early >/dev/null && [ $tries -lt 400 ]; do
		usleep 100000
		tries=$((tries + 1))
	done
	xargs <early.said
}

before=0 after=0 bad='' round=0
for call in 2 6 15 40 80 150 300 500 800 1000 1200 1500; do
	round=$((round + 1))
	name=mino$(echo abcdefghijklmnopqrstuvwxyz | cut -c $round)
	sed "s/name=minor/name=$name/" $mod/minor.bpf.o >$name.bpf.o
	latch load ./$name.bpf.o >/dev/null
	said=$(early $call $name)
	case $said in
	'maps: EPERM' | 'maps: EACCES' | 'mem: EPERM' | 'mem: EACCES') after=$((after + 1)) ;;
	'open: reads 1, then 0') before=$((before + 1)) ;;
	*) bad="$bad
call $call: $said; $(xargs <sealing)" ;;
	esac
	latch list | grep -A 1 "^$name " | grep -q sealed || bad="$bad
call $call: it is not sealed: $(xargs <sealing)"
done
is "nobody has a hand on the process" "$bad" ""
ok "... $before times one of before, which is gone" test $before -gt 1
ok "... $after times refused" test $after -gt 1

# What the environment says is not believed.
latch load $mod/one.bpf.o >/dev/null
for word in 0 3 99 x ''; do
	status_is "LATCH_FRESH=$word" 4 env LATCH_FRESH=$word latch seal one --weak
	like "... is refused" "$output" "one is not sealed: .*LATCH_FRESH is in the environment, and not by latch"
done
exec 9<$0
status_is "... with a descriptor" 4 env LATCH_FRESH=9 latch seal one --weak
exec 9<&-
status_is "who is traced does not seal" 1 strace -f -o /tmp/trace latch seal one --weak
like "... says so" "$output" 'under a debugger'
like "closed streams are no obstacle" "$(latch seal nothing --weak 0<&- 2>&1)" 'nothing is not loaded'
is "nothing came of that" "$(loaded | tr ' ' '\n' | grep one), $(find $latch_dir/one | grep -c '/seal$\|/iter')" "one:ungated:1, 0"
# mkdir(2), while it is entered
KILLAT_RUN='cp /proc/$KILLAT_PID/comm /tmp' killat @83 latch seal one --weak >/tmp/one.said 2>&1 <&-
is "its name is its own" "$(cat /tmp/comm)" latch
like "... and it seals" "$(xargs <one.said)" 'one: sealed WEAKLY since'
status_is "its record is not there, as it is ungated" 4 latch log one
like "... and not empty" "$output" 'one is ungated: what it denies is not recorded, but for attempts on its seal'
for module in one nosuch; do
	latch log $module --json >json 2>/dev/null
	unlike "... nor in JSON: $module" "$(tr -d ' \n' <json)" '^\[\]$'
done

done_testing
