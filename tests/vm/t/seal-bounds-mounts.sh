# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 500 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# How far the guard looks at mounts (lib/seal/way.bpf.h), on both sides of each bound. Up to it what has nothing to
# do with the seal goes on, and what would reach it is denied, as an attempt. Beyond it both are denied, and
# are none: who asks need not know of a seal. The bound on the way itself is in seal-bounds.sh.
. /test/lib.sh
. /test/mod/common.sh

# From 7.0 the root lies on a mount that is not shown, nullfs.
hidden=$(awk '$5 == "/" && $1 != $2' /proc/self/mountinfo | wc -l)
cd /tmp || exit
mkdir -p /n /tmp/sys

# Told by latch.ko, within a second; the log has what is no attempt, too.
attempts()
{
	usleep 2500000
	dmesg | grep -c 'latch: attempt on the seal of trio'
}

# Between these two lies what a test has made.
begin()
{
	mount -t tmpfs none /n && mount --make-private /n && mount --make-shared /sys
}

end()
{
	mount --make-private /sys && umount -l /n
}

# within WHAT, beyond WHAT: both are asked, and what the log has
within()
{
	before=$(attempts)
	ok "$1: something is mounted" mount -t tmpfs none /mnt
	ok "$1: ... and unmounted" umount /mnt
	ok "$1: ... also in another sysfs, where the way passes" mount -t tmpfs none /tmp/sys/fs
	ok "$1: ... and unmounted" umount /tmp/sys/fs
	is "$1: none of it is told" "$(attempts)" "$before"
	not_ok "$1: what would reach it is denied" umount -l "$2"
	is "$1: ... and told" "$(attempts)" $((before + 1))
}

beyond()
{
	before=$(attempts)
	ok "$1: something is mounted" mount -t tmpfs none /mnt
	not_ok "$1: ... and not unmounted" umount /mnt
	not_ok "$1: what would reach it is denied" umount -l "$2"
	is "$1: none of it is told" "$(attempts)" "$before"
	ok "$1: it holds" [ -e $latch_dir/trio/links/inode_link ]
	mount --make-private /sys
	ok "$1: without that it is unmounted" umount /mnt
}

# The first, which is the last that the guard comes to, shows bpffs, too.
shown()
{
	[ "$1" -gt "$2" ] && echo --bind || echo --rbind
}

# masters FROM TO: /sys receives from a mount that receives from another, TO times
masters()
{
	for i in $(seq "$1" "$2"); do
		mkdir "/n/$i" && mount "$(shown "$i" 1)" /sys "/n/$i" || return
		mount --make-slave /sys && mount --make-shared /sys || return
	done
}

# group FROM TO: /sys is the first of a group of TO mounts
group()
{
	for i in $(seq "$1" "$2"); do
		mkdir "/n/$i" && mount "$(shown "$i" 2)" /sys "/n/$i" || return
	done
}

# A peer of /sys is the last of $1 mounts, one in the other.
nest()
{
	at=/n
	for i in $(seq $(($1 - 3 - hidden))); do
		at=$at/d
		mkdir "$at" && mount -t tmpfs none "$at" || return
	done
	mkdir "$at/d" && mount --rbind /sys "$at/d"
}

ok "load" latch load $mod/trio.bpf.o
ok "another sysfs" mount -t sysfs none /tmp/sys
ok "latch.ko" modprobe latch
ok "seal" latch seal trio --weak --on-tamper=warn

ok "/sys receives from mounts" begin
ok "62" masters 1 62
within "62 masters" /n/1/fs/bpf
ok "63" masters 63 63
within "63 masters" /n/1/fs/bpf
ok "64" masters 64 64
before=$(attempts)
not_ok "64 masters: nothing is mounted in another sysfs, where the way passes" mount -t tmpfs none /tmp/sys/fs
is "64 masters: ... and that is not told" "$(attempts)" "$before"
beyond "64 masters" /n/1/fs/bpf
ok "... taken away" end

ok "/sys has peers" begin
ok "1023 in the group" group 2 1023
within "a group of 1023" /n/2/fs/bpf
ok "1024" group 1024 1024
within "a group of 1024" /n/2/fs/bpf
ok "1025" group 1025 1025
beyond "a group of 1025" /n/2/fs/bpf
ok "... taken away" end

for n in 255 256 257; do
	ok "a peer of /sys lies in others" begin
	ok "$n mounts, one in the other" nest $n
	if [ $n -le 256 ]; then
		within "a nest of $n" /n
	else
		beyond "a nest of $n" /n
	fi
	ok "... taken away" end
done

status_is "it is sealed" 3 latch unload trio
is "... and enforces" "$(act symlink link mknod)" "1 13 30"
done_testing
