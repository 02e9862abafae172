# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -a lockdown=confidentiality -f build/tests/vm/mod:/test/mod
#
# Under the kernel's own lockdown, where no BPF program may read kernel memory at will.
. /test/lib.sh
. /test/mod/common.sh

like "the guest is locked down" "$(cat /sys/kernel/security/lockdown)" "\[confidentiality\]"
denied "... so that programs which read kernel memory are refused" probe bpf_read_kernel
ok "doctor" latch doctor
like "... tells" "$output" "^lockdown *note *confidentiality: .*latch can only add"

ok "template loads" latch load template from=0
is "... denies" "$(act symlink link mknod)" "1 0 0"
like "... and says whom" "$(latch log template)" "inode_symlink +denied +1 .* /test/mod/act$"
ok "... and unloads" latch unload template
is "... which denies no more" "$(act symlink link mknod)" "0 0 0"

modprobe vfio
probe hold open /dev/vfio/vfio rw >/tmp/hold &
until grep -q : /tmp/hold; do
	sleep 0.1
done
holder=$!
ok "lockdown loads, with all features on" latch load lockdown all=enforce
denied "... denies" probe module_load "/lib/modules/$(uname -r)/dummy.ko"
like "... and says what" "$(latch log lockdown)" "module_load +denied +1 .* /usr/bin/probe$"
like "check sees what is held" "$(latch lockdown check integrity)" \
	"dma +pid $holder \(/usr/bin/probe\) holds open /dev/vfio/vfio"
like "... for latch reads kernel memory all the same" "$(latch lockdown check confidentiality)" \
	'^    bpf +BPF programs can read kernel memory through typed pointers'
kill $holder
ok "... and unloads" latch unload lockdown

sleep 1000 &
ok "ptrace loads" latch load ptrace scope=3
denied "... denies" probe ptrace_attach $!
ok "... and unloads" latch unload ptrace
allowed "... which denies no more" probe ptrace_attach $!

ok "loadpin loads" latch load loadpin
ok "... and unloads" latch unload loadpin

ok "a trial starts" latch load $mod/trio.bpf.o --try 1h
is "... denies" "$(act symlink link mknod)" "1 13 30"
ok "... is confirmed" latch confirm trio
ok "... and unloads" latch unload trio
counts_are "nothing is left in the kernel" "prog 0 map 0 link 0"

# The guard cannot look at mounts here.
like "doctor says so of a seal" "$(latch doctor)" "^seal *note .*confidentiality"
latch load $mod/trio.bpf.o >/dev/null
status_is "a seal is refused" 4 latch seal trio --with-lockdown
like "... because of that way" "$output" "unmounting bpffs: .* own lockdown .confidentiality. denies reading kernel memory"
is "... and lockdown is not left" "$(loaded)" "trio:enforce:3"
is "... nor anything of a guard" "$(find $latch_dir | grep -c 'guard\|iter\|sysctl')" 0
ok "... a weak one is put on" latch seal trio --weak
like "... and says what is open" "$(latch status)" "^  OPEN: unmounting bpffs: "
status_is "... and holds otherwise" 3 latch unload trio
latch load $mod/parts.bpf.o >/dev/null
status_is "what the guard does not close, it does for no other" 3 latch seal parts
like "... and why is said" "$output" "unmounting bpffs: "
ok "... but weakly" latch seal parts --weak
is "... which both say" "$(latch status | grep -c '^  OPEN: unmounting bpffs: ')" 2
not_ok "... its pins" rm $latch_dir/trio/links/inode_link

done_testing
