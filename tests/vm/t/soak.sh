# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 3600 -f build/tests/vm/mod:/test/mod
# sample: any
#
# Cycles of load and unload, while four loops open, fork, exec and unlink. Of twenty, one is
# lockdown with all features, and all hooks; one, lockdown with those of integrity; the others,
# which are quicker, a module with one hook. What is loaded denies, what is unloaded does not;
# none of the loops is ever denied; at the end the kernel holds what it held before.
# How many: cycles= on the guest's command line, or 500, or these by part=.
. /test/lib.sh
. /test/mod/common.sh

cycles=$(on_line cycles $((500 / part)))
missed='' stuck='' failed='' i=0
cd /tmp || exit

# try COMMAND...: latch does it
try()
{
	latch "$@" >output 2>&1 || failed="$failed; cycle $i, $*: $(cat output)"
}

one_hook()
{
	try load $mod/second.bpf.o
	act symlink >output
	grep -qx 30 output || missed="$missed; cycle $i: $(cat output)"
	try unload second
	act symlink >output
	grep -qx 0 output || stuck="$stuck; cycle $i: $(cat output)"
}

# lockdown FEATURES HOOKS
lockdown()
{
	try load lockdown "$1=enforce"
	probe seq 50 devmem >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	probe ioperm >output 2>&1
	[ $? -eq 1 ] || missed="$missed; cycle $i: $(cat output)"
	[ "$(loaded)" = "lockdown:enforce:$2" ] || failed="$failed; cycle $i: $(loaded)"
	try unload lockdown
	probe devmem >output 2>&1 || stuck="$stuck; cycle $i: $(cat output)"
}

# what grows once, with the first: caches, and the kernel's own tables
lockdown all 9
one_hook
memory=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)

churn running.not >churned 2>&1 &

while [ $i -lt "$cycles" ]; do
	i=$((i + 1))
	case $((i % 20)) in
	0) lockdown all 9 ;;
	10) lockdown integrity 2 ;;
	*) one_hook ;;
	esac
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
is "nothing is left in the latch directory" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"
now=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
echo "# memory available before and after: $memory, $now KiB"
like "... nor 32 MiB of its memory" $(((memory - now) / 1024)) '^(-|[12]?[0-9]$|3[01]$)'
is "the kernel's log has no complaint" "$(dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|rcu.*stall')" ""

done_testing
