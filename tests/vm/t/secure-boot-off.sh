# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -u off -t 300
#
# Firmware with Secure Boot off, as it has no keys yet: the profile `secure-boot` is none.
. /test/lib.sh

vars=/sys/firmware/efi/efivars

like "the kernel did not lock itself down" "$(cat /sys/kernel/security/lockdown)" '\[none\]'
modprobe efivarfs && mount -t efivarfs efivarfs $vars
is "the firmware: Secure Boot" "$(tail -c 1 $vars/SecureBoot-* | od -An -tu1 | xargs)" 0
is "the firmware: in setup mode" "$(tail -c 1 $vars/SetupMode-* | od -An -tu1 | xargs)" 1

ok "before, dev_mem is enforced" latch load lockdown dev_mem=enforce kexec=observe
denied "... /dev/mem" probe devmem
status_is "profile secure-boot" 0 latch lockdown profile secure-boot
like "... says that it is off" "$output" '^Secure Boot is off: the firmware is in setup mode$'
like "... and turns all off" "$output" '^lockdown: every feature is off$'
allowed "... /dev/mem" probe devmem
ok "unload" latch unload lockdown
done_testing
