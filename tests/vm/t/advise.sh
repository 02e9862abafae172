# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
#
# From observe to a decision: status, advise, its drop-in, check, profiles, watch.
. /test/lib.sh

status_is "check without the module" 1 latch lockdown check integrity
like "says no and why" "$output" 'the module is not loaded'
not_ok "status without the module" latch lockdown
like "says so" "$output" 'lockdown is not loaded'

ok "profile, observing" latch lockdown profile integrity --observe
latch watch lockdown >/tmp/watched 2>&1 &
watcher=$!
sleep 1
allowed "observe lets /dev/mem be opened" probe devmem
allowed "and iopl" probe iopl
sleep 1
status_is "a second watcher is refused" 1 latch watch lockdown
like "and told why" "$output" 'is watched by another latch'
kill $watcher
like "watch told of dev_mem" "$(cat /tmp/watched)" 'lockdown dev_mem observed pid=[0-9]+ uid=0 .*/usr/bin/probe; enforce would deny it'
like "and of ioport" "$(cat /tmp/watched)" 'lockdown ioport observed'

like "status counts" "$(latch lockdown)" '^dev_mem +observe +0 +1'
like "status names what is absent" "$(latch lockdown)" '^xmon_wr .* only powerpc has it'
advice=$(latch lockdown advise)
like "advise: used" "$advice" '^  used by /usr/bin/probe \(uid 0\) 1 times, last .*, allowed$'
like "advise: how to keep it" "$advice" 'to keep it: latch lockdown allow dev_mem --exe /usr/bin/probe$'
like "advise: unused" "$advice" '^kexec: unused since .*: can be enforced$'
like "advise: absent" "$advice" '^xmon_wr: cannot matter here'
like "advise: not watched is not unused" "$advice" '^kcore: off, so not known: latch lockdown set kcore=observe'

latch lockdown advise --json >/tmp/one.json
sed 's/bin\/probe/bin\/other/' /tmp/one.json >/tmp/two.json
like "merge: machines" "$(latch lockdown advise --merge /tmp/one.json /tmp/two.json)" '^dev_mem +0 +2 +0 +0'
like "merge: programs" "$(latch lockdown advise --merge /tmp/one.json /tmp/two.json)" '^ +1 /usr/bin/other'
echo '{"a": 1}' >/tmp/foreign.json
status_is "merge: a foreign file" 1 latch lockdown advise --merge /tmp/one.json /tmp/foreign.json
like "merge: is named" "$output" 'foreign.json: not a report'
echo '{"latch_advise": 1, "features": [' >/tmp/broken.json
status_is "merge: a broken one" 1 latch lockdown advise --merge /tmp/broken.json
status_is "merge: a missing one" 1 latch lockdown advise --merge /tmp/none.json
status_is "merge: none" 2 latch lockdown advise --merge

ok "write" latch lockdown advise --write
ok "apply what it wrote" latch apply
denied "unused is enforced" probe kexec_load
allowed "used goes on" probe devmem
is "and applied again" "$(latch apply)" "nothing to change"

sleep 60 </dev/mem &
holder=$!
sleep 1
check=$(latch lockdown check integrity)
like "check: open" "$check" '^    dev_mem +/dev/mem and /dev/port reach'
like "check: what was taken before" "$check" "dev_mem +pid $holder .* holds open /dev/mem"
unlike "check: enforced is not open" "$check" '^    kexec '
kill $holder
ok "everything" latch lockdown profile all
check=$(latch lockdown check integrity)
like "check: without a seal the answer is no" "$check" 'root cannot change the running kernel: no'
like "check: because root can unload" "$check" '^    unload '
unlike "check: and no feature is open" "$check" '^    (dev_mem|kexec|msr|module_load|dma) '
ok "none" latch lockdown profile none
allowed "all is allowed" probe devmem
like "secure-boot: no EFI here" "$(latch lockdown profile secure-boot)" 'does not say'
status_is "an unknown profile" 2 latch lockdown profile some
status_is "an unknown property" 2 latch lockdown check availability
status_is "an unknown subcommand" 2 latch lockdown frobnicate
ok "unload" latch unload lockdown
done_testing
