# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 200 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# A mount on the way to the pins whose mount point is in a file system that may drop it: FUSE,
# which a process of root's answers for, and what latch does not know. The others are sealed.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list >/dev/null 2>&1
umount /sys/fs/bpf /sys/fs/cgroup /sys/kernel/security 2>/dev/null

on_sys()
{
	mount -t securityfs securityfs /sys/kernel/security &&
		mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t bpf bpf /sys/fs/bpf
}

off_sys()
{
	umount /sys/fs/bpf && umount /sys/fs/cgroup && umount /sys/kernel/security
}

over()
{
	mount -t sysfs sysfs /sys && on_sys
}

undo()
{
	off_sys && umount /sys
}

# refused TYPE: with a file system of that type over /sys, and a sysfs over it
refused()
{
	ok "$1: mounted" over
	latch load $mod/trio.bpf.o >/dev/null
	for try in "" --dry-run; do
		status_is "$1: no seal $try" 4 latch seal trio --with-lockdown $try
		like "... the way by its name" "$output" \
			"is not sealed, a way would stay open: a mount point: /sys is in a file system of type $1, which may drop it"
	done
	is "... nothing is left" "$(loaded), $(find $latch_dir | grep -c '/seal$\|/iter\|guard~')" "trio:enforce:3, 0"
	ok "... it unloads" latch unload trio
	undo
}

modprobe fuse 2>/dev/null
if [ -e /dev/fuse ]; then
	mkfifo end
	$mod/fuse /sys sh -c 'read -r line <end' &
	until grep -q ' /sys fuse ' /proc/mounts; do
		usleep 50000
	done
	refused fuse
	echo >end
	wait $!
fi
mount -t proc proc /sys
refused proc
umount /sys

# Below another root directory the mounts above it are not shown.
ok "the usual mounts" on_sys
mkdir /tmp/root
mount --rbind / /tmp/root
latch load $mod/trio.bpf.o >/dev/null
for try in "" --dry-run --weak; do
	status_is "in a chroot: no seal $try" 4 chroot /tmp/root latch seal trio $try
	like "... and why" "$output" 'from the root directory of process 1, and not from a chroot'
done
is "... nothing is left" "$(loaded), $(find $latch_dir | grep -c '/seal$\|/iter\|guard~')" "trio:enforce:3, 0"
ok "a chroot to the root directory is none" chroot / latch seal trio --weak --dry-run
ok "... it unloads" latch unload trio
umount -l /tmp/root
off_sys

for type in tmpfs ramfs; do
	ok "$type: mounted" mount -t $type $type /sys
	ok "... and sysfs over it" over
	latch load $mod/trio.bpf.o >/dev/null
	ok "... it would be sealed" latch seal trio --with-lockdown --dry-run
	latch unload trio >/dev/null
	undo && umount /sys
done

mount -t proc proc /sys
over
latch load $mod/trio.bpf.o >/dev/null
ok "a weak seal would be put on" latch seal trio --weak --dry-run
like "... and what would be open is said" "$(echo "$output" | tr '\n' ' ')" \
	'trio: would be sealed WEAKLY.*OPEN: lockdown: .*OPEN: a mount point: /sys is in a file system of type proc'
ok "a weak seal is put on" latch seal trio --weak
like "... and says what is open" "$(latch status)" 'OPEN: a mount point: /sys is in a file system of type proc'
status_is "... and holds" 3 latch unload trio
done_testing
