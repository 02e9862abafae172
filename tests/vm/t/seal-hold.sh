# SPDX-License-Identifier: GPL-2.0-only
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# A seal with latch.ko: it is given the links of the module and of the guard.
. /test/lib.sh
. /test/mod/common.sh

count_held()
{
	wc -l </sys/kernel/security/latch/held
}

ok "load" latch load $mod/trio.bpf.o
ok "latch.ko" modprobe latch
before=$(count_held)
ok "seal" latch seal trio --weak
like "... says who holds it" "$output" '^trio: sealed WEAKLY .* held by latch.ko$'
links=$(find $latch_dir/trio/links $latch_dir/guard~/links -type f | wc -l)
is "latch.ko has each link" "$(count_held)" $((before + links))
like "... of the module" "$(cat /sys/kernel/security/latch/held)" 'bpf_lsm_inode_symlink'
like "... of the guard" "$(cat /sys/kernel/security/latch/held)" 'bpf_lsm_bpf_map'
like "status" "$(latch status)" 'held by latch.ko'
like "status --json" "$(latch status --json)" '"hold": *true'
not_ok "latch.ko is not unloaded" rmmod latch
status_is "the module is not unloaded" 3 latch unload trio
not_ok "umount -l" umount -l /sys
is "it enforces" "$(act symlink link mknod)" "1 13 30"

done_testing
