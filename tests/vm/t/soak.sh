# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 2000 -a cycles=100 -f build/tests/vm/mod:/test/mod
#
# Cycles of load and unload of lockdown, with all features on, while four loops open, fork,
# exec and unlink. While it is loaded each denial is made; none of the loops is ever
# denied; at the end the kernel holds what it held before. How many: cycles= on the guest's
# command line. The loops are nice, so that the cycles get on: a guest has one host CPU.
. /test/lib.sh
. /test/mod/common.sh

cycles=$(sed -n 's/.*cycles=\([0-9]*\).*/\1/p' /proc/cmdline)
cycles=${cycles:-500}
cd /tmp || exit

latch load lockdown all=enforce >/dev/null 2>&1
latch unload lockdown >/dev/null
memory=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)

: >running
# loop PROBE...: over and over, until the end; what is ever denied is in its file
loop()
{
	rounds=0
	while [ -e running ]; do
		nice -n 19 probe seq 20 "$@" >"$1.last" 2>&1 || cat "$1.last" >>"$1.denied"
		rounds=$((rounds + 20))
	done
	echo $rounds >"$1.rounds"
}
loop open /etc/passwd rw &
loop fork &
loop fork_exec &
loop unlink &

# One in 25 is probed longer.
missed='' stuck='' failed='' i=0
while [ $i -lt "$cycles" ]; do
	i=$((i + 1)) n=1
	[ $((i % 25)) -ne 0 ] || n=50
	latch load lockdown all=enforce >output 2>&1 || failed="$failed; load $i: $(cat output)"
	probe seq $n devmem >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	probe port >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	[ $n -eq 1 ] || [ "$(loaded)" = "lockdown:enforce:7" ] || failed="$failed; cycle $i: $(loaded)"
	latch unload lockdown >output 2>&1 || failed="$failed; unload $i: $(cat output)"
	probe devmem >output 2>&1 || stuck="$stuck; cycle $i: $(cat output)"
done
rm running
wait

is "$cycles cycles: each load and unload" "$failed" ""
is "... each denial while it enforces" "$missed" ""
is "... none after" "$stuck" ""
for what in open fork fork_exec unlink; do
	like "... $what meanwhile: $(cat $what.rounds) times" "$(cat $what.rounds)" "^[1-9]"
	is "... $what: never denied" "$(cat $what.denied 2>/dev/null)" ""
done
is "nothing is left in the latch directory" "$(rooms)" ""
counts_are "nothing is left in the kernel" "$boot_counts"
now=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
echo "# memory available before and after: $memory, $now KiB"
like "... nor 32 MiB of its memory" $(((memory - now) / 1024)) '^(-|[12]?[0-9]$|3[01]$)'
is "the kernel's log has no complaint" "$(dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|rcu.*stall')" ""

done_testing
