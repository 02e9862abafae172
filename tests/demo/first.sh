#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What ./demo runs in the guest, as root: one feature of kernel lockdown, observed, enforced
# and taken back on a running kernel. Ends with status 1 at the first step that does not do
# what it says. Wants a kernel at /boot/vmlinuz, for kexec, and a dd that is not busybox's.

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

read_mem='/usr/bin/dd if=/dev/mem bs=1 count=1 of=/dev/null'

say "A stock Debian kernel. Its own lockdown is off, and latch can work on it."
works "uname -r"
works "cat /sys/kernel/security/lockdown" '^\[none\]'
works "latch doctor" '^active LSMs +ok .*\bbpf\b'

say "Root can open /dev/mem and read from it."
works "$read_mem" '^1\+0 records in'

say "Observe it first: nothing is denied, and latch keeps a record of who it would hit."
works "latch load lockdown dev_mem=observe" '^lockdown .*: loaded'
works "$read_mem" '^1\+0 records in'
works "latch log" ' dev_mem +observed +1 .* /usr/bin/dd$'

say "Now deny it. No reboot, no reload."
works "latch set lockdown dev_mem=enforce" 'dev_mem=enforce'
fails "$read_mem" 'Operation not permitted'
works "latch log" ' dev_mem +denied +1 .* /usr/bin/dd$'

say "Only that: the kernel's own lockdown would have denied this kexec too. Here it still works."
works "kexec -c -l /boot/vmlinuz --reuse-cmdline"
works "cat /sys/kernel/kexec_loaded" '^1$'
works "kexec -c -u"

say "Unload it: everything is as before."
works "latch unload lockdown" '^lockdown: unloaded'
works "$read_mem" '^1\+0 records in'
works "latch list" 'no module is loaded'

say "Done."
