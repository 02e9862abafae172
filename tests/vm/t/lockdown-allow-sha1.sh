# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -a ima_hash=sha1
#
# An unsigned module on a kernel that computes no SHA-256: it has no exception, as the change time of
# its file is root's to set.
. /test/lib.sh

ok "load" latch load lockdown module_signature=enforce
denied "denied" probe module_load /test/unsigned.ko
status_is "allow" 4 latch lockdown allow module_signature --module /test/unsigned.ko
like "says why not" "$output" '/test/unsigned.ko: the kernel computes no SHA-256 of it.*ima_hash=sha256'
denied "denied still" probe module_load /test/unsigned.ko
unlike "status" "$(latch lockdown)" 'exceptions:'
ok "unload" latch unload lockdown
done_testing
