# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# What is detached from a function while ftrace is off lets the kernel's ftrace shut itself down
# when its last user goes: no command detaches anything then, and ftrace lives on.
. /test/lib.sh
. /test/mod/common.sh

# 7.3 takes a 1, and no 0.
if ! echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	skip "ftrace_enabled=0" "$(uname -r) refuses it"
	done_testing
	exit
fi
echo 1 >/proc/sys/kernel/ftrace_enabled
attached()
{
	find $latch_dir -path '*/links/*' | sort
}

ok "load" latch load lockdown dev_mem=enforce
ok "load another" latch load $mod/trio.bpf.o
ok "load an ungated one" latch load $mod/plain.bpf.o
latch load $mod/parts.bpf.o >/dev/null
mv $latch_dir/parts $latch_dir/parts~1
mkdir -p /etc/latch
printf '[lockdown]\ndebugfs = enforce\n' >/etc/latch/latch.conf
before=$(attached)
echo 0 >/proc/sys/kernel/ftrace_enabled

status_is "nothing is called" 4 latch status
while read -r status command; do
	# shellcheck disable=SC2086
	status_is "$command" "$status" latch $command
	is "... detaches nothing" "$(attached)" "$before"
	[ "${command%% *}" != unload ] ||
		like "... says why, and what to do" "$output" "^latch: ${command#* } stays loaded: no hook is detached .*sysctl kernel.ftrace_enabled=1"
done <<-END
	4 unload trio
	4 unload plain
	4 unload lockdown
	0 set lockdown dev_mem=off
	4 set lockdown dev_mem=enforce
	0 lockdown profile none
	4 load $mod/verdict.bpf.o
	4 replace trio $mod/trio2.bpf.o
	0 mode trio observe
	4 seal trio
	4 apply
	4 doctor
	0 list
END
like "what a killed latch left stays, which is said" "$(latch mode trio enforce 2>&1)" \
	"^latch: parts~1: a part of a module, .*; it stays until ftrace is on, see"
echo 1 >/proc/sys/kernel/ftrace_enabled

ok "what is needless goes with the next change" latch lockdown profile none
is "... it is gone, and what was left" "$(attached | grep -c 'lockdown/\|parts')" 0
for module in lockdown trio plain; do
	ok "unload $module" latch unload $module
done
# functions that were not used yet: the last to leave them finds what was left elsewhere
ok "load of another module" latch load ptrace
ok "unload, and nothing is attached any more" latch unload ptrace
is "ftrace lives on" "$(cat /proc/sys/kernel/ftrace_enabled)" 1
ok "and attaches" latch load ptrace
done_testing
