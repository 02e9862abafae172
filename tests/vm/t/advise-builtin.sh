# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300 -a lockdown=integrity
#
# What the kernel's own lockdown denies first never comes to latch: it is not counted, and not called
# unused.
. /test/lib.sh

file=/etc/latch/conf.d/50-advise.conf
first="the kernel's own lockdown \(integrity\) denies it first: it is not recorded"

of()
{
	latch lockdown advise | grep "^$1: "
}

like "the guest is locked down" "$(cat /sys/kernel/security/lockdown)" '\[integrity\]'
ok "observe" latch lockdown profile all --observe
for i in 1 2 3; do
	denied "the kernel denies /dev/mem ($i)" probe devmem
done
denied "... and iopl" probe iopl
for feature in dev_mem ioport msr debugfs; do
	like "advise: $feature" "$(of $feature)" "^$feature: not known: $first$"
	like "... status" "$(latch lockdown)" "^$feature +observe +- +- +- +- +0 "
done
like "... and why" "$(latch lockdown)" "denies first is not recorded, and not counted"
like "JSON: advise" "$(latch lockdown advise --json | tr -d '\n' | tr -s ' ')" \
	'"feature":"dev_mem", "mode":"observe", "holds":"observe", "verdict":"unknown", "reason":"not known: the kernel'
like "JSON: status" "$(latch lockdown --json | tr -d ' \n')" \
	'"feature":"dev_mem",[^}]*"asked":null,"denied":null,"observed":null,"excepted":null,[^}]*"unrecorded":"thekernel'
like "what it leaves is recorded" "$(of kcore)" ': unused since .*: can be enforced$'
like "... and counted" "$(latch lockdown)" '^kcore +observe +0 +0 +0 +0 +0 '
allowed "a use of that" probe kcore
like "... is one" "$(latch lockdown advise | grep -A 1 '^kcore: ')" 'used by /usr/bin/probe'
like "log" "$(latch log 2>&1)" '^latch: lockdown: [0-9]+ features that are on are not recorded'
for command in list status "watch lockdown"; do
	# shellcheck disable=SC2086
	like "$command: they are not 0" "$(timeout 2 latch $command 2>&1)" "not seen: [0-9]+ features that the kernel's own lockdown denies first, or may"
done
for command in list status log; do
	like "$command: JSON" "$(latch $command --json | tr -d ' \n')" '"unrecorded":\[[^]]*"dev_mem"'
done
like "... JSON" "$(latch log --json | tr -d ' \n')" '"unrecorded":\[[^]]*"dev_mem"'
unlike "... what it leaves is" "$(latch log --json | tr -d ' \n')" '"unrecorded":\[[^]]*"kcore"'
ok "write" latch lockdown advise --write
is "... leaves it" "$(grep '^dev_mem = ' $file)" "dev_mem = observe"
like "... and says why" "$(grep -B 3 '^dev_mem = ' $file)" '^# not known: the kernel.s own lockdown'
ok "unload" latch unload lockdown
ok "load" latch load lockdown dev_mem=observe
denied "again" probe devmem
like "log: it is not said that nothing was denied" "$(latch log 2>&1)" 'nothing was denied or would have been, of what is recorded$'
done_testing
