# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# shares-boot: yes
#
# dma goes by the numbers of devices, which are given out at run time: of those that were
# there before latch, that came while the feature was off, and that come while it is on.
. /test/lib.sh

# The chipset's AHCI, which nothing drives, as a UIO device.
uio_on()
{
	modprobe uio_pci_generic && echo "8086 2922" >/sys/bus/pci/drivers/uio_pci_generic/new_id &&
		test -c /dev/uio0
}

uio_off()
{
	echo 0000:00:1f.2 >/sys/bus/pci/drivers/uio_pci_generic/unbind
	rmmod uio_pci_generic && rmmod uio
}

# A node of root's own with the number of device $1
copy()
{
	rm -f "$2"
	mknod "$2" c $((0x$(stat -c %t "$1"))) $((0x$(stat -c %T "$1")))
}

refused="Operation not permitted (EPERM, 1)"

# each WHEN RESULT: what becomes of opening the devices
each()
{
	copy /dev/vfio/vfio /tmp/vfio
	copy /dev/uio0 /tmp/uio
	for node in /dev/vfio/vfio /dev/uio0 /tmp/vfio /tmp/uio; do
		is "$1: $node" "$(probe open $node rw)" "open: $2"
	done
	is "$1: to read only" "$(probe open /dev/uio0 r)" "open: $2"
	# A name says nothing but in devtmpfs.
	rm -f /tmp/uio0
	mknod /tmp/uio0 c 1 3
	for node in /dev/null /dev/mem /tmp/uio0 /etc/passwd; do
		is "$1: not for $node" "$(probe open $node rw)" "open: allowed"
	done
}

ok "VFIO" modprobe vfio
ok "load, all off" latch load lockdown
ok "UIO" uio_on
each "all off" allowed

ok "dma=observe" latch set lockdown dma=observe
each "observe" allowed
like "observe: the log has it" "$(latch log lockdown)" 'dma +observed +5 .*/usr/bin/probe'

ok "dma=enforce" latch set lockdown dma=enforce
each "there before it was on" "$refused"
like "enforce: the log has it" "$(latch log lockdown)" 'dma +denied +5 .*/usr/bin/probe'
ok "no VFIO" rmmod vfio
ok "no UIO" uio_off
ok "unload" latch unload lockdown

ok "load with it" latch load lockdown dma=enforce
ok "VFIO" modprobe vfio
ok "UIO" uio_on
each "come while it is on" "$refused"
ok "dma=off" latch set lockdown dma=off
each "off again" allowed
ok "unload" latch unload lockdown
each "after" allowed
ok "no UIO" uio_off
ok "no VFIO" rmmod vfio

done_testing
