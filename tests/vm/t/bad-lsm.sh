# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -a lsm=lockdown,yama -f build/tests/vm/mod:/test/mod
#
# A kernel whose list of LSMs has no bpf: programs would attach and never be called. So
# nothing is loaded, and the remedy is the present list with bpf behind it.
. /test/lib.sh
. /test/mod/common.sh

present=$(cat /sys/kernel/security/lsm)
like "the guest is such a kernel" ",$present," ",yama,"
unlike "... without bpf" ",$present," ",bpf,"

words=".bpf. is not in the active list, so programs would attach and never be called: add lsm=$present,bpf to the kernel command line"
refused "load" 4 "$words" latch load template
refused "load of an ungated module" 4 "$words" latch load $mod/plain.bpf.o
refused "doctor" 4 "^active LSMs *bad *$words" latch doctor
refused "doctor --json" 4 "$words" latch doctor --json
refused "status" 4 "$words" latch status
status_is "list" 0 latch list
is "nothing is denied" "$(act symlink link mknod)" "0 0 0"

# A list on another file system is no word of the kernel's, whatever it has.
mkdir /tmp/security && echo -n "capability,lockdown,bpf" >/tmp/security/lsm
mount --bind /tmp/security /sys/kernel/security
refused "load, with another's list" 4 "/sys/kernel/security/lsm: not the kernel's: .mount -t securityfs" latch load template
umount /sys/kernel/security

done_testing
