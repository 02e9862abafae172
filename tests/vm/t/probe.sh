# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
#
# Every probe is let through on a stock kernel: a refusal elsewhere is latch's doing.
. /test/lib.sh

modules=/lib/modules/$(uname -r)
modprobe msr

for p in devmem port kcore kexec_load ioperm iopl msr_read msr_write hibernation pci_write \
	perf_regs kprobe tracefs debugfs bpf_read_kernel bpf_write_user ptrace_child \
	ptrace_traceme "set_ptracer any" fork fork_exec unlink "open /etc/passwd rw"; do
	# shellcheck disable=SC2086
	allowed "$p" probe $p
done

for how in module_load module_load_mem; do
	allowed "$how" probe $how "$modules/dummy.ko"
	status_is "$how again" 1 probe $how "$modules/dummy.ko"
	like "$how again: why" "$output" 'EEXIST'
	allowed "module_unload" probe module_unload dummy
done
allowed "module_load, unsigned" probe module_load /test/unsigned.ko
allowed "module_unload" probe module_unload dummy
allowed "module_load, a module that another needs" probe module_load "$modules/reed_solomon.ko"
allowed "module_load, hardware parameter" \
	probe module_load "$modules/ramoops.ko" mem_address=0

probe tracee any >/tmp/tracee &
for how in ptrace_attach ptrace_seize proc_mem; do
	allowed "$how" probe $how $!
done

kill $! && wait $!

denied "a refusal counts as one" su user -c "probe devmem"
status_is "a sequence of the same" 0 probe seq 100 fork_exec
status_is "a missing interface" 77 probe open /dev/nonexistent
status_is "wrong usage" 2 probe open

done_testing
