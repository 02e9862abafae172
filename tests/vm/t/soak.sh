# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 3600 -f build/tests/vm/mod:/test/mod
#
# Cycles of load and unload of lockdown, while four loops open, fork, exec and unlink. One
# cycle in ten has all features, and all hooks; the others, which are quicker, those of
# integrity. While it is loaded each denial is made; none of the loops is ever denied; at
# the end the kernel holds what it held before. How many: cycles= on the guest's command line.
. /test/lib.sh
. /test/mod/common.sh

cycles=$(sed -n 's/.*cycles=\([0-9]*\).*/\1/p' /proc/cmdline)
cycles=${cycles:-500}
cd /tmp || exit

latch load lockdown all=enforce >/dev/null 2>&1
latch unload lockdown >/dev/null
memory=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)

churn running.not >churned 2>&1 &

missed='' stuck='' failed='' i=0
while [ $i -lt "$cycles" ]; do
	i=$((i + 1)) what=integrity n=1 hooks=1
	[ $((i % 10)) -ne 0 ] || what=all n=50 hooks=7
	latch load lockdown $what=enforce >output 2>&1 || failed="$failed; load $i: $(cat output)"
	probe seq $n devmem >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	probe ioperm >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	[ "$(loaded)" = "lockdown:enforce:$hooks" ] || failed="$failed; cycle $i: $(loaded)"
	latch unload lockdown >output 2>&1 || failed="$failed; unload $i: $(cat output)"
	probe devmem >output 2>&1 || stuck="$stuck; cycle $i: $(cat output)"
	[ $((i % 50)) -ne 0 ] || echo "# cycle $i, $(cut -d. -f1 /proc/uptime) s"
done
: >running.not
wait

is "$cycles cycles: each load and unload" "$failed" ""
is "... each denial while it enforces" "$missed" ""
is "... none after" "$stuck" ""
sed 's/^/# meanwhile: /' churned
for what in open fork exec unlink; do
	like "meanwhile: $what, and never denied" "$(grep "^$what " churned)" "^$what [1-9][0-9]+$"
done
is "nothing is left in the latch directory" "$(rooms)" ""
counts_are "nothing is left in the kernel" "$boot_counts"
now=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
echo "# memory available before and after: $memory, $now KiB"
like "... nor 32 MiB of its memory" $(((memory - now) / 1024)) '^(-|[12]?[0-9]$|3[01]$)'
is "the kernel's log has no complaint" "$(dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|rcu.*stall')" ""

done_testing
