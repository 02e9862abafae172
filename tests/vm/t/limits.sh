# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# A process that may use little of something: root's latch raises that, and says the same as
# without; where it cannot raise it, it says which limit that is, and nothing of the kernel.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
# What differs by the moment is left out.
told()
{
	"$@" 2>&1 | sed 's/[0-9][0-9:.-]*//g'
}
ok "a module" latch load $mod/trio.bpf.o
for command in "latch list" "latch doctor" "latch info lockdown" "latch status --json" "latch lockdown check"; do
	told $command >"free.$(echo "$command" | tr -d ' ')"
done
for limit in "n 4" "n 12" "n 40" "v 60000" "d 20000" "f 0" "s 300"; do
	for command in "latch list" "latch doctor" "latch info lockdown" "latch status --json" "latch lockdown check"; do
		is "ulimit -$limit: $command" "$(told sh -c "ulimit -${limit% *} ${limit#* }; exec $command")" \
			"$(cat "free.$(echo "$command" | tr -d ' ')")"
	done
done
status_is "load of a whole module with 12 files" 0 sh -c "ulimit -n 12; latch load lockdown all=enforce"
ok "unload" sh -c "ulimit -n 12; latch unload lockdown"
status_is "without CAP_SYS_RESOURCE" 1 $mod/nocap 24 sh -c "ulimit -n 12; latch list"
like "... it says which" "$output" "^latch: this process may have 12 open files, and it cannot be raised .*: latch needs 1024: see .ulimit -n.$"
ok "the module is unloaded" latch unload trio
done_testing
