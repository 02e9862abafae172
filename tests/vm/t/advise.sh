# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# shares-boot: yes
#
# From observe to a decision: status, advise, its drop-in, check, profiles, watch.
. /test/lib.sh

status_is "check without the module" 1 latch lockdown check integrity
like "says no and why" "$output" 'the module is not loaded'
not_ok "status without the module" latch lockdown
like "says so" "$output" 'lockdown is not loaded'

# wait_for FILE REGEX: up to 20 s
wait_for()
{
	tries=200
	until grep -qE -e "$2" "$1" || [ $((tries -= 1)) -eq 0 ]; do
		usleep 100000
	done
}

ok "profile, observing" latch lockdown profile integrity --observe
syslogd -n -O /tmp/syslog &
syslogd=$!
tries=100
until [ -S /dev/log ] || [ $((tries -= 1)) -eq 0 ]; do usleep 100000; done
latch watch lockdown >/tmp/watched 2>&1 &
watcher=$!
allowed "observe lets /dev/mem be opened" probe devmem
allowed "and iopl" probe iopl
wait_for /tmp/watched ioport
status_is "a second watcher is refused" 1 latch watch lockdown
like "and told why" "$output" 'is watched by another latch'
kill $watcher
like "watch told of dev_mem" "$(cat /tmp/watched)" 'lockdown dev_mem observed pid=[0-9]+ uid=0 .*/usr/bin/probe; enforce would deny it'
like "and of ioport" "$(cat /tmp/watched)" 'lockdown ioport observed'

# a program in a unit, a script, and one that only reads /sys/power/state
mkdir -p /sys/fs/cgroup/system.slice/backup.service
cp /usr/bin/probe /tmp/backup
sh -c 'echo $$ >/sys/fs/cgroup/system.slice/backup.service/cgroup.procs && exec /tmp/backup kexec_load' >/dev/null
printf '#!/bin/sh\n: </dev/mem\n' >/tmp/nightly
chmod 755 /tmp/nightly
ok "a script opens /dev/mem" /tmp/nightly
latch watch lockdown --syslog &
watcher=$!
read -r states </sys/power/state
like "reading /sys/power/state" "$states" "disk"
latch set lockdown dev_mem=enforce >/dev/null
denied "for a moment, /dev/mem is denied" probe devmem
latch set lockdown dev_mem=observe >/dev/null
wait_for /tmp/syslog "dev_mem denied"
kill $watcher
syslog=$(cat /tmp/syslog)
like "watch --syslog: a notice" "$syslog" \
	'authpriv.notice latch\[[0-9]+\]: lockdown hibernation observed pid=[0-9]+ uid=0 unit=/ /usr/bin/busybox \(reading\); enforce would deny it$'
like "watch --syslog: a warning" "$syslog" \
	'authpriv.warn latch\[[0-9]+\]: lockdown dev_mem denied .*/usr/bin/probe; to allow: latch lockdown allow dev_mem --exe /usr/bin/probe$'

like "status counts" "$(latch lockdown)" '^dev_mem +observe +3 +1 +2 +0 +0 +-$'
like "status names what is absent" "$(latch lockdown)" '^xmon_wr .* 0  only powerpc has it$'
advice=$(latch lockdown advise)
when='[0-9]{4}-[0-9-]+ [0-9:]+'
like "advise: used, and how to keep it" "$advice" \
	"^  used by /usr/bin/probe \\(/, uid 0\\) 1 times, last $when: enforce breaks it; to keep it: latch lockdown allow dev_mem --exe /usr/bin/probe$"
like "advise: what was denied" "$advice" \
	"^  used by /usr/bin/probe \\(/, uid 0\\) 1 times, last $when: enforce broke it; to keep it: latch lockdown allow dev_mem --exe /usr/bin/probe$"
like "advise: by which unit" "$advice" "^  used by /tmp/backup \\(backup.service, uid 0\\) 1 times, last $when: enforce breaks it"
like "advise: a script" "$advice" "^  used by /usr/bin/busybox .* to keep it: latch lockdown set dev_mem=observe$"
like "advise: is not known" "$advice" '^    \(an interpreter, in a process called .nightly.: which script it ran is not known\)$'
like "advise: to look is not to use" "$advice" '^hibernation: unused since .*: can be enforced$'
like "advise: who looked" "$advice" \
	"^  looked at by /usr/bin/busybox \\(/, uid 0\\) [0-9]+ times, last $when: to read is not to use it: enforce does not break that$"
like "advise: unused" "$advice" '^debugfs: unused since .* \([0-9]+ (s|min)\): can be enforced$'
like "advise: what that does not show" "$advice" '^unused is what nobody asked for in that time: '
like "advise: absent" "$advice" '^xmon_wr: cannot matter here'
like "advise: not watched is not unused" "$advice" '^kcore: off, so not known: latch lockdown set kcore=observe'

latch lockdown advise --json >/tmp/one.json
like "advise --json: who looked is no user" "$(tr -d ' \n' </tmp/one.json)" \
	'"feature":"hibernation","mode":"observe","holds":"observe","verdict":"unused","reason":null,"since":[0-9.]+,"since_boot_ns":[0-9]+,"users":\[\],"looked":\[\{[^]]*"program":"/usr/bin/busybox"[^]]*"reading":true'
like "advise --json: the unit" "$(cat /tmp/one.json)" '"unit":"backup.service"'
allowed "opening /dev/snapshot" probe hibernation
advice=$(latch lockdown advise)
like "is a use" "$advice" '^hibernation: observe$'
like "beside who looked" "$advice" "^  looked at by /usr/bin/busybox"
like "what cannot be told apart is said" "$advice" '^    \(a call that can both read and write, like sendfile.2., counts as a use\)$'
sed 's/bin\/probe/bin\/other/' /tmp/one.json >/tmp/two.json
like "merge: machines" "$(latch lockdown advise --merge /tmp/one.json /tmp/two.json)" '^dev_mem +0 +2 +0 +0'
like "merge: programs" "$(latch lockdown advise --merge /tmp/one.json /tmp/two.json)" '^ +1 /usr/bin/other'
echo '{"a": 1}' >/tmp/foreign.json
status_is "merge: a foreign file" 1 latch lockdown advise --merge /tmp/one.json /tmp/foreign.json
like "merge: is named" "$output" 'foreign.json: not a report'
echo '{"latch_advise": 1, "features": [' >/tmp/broken.json
status_is "merge: a broken one" 1 latch lockdown advise --merge /tmp/broken.json
status_is "merge: a missing one" 1 latch lockdown advise --merge /tmp/none.json
status_is "merge: a directory" 1 latch lockdown advise --merge /tmp
like "merge: says so" "$output" '^latch: /tmp: Is a directory$'
status_is "merge: none" 2 latch lockdown advise --merge
status_is "write and JSON" 2 latch lockdown advise --write --json

ok "write" latch lockdown advise --write
ok "apply what it wrote" latch apply
denied "unused is enforced" probe debugfs
allowed "used goes on" probe devmem
is "and applied again" "$(latch apply)" "nothing to change"

sleep 60 </dev/mem &
holder=$!
until [ "$(readlink /proc/$holder/fd/0)" = /dev/mem ]; do usleep 10000; done
check=$(latch lockdown check integrity)
like "check: open" "$check" '^    dev_mem +/dev/mem and /dev/port reach'
like "check: what was taken before" "$check" "dev_mem +pid $holder .* holds open /dev/mem"
unlike "check: enforced is not open" "$check" '^    debugfs '
kill $holder
ok "everything" latch lockdown profile all
unlike "who reads /sys/power/state is told less" "$(cat /sys/power/state)" disk
check=$(latch lockdown check integrity)
like "check: without a seal the answer is no" "$check" 'root cannot change the running kernel: no'
like "check: because root can unload" "$check" '^    unload '
unlike "check: and no feature is open" "$check" '^    (dev_mem|kexec|msr|module_load|dma) '
ok "none, on trial" latch lockdown profile none --try 60s
like "says so" "$output" 'on trial for 60 s'
allowed "all is allowed" probe devmem
ok "confirm" latch confirm
allowed "all is allowed" probe devmem
like "secure-boot: no EFI here" "$(latch lockdown profile secure-boot)" 'Secure Boot is unknown to this machine'
status_is "an unknown profile" 2 latch lockdown profile some
status_is "an unknown property" 2 latch lockdown check availability
status_is "an unknown subcommand" 2 latch lockdown frobnicate
ok "unload" latch unload lockdown
kill $syslogd
rm -f /dev/log
done_testing
