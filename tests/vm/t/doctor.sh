# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# `latch doctor` in places where modules cannot work, and where it cannot look: never "ok" there.
. /test/lib.sh
. /test/mod/common.sh

# check DESCRIPTION STATUS CHECK STATE REGEX COMMAND...: the line of CHECK is so, and the exit status
check()
{
	check_what=$1 check_status=$2 check_name=$3 check_state=$4 check_text=$5
	shift 5
	status_is "$check_what: status" "$check_status" "$@"
	like "$check_what: $check_name" "$output" "^$check_name +$check_state +.*$check_text"
}

check "here" 0 called ok "attached, was called, and was detached" latch doctor
is "... and nothing is left of it" "$(counts)" "$boot_counts"
status_is "status" 0 latch status
is "status tries nothing" "$(counts)" "$boot_counts"

check "a user" 4 privilege bad "run latch as root" su user -c "/usr/sbin/latch doctor"
check "a user" 4 called unknown "not tried" su user -c "/usr/sbin/latch doctor"
check "a user" 4 seal unknown "it is not known whether it can be put on: .* what .called. says" su user -c "/usr/sbin/latch doctor"
check "root of a user namespace" 4 privilege bad "only in a user namespace" unshare -U -r latch doctor
check "root of a user namespace" 4 called unknown "not tried" unshare -U -r latch doctor
check "root of a user's namespace" 4 privilege bad "only in a user namespace" su user -c "unshare -U -r /usr/sbin/latch doctor"
status_is "root of a user namespace: nothing is loaded" 1 unshare -U -r latch load template
like "... and it says why" "$output" "root of a user namespace only"
check "root without /proc" 4 privilege unknown "/proc/self/ns/user" unshare -m sh -c "umount /proc; exec latch doctor"
check "root without /proc" 4 ftrace unknown "/proc/sys/kernel/ftrace_enabled" unshare -m sh -c "umount /proc; exec latch doctor"
check "root without /sys" 4 bpffs unknown "mount -t sysfs sysfs /sys" unshare -m sh -c "mount -t tmpfs none /sys; exec latch doctor"
check "root without /sys" 4 "active LSMs" unknown "mount -t sysfs sysfs /sys" unshare -m sh -c "mount -t tmpfs none /sys; exec latch doctor"
check "without bpffs" 0 bpffs note "latch load. mounts it" unshare -m sh -c "umount -l /sys/fs/bpf; exec latch doctor"
check "bpffs read-only" 4 bpffs bad "read-only" \
	unshare -m sh -c "mount -t bpf bpf /sys/fs/bpf; mount -o remount,ro,bind /sys/fs/bpf; exec latch doctor"

# A seccomp filter on bpf(2), as containers have one: with an error, or with the end of the process.
check "bpf(2) is EPERM" 4 called bad "cannot be loaded: Operation not permitted: .*seccomp" nobpf errno latch doctor
check "bpf(2) is ENOSYS" 4 called bad "cannot be loaded: Function not implemented: .*seccomp" nobpf nosys latch doctor
check "bpf(2) is the end" 4 called bad "ended by signal 31 .*seccomp filter forbids bpf" nobpf kill latch doctor

# Without a filter, but with a module that denies bpf(2) to all.
ok "a module that denies loading programs" latch load $mod/nobpfprog.bpf.o
check "a module denies it" 4 called bad "something denies it" latch doctor
ok "... it can be unloaded" latch unload nobpfprog

counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
