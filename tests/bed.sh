#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sample: yes
#
# The test bed itself: what tests/vm/run says of guests that end well, badly, or not at all. In
# part, a third of them, others each day.

set -u

run=$(dirname "$0")/vm/run
count=0 failures=0 number=${CHECK_SEED:-0} thirds=$([ "${CHECK_PART:-1}" -gt 1 ] && echo 3 || echo 1)
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# expect STATUS REGEX-IN-OUTPUT DESCRIPTION [RUN-OPTION...], the script on stdin
expect()
{
	want=$1 regex=$2 what=$3
	shift 3
	number=$((number + 1))
	[ $((number % thirds)) -eq 0 ] || return 0
	got=0
	"$run" -n "$@" - >"$out" 2>&1 || got=$?
	count=$((count + 1))
	if [ "$got" -eq "$want" ] && grep -qE "$regex" "$out"; then
		echo "ok $count - $what"
	else
		failures=$((failures + 1))
		echo "not ok $count - $what"
		echo "#   status $got, not $want, or no match: $regex"
		sed 's/^/#   /' "$out"
	fi
}

expect 0 '^hello$' "a script that succeeds" <<-'END'
	echo hello
END
expect 200 'exit 200' "a large status" <<-'END'
	exit 200
END
expect 137 'exit 137' "a script killed by a signal" <<-'END'
	kill -9 $$
END
expect 124 'no end after 5 s' "a script without end" -t 5 <<-'END'
	sleep 1000
END
expect 125 'the guest died' "a guest that reboots" <<-'END'
	reboot -f
END
expect 125 'Kernel panic' "a guest that panics" <<-'END'
	echo c >/proc/sysrq-trigger
END
expect 1 'WARNING: invented' "a complaint in the kernel's log" <<-'END'
	echo "WARNING: invented" >/dev/kmsg
END
expect 0 '' "a complaint that was announced" <<-'END'
	echo "# expect-kernel-log: WARNING: invented"
	echo "WARNING: invented" >/dev/kmsg
END
expect 1 'BUG: another' "another complaint than the announced one" <<-'END'
	echo "# expect-kernel-log: WARNING: invented"
	echo "WARNING: invented" >/dev/kmsg
	echo "BUG: another" >/dev/kmsg
END
expect 3 'confidentiality\]' "a guest without I/O ports" -a lockdown=confidentiality <<-'END'
	cat /sys/kernel/security/lockdown
	exit 3
END
expect 0 '^1$' "one CPU, instructions counted" -i <<-'END'
	nproc
END
expect 0 'bed.sh' "a file put into the guest keeps its mode" -f "$0:/usr/bin/bed.sh" <<-'END'
	ls -l /usr/bin/bed.sh | grep '^-rwxr-xr-x'
END
expect 3 '^running$' "a Debian userland with systemd" -s -t 300 <<-'END'
	systemctl is-system-running --wait
	exit 3
END
expect 125 'Kernel panic' "a panic under systemd" -s -t 300 <<-'END'
	echo c >/proc/sysrq-trigger
END

echo "1..$count"
[ "$failures" -eq 0 ]
