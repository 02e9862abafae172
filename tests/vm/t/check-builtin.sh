# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 300 -a lockdown=integrity
#
# A kernel that is locked already, as Secure Boot does it: latch adds, and cannot relax.
. /test/lib.sh

leaves='latch can deny what it leaves: .*module_load, .*dma, bpf_iter_write, kcore, '

like "the guest is locked down" "$(cat /sys/kernel/security/lockdown)" '\[integrity\]'
denied "... so that /dev/mem is denied" probe devmem
denied "... and iopl" probe iopl
allowed "... but not /proc/kcore" probe kcore
allowed "... nor a signed module" probe module_load "/lib/modules/$(uname -r)/dummy.ko"
rmmod dummy

status_is "check: no" 1 latch lockdown check integrity
like "check: the level" "$output" '^built-in lockdown: integrity$'
like "check: what latch can do" "$output" "^  what it denies stays denied, whatever latch is told; $leaves"
unlike "check: what is denied is not open" "$output" '^    (dev_mem|ioport|msr|kexec|module_signature) '
like "check: what it leaves is" "$output" '^    module_load '
like "check: of the other property too" "$(latch lockdown check confidentiality)" '^    kcore '
like "json" "$(latch lockdown check --json)" '"builtin":"integrity"'

ok "load, all off" latch load lockdown
status=$(latch lockdown)
like "status: the level" "$status" '^built-in lockdown: integrity$'
like "status: what latch can do" "$status" "$leaves"
denied "dev_mem=off relaxes nothing: /dev/mem" probe devmem
denied "... nor iopl" probe iopl
ok "dev_mem=observe" latch set lockdown dev_mem=observe
denied "... relaxes nothing" probe devmem
ok "kcore=enforce, module_load=enforce" latch set lockdown kcore=enforce module_load=enforce
denied "... add: /proc/kcore" probe kcore
denied "... add: a signed module" probe module_load "/lib/modules/$(uname -r)/dummy.ko"
unlike "check: both are closed" "$(latch lockdown check)" '^    (kcore|module_load) '
ok "unload" latch unload lockdown
allowed "after: /proc/kcore" probe kcore
allowed "after: a signed module" probe module_load "/lib/modules/$(uname -r)/dummy.ko"

done_testing
