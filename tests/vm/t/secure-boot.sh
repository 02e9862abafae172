# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -u on -t 300
#
# Firmware with Secure Boot on, and a kernel that it verified: the profile `secure-boot` is
# integrity there. The kernel's own lockdown is at that level already: latch adds to it.
. /test/lib.sh

vars=/sys/firmware/efi/efivars

like "the kernel locked itself down" "$(cat /sys/kernel/security/lockdown)" '\[integrity\]'
denied "by itself: /dev/mem" probe devmem
allowed "not by itself: /proc/kcore" probe kcore

ok "before, kcore is enforced" latch load lockdown kcore=enforce
status_is "without efivarfs" 1 latch lockdown profile secure-boot
like "... it is not known" "$output" 'whether Secure Boot is on is not known: efivarfs is not mounted: .mount -t efivarfs'
denied "... and nothing is turned off" probe kcore
for over in /sys /sys/firmware; do
	mount -t tmpfs none $over
	status_is "$over is hidden" 1 latch lockdown profile secure-boot
	like "... it is not known" "$output" 'whether Secure Boot is on is not known: /sys/firmware/efi: '
	umount $over
	denied "... and nothing is turned off" probe kcore
done
ok "unload" latch unload lockdown

modprobe efivarfs && mount -t efivarfs efivarfs $vars
is "the firmware: Secure Boot" "$(tail -c 1 $vars/SecureBoot-* | od -An -tu1 | xargs)" 1
is "the firmware: not in setup mode" "$(tail -c 1 $vars/SetupMode-* | od -An -tu1 | xargs)" 0
head -c 5 /dev/zero >/tmp/off && mount --bind /tmp/off $vars/SecureBoot-*
status_is "a variable that is not the firmware's" 1 latch lockdown profile secure-boot
umount $vars/SecureBoot-*
status_is "profile secure-boot, observing" 0 latch lockdown profile secure-boot --observe
like "... observes" "$(latch lockdown)" '^dev_mem +observe '
status_is "profile secure-boot" 0 latch lockdown profile secure-boot
like "... says that it is on" "$output" '^Secure Boot is on$'
features=$(latch lockdown)
like "... is integrity" "$features" '^dev_mem +enforce '
like "... and no more" "$features" '^kcore +off '
like "... none of latch's own" "$features" '^module_load +off '

ok "latch adds to it" latch set lockdown kcore=enforce
denied "... /proc/kcore" probe kcore
ok "unload" latch unload lockdown
allowed "... /proc/kcore" probe kcore
denied "and takes nothing from it: /dev/mem" probe devmem
done_testing
