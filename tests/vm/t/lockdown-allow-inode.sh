# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -a ima_hash=sha1
#
# An unsigned module on a kernel that computes no SHA-256: known by its inode.
. /test/lib.sh

ok "load" latch load lockdown module_signature=enforce
denied "denied" probe module_load /test/unsigned.ko
ok "allow" latch lockdown allow module_signature --module /test/unsigned.ko
like "says by what it is known" "$output" 'known by its device, inode, size and change time$'
like "... and why not by more" "$output" 'the kernel computes no SHA-256 of it'
like "status" "$(latch lockdown)" 'module /test/unsigned.ko, by its device, inode, size and change time$'
allowed "loaded" probe module_load /test/unsigned.ko
rmmod dummy
cp /test/unsigned.ko /tmp/copy.ko
denied "a copy is another file" probe module_load /tmp/copy.ko
denied "from memory" probe module_load_mem /test/unsigned.ko
cat /tmp/copy.ko >/test/unsigned.ko
denied "written to" probe module_load /test/unsigned.ko
like "... status says so" "$(latch lockdown)" ': LOST: the file was replaced or changed$'
ok "allow anew" latch lockdown allow module_signature --module /test/unsigned.ko
allowed "loaded" probe module_load /test/unsigned.ko
rmmod dummy
ok "disallow" latch lockdown disallow module_signature --module /test/unsigned.ko
denied "denied again" probe module_load /test/unsigned.ko
ok "unload" latch unload lockdown
done_testing
