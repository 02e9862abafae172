#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A record in a ring that latch.ko was given panics the guest, on each kernel; handing it over
# does not, and one that has a record already is refused.

set -u

run=$(dirname "$0")/vm/run
mod=$(dirname "$0")/../build/tests/vm/mod
count=0 failures=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# expect DESCRIPTION STATUS REGEX...: each of them matches the output
expect()
{
	what=$1 good=1
	[ "$got" -eq "$2" ] || good=
	shift 2
	for regex; do
		grep -qE "$regex" "$out" || good=
	done
	count=$((count + 1))
	if [ -n "$good" ]; then
		echo "ok $count - $what"
	else
		failures=$((failures + 1))
		echo "not ok $count - $what"
		sed "s/^/#   /; 1i #   status $got" "$out"
	fi
}

for kernel in bookworm trixie sid backports; do
	"$run" -n -k $kernel -f "$mod:/test/mod" - >"$out" 2>&1 <<-'END'
		modprobe latch
		/test/mod/hold panic record
		echo "rings: $(cat /sys/kernel/security/latch/panic)."
		usleep 500000
		/test/mod/hold panic
	END
	got=$?
	expect "$kernel: a record in it panics" 125 '^EBUSY' '^rings: \.$' '^ok$' \
		'Kernel panic - not syncing: latch: an attempt on a seal'
done
echo "1..$count"
[ $failures -eq 0 ]
