#!/.init/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# /init in the guest of `tests/vm/run -s`: puts what the initramfs brought onto the disk with
# the Debian userland, and starts systemd there. What is written to the disk ends with the
# guest.

set -eu

busybox=/.init/busybox

$busybox mount -t devtmpfs dev /dev
until [ -b /dev/nvme0n1 ]; do
	$busybox usleep 10000
done
$busybox mount -t ext4 /dev/nvme0n1 /disk
for f in /*; do
	case $f in
	/init | /disk | /dev) ;;
	*) [ -L "$f" ] || $busybox cp -a "$f" /disk ;;
	esac
done
$busybox chroot /disk depmod
# as its package would
[ ! -f /disk/usr/lib/systemd/system/latch.service ] ||
	$busybox chroot /disk systemctl -q enable latch.service
# What looks for devices, and what keeps things for the next boot: half of the time to start.
for unit in systemd-udev-trigger.service systemd-sysusers.service systemd-random-seed.service \
	systemd-journal-flush.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
	systemd-modules-load.service modprobe@dm_mod.service modprobe@loop.service modprobe@fuse.service \
	modprobe@configfs.service dev-mqueue.mount dev-hugepages.mount; do
	$busybox ln -sf /dev/null "/disk/etc/systemd/system/$unit"
done
$busybox mount --move /dev /disk/dev
exec $busybox switch_root /disk /sbin/init
