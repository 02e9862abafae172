# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# How many directories may lie between one mount of the way and the next: 256 with the root of the first, NAMES of
# lib/seal/way.bpf.h. With more, whether a mount would lie on the way is not known: none is made in that file
# system, and that is no attempt. Here the way passes a file system each of 254 to 257 names, and /sys is a
# link to where sysfs lies below these.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list >/dev/null 2>&1
for at in /sys/fs/bpf /sys/fs/cgroup /sys/kernel/security /sys/kernel/debug/tracing /sys/kernel/debug \
	/sys/kernel/tracing /sys; do
	umount $at 2>/dev/null
done
ok "/sys is free" rmdir /sys

# Told by latch.ko, within a second; the log has what is no attempt, too.
attempts()
{
	usleep 2500000
	dmesg | grep -c 'latch: attempt on the seal of trio'
}

at=/a
mkdir $at
for names in 257 256 255 254; do
	ok "a file system, and $names names in it" mount -t tmpfs none $at
	eval "top$names=$at"
	mkdir "$at/elsewhere"
	for _ in $(seq $names); do
		at=$at/d
	done
	mkdir -p $at
done
ln -s $at /sys
ok "sysfs" mount -t sysfs none $at
ok "... has the others" sh -c 'mount -t securityfs none /sys/kernel/security && mount -t cgroup2 none /sys/fs/cgroup &&
	mount -t bpf none /sys/fs/bpf'
ok "load" latch load $mod/trio.bpf.o
ok "latch.ko" modprobe latch
ok "seal" latch seal trio --weak --on-tamper=warn

# told DESCRIPTION BY: what was done since is an attempt
told()
{
	is "$1" "$(attempts)" $((before + $2))
	before=$(attempts)
}

before=$(attempts)
for names in 254 255; do
	eval "top=\$top$names"
	ok "$names names: something is mounted elsewhere in it" mount -t tmpfs none "$top/elsewhere"
	ok "$names names: ... and unmounted" umount "$top/elsewhere"
	told "$names names: ... and that is not told" 0
	not_ok "$names names: nothing is mounted on the way" mount -t tmpfs none "$top/d/d"
	told "$names names: ... and that is told" 1
	not_ok "$names names: nor on the first of them" mount -t tmpfs none "$top/d"
	told "$names names: ... and that is told" 1
done
for names in 256 257; do
	eval "top=\$top$names"
	not_ok "$names names: nothing is mounted elsewhere in it" mount -t tmpfs none "$top/elsewhere"
	told "$names names: ... and that is not told" 0
	not_ok "$names names: nothing is mounted on the way" mount -t tmpfs none "$top/d/d/d"
	told "$names names: ... and that is told" 1
done
not_ok "257 names: nor on the first of them, which is not seen" mount -t tmpfs none "$top257/d"
told "257 names: ... and that is not told" 0
ok "in another file system something is mounted" mount -t tmpfs none /mnt
ok "... and unmounted" umount /mnt
not_ok "the deepest is not unmounted" umount -l "$top254"
status_is "it is sealed" 3 latch unload trio
is "... and enforces" "$(act symlink link mknod)" "1 13 30"
done_testing
