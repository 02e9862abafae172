#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sample: yes
#
# on-tamper = panic: an attempt on a seal panics the guest, on each kernel, and what is no
# attempt does not; so does what latch.ko is told in one of two ways only. A shutdown does not.
# In part one half of that each day, and the first on one kernel.

set -u

run=$(dirname "$0")/vm/run
mod=$(dirname "$0")/../build/tests/vm/mod
count=0 failures=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# expect DESCRIPTION STATUS REGEX...: each of them matches a line of the output; !REGEX: none
expect()
{
	what=$1 good=1
	[ "$got" -eq "$2" ] || good=
	shift 2
	for regex; do
		case $regex in
		!*) ! grep -qE -e "${regex#!}" "$out" || good= ;;
		*) grep -qE -e "$regex" "$out" || good= ;;
		esac
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

# todays N: whether that half is tried
todays()
{
	[ "${CHECK_PART:-1}" -eq 1 ] || [ $((CHECK_SEED / 4 % 2)) -eq "$1" ]
}

panic='Kernel panic - not syncing: latch:'
kernels="bookworm trixie sid backports"
if [ "${CHECK_PART:-1}" -gt 1 ]; then
	kernels=$(echo "$kernels" | cut -d ' ' -f $((CHECK_SEED % 4 + 1)))
fi
todays 0 || kernels=
for kernel in $kernels; do
	"$run" -n -k $kernel -t 400 -f "$mod:/test/mod" - >"$out" 2>&1 <<-'END'
		. /test/mod/common.sh
		modprobe latch
		latch load $mod/trio.bpf.o && latch seal trio --weak --on-tamper=panic
		latch load $mod/parts.bpf.o && latch seal parts --weak
		latch unload trio
		echo "unload: $?"
		bpftool -f map show >/dev/null && bpftool -f prog show >/dev/null && bpftool -f link show >/dev/null
		echo "all listed: $?"
		rm $latch_dir/parts/links/*
		echo 1 >/proc/sys/kernel/ftrace_enabled
		usleep 2500000
		echo "no panic until here"
		rm $latch_dir/trio/links/inode_link
		echo "it goes on"
	END
	got=$?
	expect "$kernel: an attempt panics, and what is none does not" 125 '^trio: sealed .* an attempt panics the machine$' \
		'^parts: sealed .*, held by latch.ko$' '^unload: 3$' '^all listed: 0$' '^no panic until here$' \
		"$panic attempt on the seal of trio: seal:remove by rm \(pid [0-9]+, uid 0\), and on-tamper" \
		'!^it goes on$'
done

# An attempt that came without an alarm, and an alarm without an attempt.
while todays 0 && read -r what regex; do
	"$run" -n -f "$mod:/test/mod" - >"$out" 2>&1 <<-END
		modprobe latch
		/test/mod/hold tamper - $what
	END
	got=$?
	expect "latch.ko is told by $what only" 125 '^ok$' "$panic $regex" '!^no panic'
done <<'END'
panic attempt on the seal of trio: seal:umount by a.nb \(pid 4711, uid 1234\), and on-tamper is panic
alarm an attempt on a seal, and on-tamper is panic
END

if todays 1; then
	# What all guards deny goes by the strictest, and not by the guard that is asked first. On 6.1,
	# as its verifier can remove a branch that it takes for dead.
	"$run" -n -k bookworm -t 400 -f "$mod:/test/mod" - >"$out" 2>&1 <<-'END'
		. /test/mod/common.sh
		modprobe latch
		latch load $mod/trio.bpf.o && latch seal trio --weak --on-tamper=panic
		latch load $mod/parts.bpf.o && latch seal parts --weak --on-tamper=warn
		rm $latch_dir/parts/links/*
		usleep 2500000
		echo "no panic until here"
		umount /sys/fs/bpf
		echo "it goes on"
	END
	got=$?
	expect "an attempt on all seals panics if one says so" 125 '^no panic until here$' \
		"$panic attempt on the seal of parts: seal:umount by umount" '!^it goes on$'

	"$run" -n -s -t 400 -f "$mod:/test/mod" - >"$out" 2>&1 <<-'END'
		. /test/mod/common.sh
		systemctl is-system-running --wait
		modprobe latch
		latch load $mod/trio.bpf.o deny=no && latch seal trio --weak --on-tamper=panic
		systemctl daemon-reexec
		systemctl --no-block reboot
		sleep 1000
	END
	got=$?
	expect "a shutdown by systemd does not panic" 125 '^trio: sealed .* an attempt panics the machine$' \
		'reboot: Restarting system' '!Kernel panic'
fi
echo "1..$count"
[ $failures -eq 0 ]
