# SPDX-License-Identifier: GPL-2.0-only
#
# The first act of ./demo: one feature of kernel lockdown, observed, enforced and taken back on
# a running kernel.

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
