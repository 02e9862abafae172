# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
#
# Each file in which the kernel says something of itself, as it is not: missing with all beside it,
# empty, of no sense, of another file system though it has the right words, another file of the same
# file system. Whatever latch reads there, no command says the good thing of it, nor changes anything.
. /test/lib.sh
. /test/mod/common.sh

mkdir -p /tmp/hide && mount -t tmpfs none /tmp/hide

# hide STATE PATH WORDS OTHER: makes it so; WORDS: what the kernel has there when all is well
hide()
{
	hidden=$2
	case $1 in
	absent) hidden=${2%/*} && mount -t tmpfs none "$hidden" ;;
	empty) mount --bind "$([ -d "$2" ] && mkdir -p /tmp/hide/d && echo /tmp/hide/d || echo /dev/null)" "$2" ;;
	garbage) echo xyzzy >/tmp/hide/f && mount --bind /tmp/hide/f "$2" ;;
	binary) head -c 64 /dev/zero >/tmp/hide/f && mount --bind /tmp/hide/f "$2" ;;
	copy) echo "$3" >/tmp/hide/f && mount --bind /tmp/hide/f "$2" ;;
	other) mount --bind "$4" "$2" ;;
	esac
}

# each "STATES" PATH WORDS OTHER REGEX GOOD COMMAND...: in each state a line of what it prints matches REGEX, none GOOD
each()
{
	states=$1 path=$2 words=$3 other=$4 regex=$5 good=$6
	shift 6
	if [ ! -e "$path" ]; then
		skip "$path" "this kernel has none"
		return
	fi
	unlike "$path: here: $*" "$("$@" 2>&1)" "$regex"
	for state in $states; do
		if ! hide "$state" "$path" "$words" "$other"; then
			tap_fail "$path: $state" "cannot be made"
			continue
		fi
		not_ok "$path: $state: $*" "$@"
		like "$path: $state: it is not known" "$output" "$regex"
		unlike "$path: $state: nothing good is said" "$output" "$good"
		umount "$hidden"
	done
}

mount -t tmpfs none /sys
status_is "no sysfs, nothing loaded: load" 4 latch load template
like "... says how" "$output" 'mount -t sysfs sysfs /sys'
umount /sys

file="absent empty garbage binary copy other"
ok "load" latch load lockdown dev_mem=enforce dma=enforce module_load=observe
before=$(latch lockdown --json)

each "$file" /proc/sys/kernel/ftrace_enabled 1 /proc/sys/kernel/panic_on_warn "^ftrace +unknown" \
	"^(ftrace|seal|called) +ok" latch doctor
each "$file" /sys/kernel/security/lsm "$(cat /sys/kernel/security/lsm)" /sys/kernel/security/lockdown \
	"^active LSMs +unknown" "^(active LSMs|seal) +ok" latch doctor
each "empty garbage binary copy other" /sys/kernel/security/lockdown "$(cat /sys/kernel/security/lockdown)" \
	/sys/kernel/security/lsm "^built-in lockdown: unknown" "^built-in lockdown: none" latch lockdown check
each "$file" /sys/kernel/btf/vmlinux xyzzy /sys/kernel/kexec_loaded "^BTF +unknown" "^(BTF|seal) +(ok|bad)" latch doctor
for f in kexec_loaded kexec_crash_loaded; do
	each "empty garbage binary copy other" /sys/kernel/$f 0 /sys/kernel/profiling "^ +kexec +/sys/kernel/$f: " \
		": yes$" latch lockdown check integrity
done
each "empty garbage binary copy other" /proc/sys/kernel/tainted 0 /proc/sys/kernel/panic \
	"^ +module_signature +/proc/sys/kernel/tainted: " ": yes$" latch lockdown check integrity
each "empty other" /sys/module "" /sys/kernel "^ +module_signature +/sys/module: " ": yes$" latch lockdown check integrity
each "empty other" /sys/dev/char "" /sys/dev/block "^ +dma +which devices are held open: " ": yes$" \
	latch lockdown check integrity
each "empty other" /sys/kernel/livepatch "" /sys/kernel/slab "^ +livepatch +/sys/kernel/livepatch: .* if so" ": yes$" \
	latch lockdown check integrity
each "empty garbage copy other" /proc/kallsyms "ffffffff81000000 T __bpf_call_base" /proc/version \
	"^ +bpf_write_user +the kernel hides its symbols" ": yes$" latch lockdown check integrity

unseen="whether it was used before .*: which kernel modules are loaded cannot be seen: /proc/modules: "
unlike "/proc/modules: here" "$(latch lockdown advise)" "$unseen"
for state in empty garbage copy other; do
	hide $state /proc/modules "" /proc/version
	like "/proc/modules: $state: it is not known" "$(latch lockdown advise)" "$unseen"
	umount /proc/modules
done

# What a feature needs is not missing where the directory is that would have it is hidden.
for dir in /sys/kernel /sys/firmware /sys/bus; do
	absent=$(latch lockdown --json 2>/dev/null | grep -c '"absent": *"')
	mount -t tmpfs none $dir
	now=$(latch lockdown --json 2>/dev/null | grep -c '"absent": *"')
	umount $dir
	ok "$dir is hidden: no feature is absent for that ($absent, $now)" [ "$now" -le "$absent" ]
done

# secure_boot WHAT COMMAND...: after it, the profile is status 1, and all stays
secure_boot()
{
	what=$1
	shift
	ok "$what" "$@"
	status_is "... profile secure-boot" 1 latch lockdown profile secure-boot
	like "... is not known" "$output" "whether Secure Boot is on is not known"
}
secure_boot "no /sys" mount -t tmpfs none /sys
umount /sys
secure_boot "no /sys/firmware" mount -t tmpfs none /sys/firmware
umount /sys/firmware
secure_boot "another directory of sysfs there" mount --bind /sys/kernel /sys/firmware
umount /sys/firmware
is "nothing was changed" "$(latch lockdown --json)" "$before"
denied "... nothing is let through" probe devmem

# Whole file systems
mount -t tmpfs none /sys
status_is "no sysfs: status" 4 latch status
like "... says how" "$output" 'mount -t sysfs sysfs /sys'
unlike "... not that nothing works" "$output" "DO NOT WORK|CONFIG_DEBUG_INFO_BTF"
status_is "no sysfs: doctor" 4 latch doctor
unlike "... nothing is bad" "$output" "^[a-zA-Z]+ +bad "
like "... seal" "$output" "^seal +unknown +it is not known whether it can be put on"
not_ok "no sysfs: load" latch load template
umount /sys
status_is "no procfs: list" 1 unshare -m sh -c "umount -l /proc; exec latch list"
like "... says how" "$output" 'mount -t proc proc /proc'
ok "no securityfs" umount /sys/kernel/security
like "... says how" "$(latch lockdown check 2>&1)" "^built-in lockdown: unknown: .*mount -t securityfs"
mount -t securityfs securityfs /sys/kernel/security

# What a device is, is not asked of sysfs.
modprobe vfio
ok "/sys/class is hidden" mount -t tmpfs none /sys/class
ok "... dma is off" latch set lockdown dma=off
allowed "... and VFIO is used" probe vfio /dev/vfio/vfio
ok "... dma is enforced" latch set lockdown dma=enforce
denied "... and VFIO denied" probe vfio /dev/vfio/vfio
umount /sys/class
rmmod vfio

# bpffs read-only: nothing is damaged.
ok "load of another" latch load $mod/trio.bpf.o
ok "bpffs read-only" mount -o remount,ro /sys/fs/bpf
for command in list status "mode trio observe" "unload trio" "lockdown check"; do
	# shellcheck disable=SC2086
	not_ok "... $command" latch $command
	like "... says how" "$output" "read-only.*mount -o remount,rw /sys/fs/bpf"
	unlike "... no damage" "$output" "damaged|removes the rest"
done
like "... doctor" "$(latch doctor)" "^bpffs +bad .*mount -o remount,rw /sys/fs/bpf"
like "... doctor: seal" "$(latch doctor)" "^seal +note .*mount -o remount,rw /sys/fs/bpf"
ok "... and back" mount -o remount,rw /sys/fs/bpf
ok "list" latch list

# A hidden module is not said to be not loaded.
ok "bpffs is hidden" mount -t bpf none /sys/fs/bpf
not_ok "... check" latch lockdown check integrity
like "... says so" "$output" "^ +lockdown +whether it is loaded is not known: a module is in force"
unlike "... not that it is not loaded" "$output" "is not loaded"
unlike "... seal is not good" "$(latch doctor)" "^seal +ok"
umount /sys/fs/bpf

# ftrace off: of the real file
if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	like "ftrace is off: doctor" "$(latch doctor)" "^called +bad +not tried, as ftrace is off: see there"
	unlike "... seal" "$(latch doctor)" "^seal +ok"
	echo 2 >/proc/sys/kernel/ftrace_enabled
	like "2 is on, as the kernel takes it" "$(latch doctor)" "^called +ok"
	echo 1 >/proc/sys/kernel/ftrace_enabled
fi

ok "doctor at last" latch doctor
ok "unload" latch unload trio
ok "unload" latch unload lockdown
ok "a module that denies loading programs" latch load $mod/nobpfprog.bpf.o
unlike "... seal" "$(latch doctor)" "^seal +ok"
not_ok "... seal --dry-run" latch seal nobpfprog --weak --dry-run
like "... says why" "$output" "an empty program cannot be loaded"
ok "unload" latch unload nobpfprog
counts_are "nothing is left in the kernel" "$boot_counts"

# A seal does not deny the remount, in either direction.
ok "a sealed module" latch load $mod/trio.bpf.o
ok "..." latch seal trio --weak
ok "... bpffs read-only" mount -o remount,ro /sys/fs/bpf
status_is "... list" 1 latch list
like "... says how" "$output" "trio: its info map cannot be read: .*mount -o remount,rw /sys/fs/bpf"
ok "... and back" mount -o remount,rw /sys/fs/bpf
ok "... list" latch list
done_testing
