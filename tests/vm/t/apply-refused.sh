# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# What `latch apply` is refused for, its dry run says with the same words and status, in JSON too.
. /test/lib.sh
. /test/mod/common.sh

conf=/etc/latch/latch.conf
mkdir -p /etc/latch
cp /usr/bin/probe /tmp/mine

# The last line that is a message; time goes on.
message()
{
	printf '%s\n' "$output" | grep '^latch: ' | tail -n 1 | sed 's/another [0-9]* s/another N s/'
}

# same WHAT STATUS REGEX [OPTION...]
same()
{
	what=$1 want=$2 regex=$3
	shift 3
	status_is "$what: dry run" "$want" latch apply --dry-run "$@"
	like "$what: ... says why" "$output" "^latch: .*$regex"
	said=$(message)
	unlike "$what: ... in JSON" "$(latch apply --dry-run --json "$@" 2>/dev/null | tr -d '\n')" '"refused": ?null'
	status_is "$what: apply" "$want" latch apply "$@"
	is "$what: ... the same words" "$(message)" "$said"
}

ok "load lockdown" latch load lockdown dev_mem=enforce

printf '[lockdown]\ndev_mem = enforce\nallow = dev_mem exe /tmp/mine\n' >$conf
same "an exception on trial" 2 "lockdown: exceptions cannot be on trial" --try 10m
printf '[module plain]\nfile = %s/plain.bpf.o\n' $mod >$conf
same "an ungated module on trial" 4 "plain is ungated" --try 10m
printf '[lockdown]\ndev_mem = enforce\nunload = deny\n' >$conf
same "a seal on trial" 2 "lockdown is to be sealed" --try 10m
same "a seal" 3 "lockdown is not sealed"
ok "set on trial" latch set lockdown dev_mem=observe --try 1h
printf '[lockdown]\ndev_mem = off\n' >$conf
same "a module that is on trial" 5 "lockdown is on trial"
ok "confirm" latch confirm

printf '[module trio]\nfile = %s/trio.bpf.o\n' $mod >$conf
latch load $mod/verdict.bpf.o >/dev/null
mount -t tmpfs none $latch_dir/verdict
same "a hidden module" 3 "something is mounted over"
umount $latch_dir/verdict

if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	same "ftrace is off: a load" 4 "ftrace: kernel.ftrace_enabled is 0"
	printf '[lockdown]\ndev_mem = observe\nmodule_autoload = observe\n' >$conf
	same "ftrace is off: another hook" 4 "ftrace: kernel.ftrace_enabled is 0"
	echo 1 >/proc/sys/kernel/ftrace_enabled
else
	skip "ftrace_enabled=0" "$(uname -r) refuses it"
fi
status_is "what is not refused" 5 latch apply --dry-run
ok "is applied" latch apply
done_testing
