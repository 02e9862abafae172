# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300
#
# latch lockdown check: what was taken before a switch is found, however it was come by,
# and nothing else is; what cannot be looked at is said.
. /test/lib.sh

held=

# hold NAME [ARG...]: a process that keeps what the probe was given; its number is in $pid
hold()
{
	: >/tmp/hold
	probe hold "$@" >/tmp/hold 2>&1 &
	pid=$!
	held="$held $pid"
	tries=0
	until grep -q : /tmp/hold || [ $((tries += 1)) -gt 300 ]; do
		sleep 0.1
	done
	like "hold $*" "$(cat /tmp/hold)" ': allowed$'
}

# found FEATURE REGEX, not_found ...: a line of the last check, in $check
found()
{
	like "check: $1: $2" "$check" "^    ($1) +$2"
}

not_found()
{
	unlike "check: not $1: $2" "$check" "^    ($1) +$2"
}

modprobe vfio
mknod /tmp/mem.copy c 1 1
mkdir /tmp/tracing /tmp/sys
mount -t tracefs none /tmp/tracing
mount -t sysfs none /tmp/sys

# --- nothing is held; the guest's init kept a port for itself

status_is "nothing held: no, as the module is not there" 1 latch lockdown check
check=$output
like "integrity: no" "$check" '^root cannot change the running kernel: no$'
like "confidentiality: no" "$check" '^root cannot read kernel memory: no$'
like "no built-in lockdown" "$check" '^built-in lockdown: none$'
found lockdown 'the module is not loaded'
found dev_mem '/dev/mem and /dev/port reach'
found bpf 'BPF programs can read kernel memory through typed pointers'
found bpf_iter_write "BPF iterators can write to maps, and past what the map's owner allows"
not_found dbg_write_kernel .
not_found '[a-z_]+' 'pid ([2-9]|1[0-9])'
not_found 'kexec|kprobes' '(a|an) .*(loaded|in place)'
not_found '[a-z_]+' 'BPF program [0-9]'
not_found module_signature 'the unsigned module'
unlike "nothing could not be looked at" "$check" 'could not be looked at'
found ioport 'pid 1 \(/init\) may use I/O ports granted by ioperm$'

# --- all is held

hold devmem && mem=$pid
hold open /tmp/mem.copy rw && copy=$pid
hold hibernation && snapshot=$pid
hold pci_map && bar=$pid
hold pci_map_proc && bar_proc=$pid
hold iopl && iopl=$pid
hold ioperm && ioperm=$pid
hold debugfs && debugfs=$pid
hold tracefs && tracefs=$pid
hold open /tmp/tracing/tracing_on && elsewhere=$pid
hold kcore && kcore=$pid
hold kprobe
hold perf_regs && perf=$pid
hold bpf_write_user
hold bpf_read_kernel
hold bpf_iter bpf_iter_bpf_map_elem value=write
hold open /dev/vfio/vfio rw && vfio=$pid
# these give nothing that would not be asked for again
hold open /sys/bus/pci/devices/0000:00:1f.2/resource5 rw && not_mapped=$pid
hold open /sys/kernel/debug/wakeup_sources && exempt=$pid
hold open /dev/null rw && null=$pid
allowed "a kexec image" probe kexec_page load
ok "an unsigned module" insmod /test/unsigned.ko
ok "a probe through tracefs" sh -c 'echo "p:latch_test vfs_read" >/sys/kernel/tracing/kprobe_events'

ok "load, all at observe" latch load lockdown all=observe
status_is "held: no" 1 latch lockdown check
check=$output
who='\(/usr/bin/probe\)'
found dev_mem "pid $mem $who holds open /dev/mem \(device 1:1\)$"
found dev_mem "pid $copy $who holds open /tmp/mem.copy \(device 1:1\)$"
found hibernation "pid $snapshot $who holds open /dev/snapshot"
found pci_access "pid $bar $who has mapped /sys/devices/pci.*/resource5$"
found pci_access "pid $bar_proc $who has mapped /proc/bus/pci/00/1f.2$"
found ioport "pid $iopl $who may use all I/O ports: iopl 3$"
found ioport "pid $ioperm $who may use I/O ports granted by ioperm$"
found debugfs "pid $debugfs $who holds open /sys/kernel/debug/clear_warn_once$"
found tracefs "pid $tracefs $who holds open /sys/kernel/tracing/tracing_on$"
found tracefs "pid $elsewhere $who holds open /tmp/tracing/tracing_on$"
found kcore "pid $kcore $who holds open /proc/kcore$"
found kprobes 'a probe is in place at vfs_fsync'
found kprobes 'a probe is in place at vfs_read'
found perf "pid $perf $who holds open anon_inode:\[perf_event\], whose samples may"
found bpf_write_user 'BPF program [0-9]+ \(no name, of uid 0\) can write the memory of processes$'
found bpf_read_kernel 'BPF program [0-9]+ \(no name, of uid 0\) can read kernel memory$'
found bpf_iter_write 'BPF program [0-9]+ \(probe\) could write to the elements of a map$'
found bpf_write_user 'what BPF program [0-9]+ calls: it shows maps, and is not opened for that$'
found dma "pid $vfio $who holds open /dev/vfio/vfio"
found kexec 'a kexec image is loaded'
found module_signature 'the unsigned module dummy is loaded$'
for free in "$not_mapped" "$exempt" "$null"; do
	not_found '[a-z_]+' "pid $free "
done
unlike "looking is nobody's use" "$(latch log lockdown)" '/latch'

# --- and all enforced, which is found out just as well

ok "all enforced" latch set lockdown all=enforce
status_is "enforced: no" 1 latch lockdown check
is "enforced: what was taken is still taken" "$(echo "$output" | grep -c 'pid .*/usr/bin/probe')" \
	"$(echo "$check" | grep -c 'pid .*/usr/bin/probe')"
check=$output
for what in 'kprobes +a probe is in place at vfs_fsync' 'bpf_write_user +BPF program' \
	'bpf_iter_write +BPF program' 'kexec +a kexec image'; do
	like "enforced: $what" "$check" "^    $what"
done
found unload 'root can unload the module'
not_found 'dev_mem|kcore|module_load|dma' '[^p ]'
not_found bpf_iter_write 'BPF iterators'
unlike "looking is not denied" "$(latch log lockdown)" '/latch'
unlike "integrity leaves out what is only read" "$(latch lockdown check integrity)" '^    (kcore|tracefs|perf|bpf) '
like "json" "$(latch lockdown check confidentiality --json | tr -d '\n ')" \
	'"holds":false.*"not_taken_back":\[\{"feature":"dev_mem","text":"pid.*"builtin":"none"\}'
ok "unload" latch unload lockdown

# --- all is let go

# shellcheck disable=SC2086
kill $held
wait
ok "no kexec image" probe kexec_page unload
ok "no unsigned module" rmmod dummy
ok "no probe" sh -c 'echo >/sys/kernel/tracing/kprobe_events'
check=$(latch lockdown check)
not_found '[a-z_]+' 'pid ([2-9]|1[0-9])'
not_found 'kexec|kprobes' '(a|an) .*(loaded|in place)'
not_found '[a-z_]+' 'BPF program [0-9]'
found module_signature 'an unsigned module was loaded since boot'

# --- what cannot be seen

echo 2 >/proc/sys/kernel/kptr_restrict
check=$(latch lockdown check integrity)
like "hidden symbols" "$check" 'could not be looked at'
found bpf_write_user 'the kernel hides its symbols'
echo 0 >/proc/sys/kernel/kptr_restrict
check=$(unshare -p -f --mount-proc latch lockdown check integrity)
found processes 'latch is in a pid namespace'

done_testing
