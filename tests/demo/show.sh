#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What ./demo runs in the guest, as root: these functions, and the acts behind them. Ends with
# status 1 at the first step that does not do what it says. Wants a kernel at /boot/vmlinuz,
# for kexec, and a dd that is not busybox's.

say()
{
	printf '\n-- %s\n' "$1"
}

broken()
{
	printf '\nTHE DEMO FAILED: %s\n' "$1"
	exit 1
}

# Shows a command and what it prints; $status and /tmp/said are of the last one.
run()
{
	printf '# %s\n' "$1"
	status=0
	eval "$1" >/tmp/said 2>&1 || status=$?
	cat /tmp/said
}

# works COMMAND [REGEX]...: it succeeds, and says each of these
works()
{
	command=$1
	run "$1"
	[ "$status" -eq 0 ] || broken "\`$command\` ended with status $status"
	shift
	for regex; do
		grep -qE -e "$regex" /tmp/said || broken "\`$command\` did not say: $regex"
	done
}

# fails COMMAND REGEX: it fails, and says this
fails()
{
	run "$1"
	[ "$status" -ne 0 ] || broken "\`$1\` succeeded"
	grep -qE -e "$2" /tmp/said || broken "\`$1\` did not say: $2"
}

