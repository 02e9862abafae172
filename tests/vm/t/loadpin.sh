# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -d edu
#
# The loadpin module: kernel files from the pinned file system and from others, without
# it, with each kind excluded, when the pinned one is gone, and after it is unloaded.
# shellcheck disable=SC1091,SC2015,SC2016,SC2086
. /test/lib.sh

# Two file systems with the same files: root is that of the guest, other a tmpfs.
modules=/lib/modules/$(uname -r)
root=/test/pin
other=/tmp/pin
for dir in $root $other; do
	mkdir -p $dir/comedi
	cp "$modules/dummy.ko" $dir
	probe make_image $dir/image >/dev/null
	echo "no policy" >$dir/policy
	echo "no firmware" >$dir/comedi/jr3pci.idm
done

module()
{
	probe "$1" "$2/dummy.ko" && probe module_unload dummy
}

# The one driver in these kernels that reads firmware for a device QEMU has, or nearly:
# what it reads it refuses, after the kernel allowed or denied the reading.
firmware()
{
	[ -e "$modules/jr3_pci.ko" ] && grep -qx 0x11e8 /sys/bus/pci/devices/*/device || {
		echo "no device here whose driver reads firmware"
		return 77
	}
	modprobe jr3_pci
	lines=$(dmesg | wc -l)
	printf '%s' "$1" >/sys/module/firmware_class/parameters/path
	echo 1234 11e8 ffffffff ffffffff 0 0 0 >/sys/bus/pci/drivers/jr3_pci/new_id
	echo 1234 11e8 >/sys/bus/pci/drivers/jr3_pci/remove_id
	printf '\n' >/sys/module/firmware_class/parameters/path
	dmesg | tail -n +$((lines + 1)) >/tmp/firmware
	cat /tmp/firmware
	grep -q 'failed to auto-configure' /tmp/firmware || return 99
	! grep -q 'Direct firmware load for comedi/jr3pci.idm failed' /tmp/firmware || {
		echo "Operation not permitted"
		return 1
	}
}

# kinds WHAT LETTERS: what happens to each case, in this order; a: allowed, d: denied
kinds()
{
	what=$1 letters=$2
	each "a module" module module_load $root
	each "a module from elsewhere" module module_load $other
	each "a module from memory" module module_load_mem $root
	each "a compressed module" probe module_compressed $root/dummy.ko
	each "a compressed module from elsewhere" probe module_compressed $other/dummy.ko
	each "a kexec image" probe kexec_image $root/image
	each "a kexec image from elsewhere" probe kexec_image $other/image
	each "a kexec image from memory" probe kexec_load
	each "a kexec initramfs" probe kexec_initramfs $root/image $root/policy
	each "a kexec initramfs from elsewhere" probe kexec_initramfs $root/image $other/policy
	each "a policy" probe policy $root/policy
	each "a policy from elsewhere" probe policy $other/policy
	each "firmware" firmware $root
	each "firmware from elsewhere" firmware $other
}

each()
{
	description="$what: $1"
	shift
	case $letters in
	a*) allowed "$description" "$@" ;;
	*) denied "$description" "$@" ;;
	esac
	letters=${letters#?}
}

kinds "without the module" aaaaaaaaaaaaaa

ok "load" latch load loadpin
like "nothing is excluded" "$(latch info loadpin)" '^ *exclude=(none)? '
denied "a module from memory is none that pins" module module_load_mem $root
kinds "pinned" addadaddadadad
mkdir /tmp/bind
mount --bind $root /tmp/bind
allowed "pinned: by another mount of it" module module_load /tmp/bind
umount /tmp/bind

for line in module:aaaaaaddadadad kexec_image:addadaaaadadad kexec_initramfs:addadaddaaadad \
	policy:addadaddadaaad firmware:addadaddadadaa x509_certificate:addadaddadadad; do
	ok "set exclude=${line%:*}" latch set loadpin "exclude=${line%:*}"
	kinds "${line%:*} excluded" "${line#*:}"
done
skip "an x509 certificate from elsewhere" "the kernel reads certificates only when it starts"
all=firmware,module,kexec_image,kexec_initramfs,policy,x509_certificate
ok "set exclude=$all" latch set loadpin exclude=$all
kinds "all excluded" aaaaaaaaaaaaaa
ok "set exclude=none" latch set loadpin exclude=none
kinds "none excluded" addadaddadadad
not_ok "an unknown word is refused" latch set loadpin exclude=modules
log=$(latch log loadpin)
like "the log: files" "$log" '^loadpin +kernel_read_file +denied .*/usr/bin/probe$'
like "the log: memory" "$log" '^loadpin +kernel_load_data +denied .*/usr/bin/probe$'
ok "unload" latch unload loadpin
kinds "after unload" aaaaaaaaaaaaaa

ok "load again" latch load loadpin
allowed "now the other is the first" module module_load $other
denied "... and pinned" module module_load $root
ok "unload" latch unload loadpin

ok "load with exclude" latch load loadpin exclude=module,policy
allowed "what is excluded comes from elsewhere" module module_load $other
allowed "... and does not pin" probe kexec_image $root/image
denied "... as another kind then does" probe kexec_image $other/image
ok "unload" latch unload loadpin

ok "load in observe" latch load loadpin --observe
allowed "observed: the first" module module_load $other
allowed "observed: from elsewhere" module module_load $root
allowed "observed: from memory" module module_load_mem $root
like "the log" "$(latch log loadpin)" '^loadpin +kernel_read_file +(observed|would) '
ok "mode enforce" latch mode loadpin enforce
allowed "what observe pinned is allowed" module module_load $other
denied "... and nothing else" module module_load $root
ok "unload" latch unload loadpin

# A file system of the same kind, made right after, tends to get the same address.
mount_pinned()
{
	mount -t tmpfs tmpfs /tmp/mnt && cp "$root/dummy.ko" /tmp/mnt
}
gone()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		mount_pinned
		! module module_load /tmp/mnt || return 0
		umount /tmp/mnt
		sleep 0.1
	done
	echo "Operation not permitted, ten times"
	return 1
}
mkdir /tmp/mnt
mount_pinned
ok "load" latch load loadpin
allowed "the first, from a file system to come and go" module module_load /tmp/mnt
denied "from another" module module_load $root
ok "umount" umount /tmp/mnt
sleep 1
denied "the pinned one is gone: from any other" module module_load $root
denied "... from new ones like it" gone
ok "mode observe" latch mode loadpin observe
allowed "... observed" module module_load $root
ok "mode enforce" latch mode loadpin enforce
denied "... observing did not pin again" module module_load $root
ok "exclude=module" latch set loadpin exclude=module
allowed "... what is excluded is allowed" module module_load $root
ok "unload" latch unload loadpin

# Two first ones at once: one pins. Whichever it is, the other is denied.
race()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		latch load loadpin >/dev/null
		probe seq 20 module_compressed $root/dummy.ko >/tmp/race.1 2>&1 &
		probe seq 20 module_compressed $other/dummy.ko >/tmp/race.2 2>&1 &
		wait
		latch unload loadpin >/dev/null
		cat /tmp/race.1 /tmp/race.2 | grep -o '[0-9]* allowed' | sort | tr '\n' ' '
	done | sed 's/0 allowed 20 allowed /./g'
}
is "two at once" "$(race)" "..............."

kinds "at the end" aaaaaaaaaaaaaa
done_testing
