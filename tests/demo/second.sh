# SPDX-License-Identifier: GPL-2.0-only
#
# The second act of ./demo: from "what would lockdown break here?" to a decision that holds.

say "Act two: decide about all of lockdown. First observe everything. Nothing is denied."
works "latch lockdown profile all --observe" 'loaded, observe'

say "The machine does what it does: a backup reads /dev/mem, a script looks whether it could hibernate."
mkdir -p /sys/fs/cgroup/system.slice/backup.service
backup='/usr/bin/dd if=/dev/mem bs=1 count=1 of=/dev/null status=none'
in_unit='echo $$ >/sys/fs/cgroup/system.slice/backup.service/cgroup.procs'
works "sh -c '$in_unit; exec $backup'"
works "read -r states </sys/power/state; echo \$states" disk

say "Who needs what? The program is named, with its unit; to look at hibernation is not to use it."
works "latch lockdown advise | grep -A 1 -e dev_mem: -e hibernation:" \
	'used by /usr/bin/dd \(backup.service, uid 0\) 1 times' 'looked at by .* does not break that'
works "latch lockdown advise | grep -c 'unused since'" '^[1-9]'

say "Write that down: what nobody used is enforced, the rest goes on being observed."
works "latch lockdown advise --write" '^wrote /etc/latch/conf.d/50-advise.conf'
works "grep -e dev_mem -e hibernation -e kexec /etc/latch/conf.d/50-advise.conf" \
	'^dev_mem = observe' '^hibernation = enforce' '^kexec = enforce'

say "Apply it on trial: if it locks you out, the kernel takes it back. It does not, so confirm."
works "latch apply --try 10m | fold -s -w 100" ' kexec=enforce'
works "latch list | tail -n 1" 'on trial: over in [0-9]+ s'
works "latch confirm" '^lockdown: confirmed'
works "latch apply" '^nothing to change'

say "The backup goes on. kexec does not."
works "$backup"
works "kexec -c -l /boot/vmlinuz --reuse-cmdline 2>&1 | head -n 1" 'Operation not permitted|Permission denied'
works "cat /sys/kernel/kexec_loaded" '^0$'

say "And what stands open still? latch says it, and why. (The guest's own init has asked for I/O ports.)"
run "latch lockdown check integrity"
grep -qE '^root cannot change the running kernel: (yes|no)$' /tmp/said || broken "no answer"
grep -qE '^ +dev_mem ' /tmp/said || broken "\`latch lockdown check\` did not say that dev_mem is open"
if grep -qE '^ +kexec ' /tmp/said; then broken "\`latch lockdown check\` calls kexec open"; fi
works "latch status | tail -n 1" '^all is as configured in /etc/latch$'
