# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# /etc/latch: what apply makes of it; strict, all or nothing, and no more than needed.
. /test/lib.sh

mkdir -p /etc/latch/conf.d
conf()
{
	printf '%s\n' "$@" >/etc/latch/latch.conf
}
drop_in()
{
	printf '%s\n' "$@" >/etc/latch/conf.d/10.conf
}
links()
{
	bpftool link | grep '^[0-9]*:' | sort
}

rm -rf /etc/latch
status_is "no configuration is nothing to do" 0 latch apply
like "and says so" "$output" "nothing to change"
mkdir -p /etc/latch/conf.d

conf '[lockdown]' 'integrity = observe' 'dev_mem = enforce' '' '[module ptrace]' 'scope = 2' 'mode = observe'
status_is "dry run: it differs" 5 latch apply --dry-run
like "tells of lockdown" "$output" '^  dev_mem=enforce$'
like "tells of ptrace" "$output" 'would change: ptrace: load, observe, scope=2'
is "and changes nothing" "$(latch list 2>/dev/null)" ""
status_is "apply" 0 latch apply
denied "dev_mem" probe devmem
allowed "the rest is observed" probe iopl
like "ptrace is in observe" "$(latch list)" '^ptrace .* observe '
before=$(links)
status_is "a second run" 0 latch apply
is "changes nothing" "$output" "nothing to change"
is "not even a link" "$(links)" "$before"

like "status says so" "$(latch status)" '^all is as configured in /etc/latch$'
like "in JSON too" "$(latch status --json | tr -d ' \n')" '"configured":\{"error":null,"differs":\[\],"refused":null,"not_configured":\[\]\},"differs":false'

drop_in '[lockdown]' 'dev_mem = off'
like "status: what is configured, and not so" "$(latch status)" '^configured, and not so: lockdown: dev_mem=off \(is enforce\)$'
status_is "a drop-in wins" 0 latch apply
like "which is said" "$output" 'conf.d/10.conf:2: dev_mem = off wins over /etc/latch/latch.conf:3: dev_mem = enforce'
like "with what changed" "$output" '^lockdown: dev_mem=off \(was enforce\)$'
allowed "and done" probe devmem
latch set lockdown dev_mem=enforce kcore=enforce >/dev/null
status_is "what was set by hand" 0 latch apply
allowed "is put back: dev_mem" probe devmem
allowed "is put back: kcore" probe kcore

# each of these is an error with file and line, and nothing is applied, not even the valid part
rm /etc/latch/conf.d/10.conf
bad()
{
	what=$1 want=$2
	shift 2
	{
		printf '[lockdown]\ndev_mem = enforce\n'
		printf '%s\n' "$@"
	} >/etc/latch/conf.d/10.conf
	tap_run latch apply
	case $status in 1 | 2) refused=yes ;; *) refused="exit $status" ;; esac
	is "$what is an error" "$refused" yes
	like "$what: file and line" "$output" "$want"
	allowed "$what: nothing applied" probe devmem
}
conf '[lockdown]' 'integrity = observe' '[module ptrace]' 'scope = 2' 'mode = observe'
latch apply >/dev/null
bad "an unknown section" 'conf.d/10.conf:3: unknown section \[lokdown\]' '[lokdown]'
bad "an unknown section with keys" 'conf.d/10.conf:3: unknown section' '[other]' 'a = b'
bad "an unknown feature" 'conf.d/10.conf:3: lockdown has no parameter `dev_men`' 'dev_men = enforce'
bad "an unknown mode" 'conf.d/10.conf:3: kexec: unknown mode `on`' 'kexec = on'
bad "a key given twice" 'conf.d/10.conf:3: dev_mem = off: dev_mem is given twice: first in line 2' 'dev_mem = off'
bad "a line that is neither" 'conf.d/10.conf:3: neither' 'rubbish'
bad "an open bracket" 'conf.d/10.conf:3: neither' '[module ptrace' 'scope = 1'
bad "a value out of range" 'conf.d/10.conf:4: scope: 9 is out of range' '[module ptrace]' 'scope = 9'
bad "a bad mode" 'conf.d/10.conf:3: mode = off' 'mode = off'
bad "a relative file" 'conf.d/10.conf:4: file = x.bpf.o' '[module x]' 'file = x.bpf.o'
bad "a missing file" 'none.bpf.o' '[module x]' 'file = /none.bpf.o'
bad "a long line" 'conf.d/10.conf:3: a line has more than' "# $(head -c 400 /dev/zero | tr '\0' x)"
bad "a section for lockdown by another name" 'unknown section' '[module lockdown]'
bad "a file of another module" 'holds module template' '[module x]' 'file = /usr/lib/latch/modules/template.bpf.o'
head -c 10000000 /dev/zero | tr '\0' '\n' >/etc/latch/conf.d/10.conf
status_is "a configuration of 10 MB" 2 latch apply
like "is named" "$output" '10.conf: not a regular file of at most'
rm /etc/latch/conf.d/10.conf
mkdir /etc/latch/conf.d/20.conf
status_is "a directory for a file" 2 latch apply
rmdir /etc/latch/conf.d/20.conf
ln -s nowhere /etc/latch/conf.d/20.conf
status_is "a link to nowhere" 1 latch apply
like "is named" "$output" '20.conf: No such file'
status_is "status, with that" 1 latch status
like "says so" "$output" '20.conf: No such file'
like "and what is loaded" "$output" '^ptrace: observe, loaded '
rm /etc/latch/conf.d/20.conf
mv /etc/latch/latch.conf /tmp
ln -s loop /etc/latch/latch.conf
status_is "latch.conf leads nowhere" 1 latch apply
like "is named" "$output" 'latch.conf: No such file'
mv /tmp/latch.conf /etc/latch
mv /etc/latch/conf.d /tmp
ln -s nowhere /etc/latch/conf.d
status_is "conf.d leads nowhere" 1 latch apply
like "is named" "$output" 'conf.d: No such file'
rm /etc/latch/conf.d
mv /tmp/conf.d /etc/latch
ok "and with all in place" latch apply
is "nothing was changed" "$output" "nothing to change"

# a step that fails in the middle: those before are taken back
printf '[module noexec]\nfile = /tmp/broken.bpf.o\n' >/etc/latch/conf.d/10.conf
cp /test/mod/noexec.bpf.o /tmp/broken.bpf.o
conf '[lockdown]' 'dev_mem = enforce' '[module ptrace]' 'scope = 3'
dd if=/dev/zero of=/tmp/broken.bpf.o bs=1 seek=400 count=200 conv=notrunc 2>/dev/null
tap_run latch apply
like "a damaged module file" "$output" 'noexec: (libbpf cannot (read|prepare) it|the kernel does not take it)'
like "... applies nothing" "$output" '^latch: nothing was applied$'
like "leaves all as it was: mode" "$(latch list)" '^ptrace .* observe '
allowed "leaves all as it was: dev_mem" probe devmem

like "status: what is loaded, and not configured" "$(conf '[lockdown]' && latch status)" '^not configured in /etc/latch: ptrace$'

# on trial
unlike "while audit is off, none of this is in the kernel's log" "$(dmesg)" 'op=latch'
conf '[lockdown]' 'dev_mem = enforce'
rm -f /etc/latch/conf.d/10.conf
status_is "apply on trial" 0 latch apply --try 5s
like "says so" "$output" '^on trial for 5 s: .latch confirm. keeps it$'
denied "applied" probe devmem
tries=150
while latch list | grep -q 'on trial' && [ $((tries -= 1)) -gt 0 ]; do usleep 200000; done
allowed "and taken back" probe devmem

# two at once
conf '[lockdown]' 'dev_mem = enforce' 'kexec = enforce' '[module ptrace]' 'scope = 3' '[module loadpin]'
latch apply >/tmp/one 2>&1 &
latch apply >/tmp/two 2>&1
wait
is "two at once: one had nothing to do" "$(cat /tmp/one /tmp/two | grep -c 'nothing to change')" 1
is "and all is as wanted" "$(latch apply)" "nothing to change"
for module in lockdown ptrace loadpin; do
	ok "unload of $module" latch unload $module
done
done_testing
