# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# shares-boot: yes
#
# dma goes by what is asked of a device: not by its number, which is given out at run time, nor
# by its node, nor by when it came or was opened.
. /test/lib.sh

edu="1234 11e8" # a device of the guest's with memory of its own, which nothing drives

uio_on()
{
	modprobe uio_cif && echo $edu >/sys/bus/pci/drivers/hilscher/new_id && test -d /sys/class/uio/uio0
}

uio_off()
{
	rmmod uio_cif && rmmod uio
}

# A node of root's own with the number of device $1
copy()
{
	rm -f "$2"
	mknod "$2" c $((0x$(stat -c %t "$1"))) $((0x$(stat -c %T "$1")))
}

refused="Operation not permitted (EPERM, 1)"
# What a driver says of an ioctl that it does not have
no_ioctl="Inappropriate ioctl for device (ENOTTY, 25)"

# vfio_is WHEN NODE NUMBER RESULT: of an ioctl of 64 bits, and of 32
vfio_is()
{
	is "$1: $2, ioctl $3" "$(probe vfio "$2" "$3")" "vfio: $4"
	is "$1: $2, ioctl $3 of 32 bits" "$(probe vfio "$2" "$3" 32)" "vfio: $4"
}

# each WHEN RESULT: what becomes of using the devices
each()
{
	copy /dev/vfio/vfio /tmp/vfio
	copy /dev/uio0 /tmp/uio
	for node in /dev/vfio/vfio /tmp/vfio; do
		vfio_is "$1" $node 100 "$2"
	done
	for node in /dev/uio0 /tmp/uio; do
		is "$1: $node" "$(probe map $node)" "map: $2"
	done
	# The type of VFIO's ioctls is its own; what is below its first number is nobody's.
	for number in 101 127 128 255; do
		case $2 in
		allowed) vfio_is "$1" /dev/null $number "$no_ioctl" ;;
		*) vfio_is "$1" /dev/null $number "$2" ;;
		esac
	done
	for number in 0 64 99; do
		vfio_is "$1" /dev/null $number "$no_ioctl"
	done
	# A name says nothing.
	rm -f /tmp/uio0
	mknod /tmp/uio0 c 1 5
	for node in /dev/zero /tmp/uio0 /etc/passwd; do
		is "$1: not for $node" "$(probe map $node)" "map: allowed"
	done
	for node in /dev/vfio/vfio /dev/uio0 /dev/mem; do
		is "$1: opening $node" "$(probe open $node rw)" "open: allowed"
	done
}

ok "VFIO" modprobe vfio
# `touch` of the node before the device is there
: >/dev/uio0
ok "load, all off" latch load lockdown
rm /dev/uio0
ok "UIO" uio_on
each "all off" allowed

ok "dma=observe" latch set lockdown dma=observe
each "observe" allowed
like "observe: the log has it" "$(latch log lockdown)" 'dma +observed +14 .*/usr/bin/probe'

ok "dma=enforce" latch set lockdown dma=enforce
each "there before it was on" "$refused"
like "enforce: the log has it" "$(latch log lockdown)" 'dma +denied +14 .*/usr/bin/probe'
ok "no VFIO" rmmod vfio
ok "no UIO" uio_off
ok "unload" latch unload lockdown

: >/dev/uio0
ok "load with it" latch load lockdown dma=enforce
ok "VFIO" modprobe vfio
ok "UIO" uio_on
# the kernel makes no node where one is
rm /dev/uio0
mknod /dev/uio0 c $(sed 's/:/ /' /sys/class/uio/uio0/dev)
each "come while it is on" "$refused"
ok "dma=off" latch set lockdown dma=off
each "off again" allowed
ok "unload" latch unload lockdown
each "after" allowed

# A mapping from before stays; an open file does not matter.
probe hold map /dev/uio0 >/tmp/hold &
until grep -q : /tmp/hold; do
	sleep 0.1
done
ok "load with it" latch load lockdown dma=enforce
like "what is mapped is told" "$(latch lockdown check)" "dma +pid $! \(/usr/bin/probe\) has mapped /dev/uio0"
kill $!
ok "unload" latch unload lockdown
ok "no UIO" uio_off
ok "no VFIO" rmmod vfio
rm -f /dev/uio0 /tmp/uio /tmp/uio0 /tmp/vfio

done_testing
