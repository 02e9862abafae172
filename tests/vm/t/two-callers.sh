# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
# sample: any
#
# Several latch at once: one after another or a clean refusal, never a mixture; and what
# waits for one that is stopped gives up after 30 s and says for whom it waited.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch load $mod/trio.bpf.o >/dev/null 2>&1
latch unload trio >/dev/null

# call FILE COMMAND...: its output and status are in FILE
call()
{
	file=$1
	shift
	"$@" >"$file" 2>&1
	echo "status $?" >>"$file"
}

# both COMMAND...: two at the same time; their two statuses are in $statuses
both()
{
	call one "$@" &
	call other "$@" &
	wait
	statuses=$(cat one other | sed -n 's/^status //p' | sort | xargs)
}

bad='' rounds=$([ "$part" -eq 1 ] && echo 10 || echo 3)
for i in $(seq "$rounds"); do
	both latch load $mod/trio.bpf.o
	[ "$statuses" = "0 1" ] || bad="$bad; load: $statuses: $(cat one other)"
	cat one other | grep -q "^latch: trio is already loaded" || bad="$bad; $(cat one other)"
	[ "$(loaded) $(act symlink link mknod)" = "trio:enforce:3 1 13 30" ] || bad="$bad; $(loaded)"
	both latch unload trio
	[ "$statuses" = "0 1" ] || bad="$bad; unload: $statuses: $(cat one other)"
	cat one other | grep -q "^latch: trio is not loaded" || bad="$bad; $(cat one other)"
	[ "$(pindirs) $(act symlink link mknod)" = " 0 0 0" ] || bad="$bad; $(pindirs)"
done
is "two loads, two unloads: one wins, the other is told, $rounds times" "$bad" ""

# Loads against unloads, with a watcher.
repeat()
{
	n=$1
	shift
	while [ "$n" -gt 0 ]; do
		"$@" 2>&1
		echo "status $?"
		n=$((n - 1))
	done
}

: >running
repeat $((rounds * 5 / 2)) latch load $mod/trio.bpf.o >loads &
loader=$!
repeat $((rounds * 6)) latch unload trio >unloads &
unloader=$!
while [ -e running ]; do
	latch list 2>&1
	echo "status $?"
done >lists &
watcher=$!
wait $loader $unloader
rm running
wait $watcher
sort -u loads >seen
unlike "loads against unloads: loads" "$(grep -vE '^trio 1.0: loaded, enforce$|^status [01]$|^latch: trio is already loaded|^latch: (the kernel is verifying|waiting for another)' seen)" .
sort -u unloads >seen
unlike "... unloads" "$(grep -vE '^trio: unloaded$|^status [01]$|^latch: trio is not loaded|^latch: (waiting for another|trio denies nothing)' seen)" .
like "... some of either had their way" "$(grep -c 'loaded, enforce' loads) $(grep -c ': unloaded' unloads)" \
	'^[1-9][0-9]* [1-9][0-9]*$'
unlike "... list never shows a part of the module" "$(sort -u lists | grep -vE '^NAME  |^trio +1.0 +enforce +3 |^latch: (no module is loaded|waiting for another)|^status 0$')" .
like "... in $(grep -c '^status' lists) looks, in which it was there and was not" \
	"$(grep -c '^trio' lists) $(grep -c 'no module' lists)" '^[1-9][0-9]* [1-9][0-9]*$'
case $(loaded) in
'') is "... at the end, nothing" "$(act symlink link mknod)" "0 0 0" ;;
*) is "... at the end, $(loaded)" "$(act symlink link mknod)" "1 13 30" ;;
esac
latch unload trio >/dev/null 2>&1

# A latch that has the lock and is stopped.
strace -o trace -e trace=flock -e inject=flock:signal=STOP:when=1 latch load $mod/trio.bpf.o >held 2>&1 &
tracer=$!
tries=0
while [ "$tries" -lt 100 ] && ! grep -q "stopped by SIGSTOP" trace 2>/dev/null; do
	usleep 100000
	tries=$((tries + 1))
done
holder=$(pidof latch)
like "a latch holds the lock and is stopped" "$(cat trace)" "flock.* = 0"
started=$(cut -d. -f1 /proc/uptime)
call list latch list &
one=$!
call unload latch unload trio &
other=$!
wait $one $other
waited=$(($(cut -d. -f1 /proc/uptime) - started))
for command in list unload; do
	like "$command: gives up" "$(cat $command)" "^status 1$"
	like "... says at first why it waits" "$(head -n 1 $command)" "^latch: waiting for another latch, or for the kernel to let go of what one left$"
	like "... and at last who is in the way" "$(cat $command)" \
		"^latch: another latch has held /sys/fs/bpf/latch for 30 s: find it with .fuser"
done
like "... after 30 s" "$waited" "^(29|3[0-9]|4[0-9])$"

rm list
call list latch list &
one=$!
tries=0
until grep -q "waiting for another" list 2>/dev/null || [ "$tries" -ge 100 ]; do
	usleep 100000
	tries=$((tries + 1))
done
kill -CONT "$holder"
wait $tracer
wait $one
like "when it goes on, it ends well" "$(cat held)" "^trio 1.0: loaded, enforce"
like "... and one that waits has its turn" "$(cat list)" "^status 0$"
is "... the module is whole" "$(loaded) $(act symlink link mknod)" "trio:enforce:3 1 13 30"
ok "unload" latch unload trio
is "nothing is left" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
