# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
#
# Seals and trials are part of the plan: what a seal demands, latch.ko for on-tamper, and a trial
# that runs are seen before anything is done; at boot a seal that fails takes no enforcement away.
. /test/lib.sh
. /test/mod/common.sh

mkdir -p /etc/latch
config()
{
	cat >/etc/latch/latch.conf
}
state()
{
	find $latch_dir 2>/dev/null | sort
	act symlink link mknod
}
before=$(state)

# --- what lockdown lacks, and what it has too much of

config <<-'END'
	[lockdown]
	all = enforce
	bpf_read_kernel = observe
	dev_mem = observe
	unload = deny
END
status_is "a demanded feature at observe: dry run" 3 latch apply --dry-run
like "... the plan" "$output" '^would change: lockdown: load, enforce$'
like "... each value" "$output" '^  dev_mem=observe$'
like "... the seal" "$output" '^  seal until reboot$'
like "... what the seal lacks, and where it is demanded" "$output" '^latch: /etc/latch/latch.conf:1: lockdown is not sealed: it could be undone from below:$'
like "... which is that alone" "$(echo "$output" | grep '^  ')" '^  dev_mem: '
status_is "... in status" 5 latch status
like "... says so" "$output" '^.latch apply. would be refused: .*lockdown is not sealed'
status_is "... apply" 3 latch apply
like "... says so" "$output" '^latch: nothing was applied$'
is "... which is true" "$(latch list 2>/dev/null)" ""

# As `advise --write` has it, where nobody used anything.
config <<-'END'
	[lockdown]
	all = enforce
	[latch]
	unload = deny
END
status_is "bpf_read_kernel enforced: dry run" 4 latch apply --dry-run
like "... says what to do" "$output" 'unmounting bpffs: the feature bpf_read_kernel of lockdown, which is enforced, denies reading .*: set bpf_read_kernel to observe$'
status_is "... apply" 4 latch apply
is "... nothing is loaded" "$(latch list 2>/dev/null)" ""
allowed "... nor denied" probe devmem
status_is "at boot" 4 latch apply --boot
like "... it is loaded" "$output" '^lockdown: loaded, enforce$'
like "... and not sealed" "$output" '^latch: lockdown is not sealed, a way would stay open'
like "... and stays" "$output" '^what is loaded stays loaded, without that seal$'
denied "... and denies" probe devmem
unlike "... it is not sealed" "$(latch list)" sealed
status_is "... which is drift" 5 latch status --json
latch unload lockdown >/dev/null

# --- a seal that fails when it is tried: somebody has a hand on the module

config <<-'END'
	[module parts]
	file = /test/mod/parts.bpf.o
	links = enforce
	[lockdown]
	all = enforce
	bpf_read_kernel = observe
	unload = deny
END
status_is "a seal that can be: dry run" 5 latch apply --dry-run
latch load lockdown all=enforce bpf_read_kernel=observe >/dev/null
latch watch lockdown >/dev/null 2>&1 &
watcher=$!
sleep 2
was=$(state)
status_is "a seal that fails: apply" 1 latch apply
like "... what was done" "$output" '^parts: loaded, enforce, links=enforce$'
like "... is taken back" "$output" '^taken back: parts: loaded, enforce, links=enforce$'
unlike "... no seal is said to be done" "$output" '^lockdown: sealed'
is "... all is as it was" "$(state)" "$was"
status_is "... at boot" 1 latch apply --boot
like "... what was done" "$output" '^parts: loaded'
unlike "... is not taken back" "$output" 'taken back|nothing was applied'
is "... and denies" "$(act symlink link mknod)" "0 1 0"
denied "... lockdown, too" probe devmem
kill $watcher
wait
status_is "on-tamper without latch.ko: sealed by hand" 4 latch seal parts --weak --on-tamper=panic
latch unload parts >/dev/null
latch unload lockdown >/dev/null

# --- seal --with-lockdown says what it will do

latch load $mod/trio.bpf.o >/dev/null
was=$(state)
ok "seal --with-lockdown --dry-run" latch seal trio --with-lockdown --dry-run
like "... lockdown" "$output" '^lockdown: not loaded; will be loaded, enforce and be sealed until reboot, with:$'
like "... each feature" "$output" '^  dev_mem: off -> enforce$'
like "... the module" "$output" '^trio: would be sealed until reboot, as far as can be seen'
is "... changes nothing" "$(state)" "$was"
status_is "seal --dry-run without it" 3 latch seal trio --dry-run
like "... says what is open" "$output" 'the lockdown module is not loaded'
status_is "seal --all --dry-run" 3 latch seal --all --dry-run
is "... changes nothing" "$(state)" "$was"
latch load lockdown all=enforce >/dev/null
status_is "seal --dry-run, with bpf_read_kernel enforced" 4 latch seal lockdown --dry-run
latch set lockdown kexec=observe >/dev/null
for dry in --dry-run ""; do
	status_is "seal $dry, with that and kexec open" 3 latch seal lockdown $dry
	like "... names the feature" "$output" '^  kexec: '
	like "... and the way that no feature closes" "$output" '^  unmounting bpffs: the feature bpf_read_kernel'
done
latch set lockdown bpf_read_kernel=observe >/dev/null
ok "seal --with-lockdown --dry-run, lockdown loaded" latch seal trio --with-lockdown --dry-run
is "... what changes, and no more" "$(echo "$output" | grep -e '->')" "  kexec: observe -> enforce"
ok "seal --all --dry-run" sh -c 'latch set lockdown kexec=enforce && latch seal --all --dry-run'
like "... says both" "$(echo "$output" | grep -c 'would be sealed')" '^2$'

# --- on trial

latch set lockdown kexec=off --try 1h >/dev/null
for command in list status "list --json" "status --json" "lockdown status" "seal lockdown" "seal lockdown --dry-run" \
	"set lockdown msr=off" "mode lockdown observe"; do
	# shellcheck disable=SC2086
	status_is "on trial: $command" 5 latch $command
	like "... says how long" "$output" 'on trial: over in 3[0-9]+ s|on trial for another 3[0-9]+ s|"trial_left": ?3[0-9]+'
done
config <<-'END'
	[lockdown]
	all = enforce
	bpf_read_kernel = observe
	kexec = off
END
for command in apply "apply --dry-run" "apply --boot"; do
	# shellcheck disable=SC2086
	status_is "on trial, and as configured: $command" 5 latch $command
	like "... has nothing to do" "$output" '^nothing to change$'
	like "... but says how long" "$output" '^lockdown: on trial for another 3[0-9]+ s, then what was before holds again: .latch confirm lockdown. keeps it as it is$'
done
unlike "status does not say that all is well" "$(latch status)" 'all is as configured'
echo 'msr = off' >>/etc/latch/latch.conf
for command in apply "apply --dry-run"; do
	# shellcheck disable=SC2086
	status_is "on trial, and to be changed: $command" 5 latch $command
	like "... says why not" "$output" '^latch: lockdown is on trial for another 3[0-9]+ s'
done
ok "confirm" latch confirm lockdown
ok "apply, when it is confirmed" latch apply
latch unload lockdown >/dev/null

# --- latch.ko is not there

config <<-'END'
	[module trio]
	file = /test/mod/trio.bpf.o
	on-tamper = panic
END
for command in "apply --dry-run" apply; do
	# shellcheck disable=SC2086
	status_is "on-tamper=panic without latch.ko: $command" 4 latch $command
	like "... the line, and what to do" "$output" '^latch: /etc/latch/latch.conf:3: trio is not sealed: on-tamper=panic is done by latch.ko: .*modprobe latch'
done

# --- what cannot be unloaded

printf '[module plain]\nfile = /test/mod/plain.bpf.o\n' >/etc/latch/latch.conf
ok "ungated: apply" latch apply
mount --bind $latch_dir/plain $latch_dir/plain
status_is "unload of what cannot be" 1 latch unload plain
unlike "... does not speak of its gate as closed" "$output" 'gate is closed'
umount $latch_dir/plain
ok "unload" latch unload plain
config </dev/null
rm /etc/latch/latch.conf

# --- remedies, once it is sealed

ok "seal --weak" latch seal trio --weak
for command in "load $mod/trio.bpf.o" "unload trio" "set trio deny=no" "replace trio $mod/trio2.bpf.o"; do
	# shellcheck disable=SC2086
	tap_run latch $command
	unlike "sealed: $command: no remedy that the seal forbids" "$output" 'latch (unload|set|mode|replace) '
done
printf '[module trio]\nfile = /test/mod/trio2.bpf.o\n' >/etc/latch/latch.conf
tap_run latch apply --dry-run
like "sealed: another file" "$output" \
	'^latch: /etc/latch/latch.conf:2: trio is loaded from another file: trio is sealed, so that it stays as it is until the next boot$'
act link >/dev/null
like "sealed: watch" "$(timeout -s INT 5 latch watch trio)" 'to allow: trio is sealed, so that it stays'
done_testing
