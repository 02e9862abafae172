# SPDX-License-Identifier: GPL-2.0-only
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# What a seal demands of lockdown, and how it gets it; load --seal.
. /test/lib.sh
. /test/mod/common.sh

ok "allowed before: /dev/mem is opened" dd if=/dev/mem of=/dev/null bs=1 count=0
base=''
refused "load --seal, with everything open from below" 3 'undone from below' latch load $mod/trio.bpf.o --seal
like "... unloads it again" "$output" 'trio is unloaded again'
refused "... with --try" 2 'not both' latch load $mod/trio.bpf.o --seal --try 1m
refused "--weak without --seal" 2 'go with --seal' latch load $mod/trio.bpf.o --weak

ok "lockdown, a part of it" latch load lockdown dev_mem=enforce perf=observe
ok "load" latch load $mod/trio.bpf.o
status_is "seal" 3 latch seal trio
like "... lists what is open" "$output" '^  kexec: '
unlike "... and not what is enforced" "$output" '^  dev_mem: '
like "... and that lockdown is not sealed" "$output" '^  lockdown: .* not sealed itself'
status_is "seal of lockdown itself" 3 latch seal lockdown
like "... lists what is open" "$output" '^  kexec: '
unlike "... not that it is not sealed" "$output" '^  lockdown: '
like "lockdown check" "$(latch lockdown check integrity 2>&1)" 'latch seal lockdown'
like "... what a seal closes" "$(latch lockdown check integrity 2>&1)" '^ +bpf_iter_write '

like "... and what would help" "$output" '^--with-lockdown enforces and seals these features too; --weak seals lockdown all the same$'
ok "an exception" latch lockdown allow dev_mem --exe /usr/bin/busybox
status_is "seal, with an exception" 3 latch seal trio
like "... names it" "$output" '^  dev_mem: it has an exception for exe /usr/bin/busybox$'
like "... and what would help" "$output" '^.latch lockdown disallow. takes an exception back, --with-lockdown enforces'
status_is "--with-lockdown, with an exception" 3 latch seal trio --with-lockdown
like "... and what would help" "$output" '^.latch lockdown disallow. takes an exception back; --weak seals'
ok "the remedy" latch lockdown disallow dev_mem --exe /usr/bin/busybox
ok "seal --with-lockdown" latch seal trio --with-lockdown
like "... seals lockdown" "$output" '^lockdown: sealed since'
like "... and the module" "$output" '^trio: sealed since'
unlike "... with nothing open" "$output" OPEN
like "what is not demanded is as it was" "$(latch status)" '^  perf=observe'
denied "it enforces" dd if=/dev/mem of=/dev/null bs=1 count=0
status_is "lockdown is not set" 3 latch lockdown set dev_mem=off
status_is "... nor by its profile" 3 latch lockdown profile none
status_is "... nor unloaded" 3 latch unload lockdown
unlike "lockdown check: nobody can unload it" "$(latch lockdown check integrity 2>&1)" 'can unload|sealed weakly'
unlike "... nor are there programs of others over maps" "$(latch lockdown check integrity 2>&1)" '^ +bpf_iter_write '
like "lockdown status reads it" "$(latch lockdown status)" '^kexec +enforce'
ok "load --seal now needs no more" latch load $mod/parts.bpf.o links=enforce --seal
status_is "... and is sealed" 3 latch unload parts
denied "it enforces still" dd if=/dev/mem of=/dev/null bs=1 count=0

done_testing
