# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# latch.ko: what it takes and what it refuses, and that what it holds goes on denying whatever
# becomes of the pins, of ftrace_enabled, and of itself.
. /test/lib.sh
. /test/mod/common.sh

ftrace=/proc/sys/kernel/ftrace_enabled
link=$latch_dir/lockdown/links/locked_down
CAP_SYS_ADMIN=21
CAP_MAC_ADMIN=33

# set_ftrace 0|1: says the error, if there is one
set_ftrace()
{
	{ echo "$1" >$ftrace; } 2>&1
}

# The programs of kernels since 6.12 die late.
wait_allowed()
{
	tries=0
	until probe "$@" >/dev/null || [ $tries -ge 60 ]; do
		usleep 500000
		tries=$((tries + 1))
	done
	allowed "without a hold: removing pins ends the denial" probe "$@"
}

# doctor_is DESCRIPTION STATE REGEX: what it says of latch.ko, which is optional, in both forms
doctor_is()
{
	status_is "doctor: $1" 0 latch doctor
	like "doctor: $1: line" "$output" "^latch.ko +$2 +$3"
	status_is "doctor --json: $1" 0 latch doctor --json
	like "doctor --json: $1: object" "$(echo "$output" | tr -d '\n')" \
		"\"check\": ?\"latch.ko\", *\"state\": ?\"$2\", *\"text\": ?\"$3"
}

lines()
{
	hold held | wc -l
}

# --- without it

status_is "no latch.ko: version" 1 hold version
is "no latch.ko: version: why" "$output" "ENOENT"
latch load lockdown dev_mem=enforce >/dev/null 2>&1
denied "loaded: /dev/mem" probe devmem
status_is "no latch.ko: links" 1 hold links $link
like "no latch.ko: links: why" "$output" "^ENOENT: .*modprobe latch"
rm -r $latch_dir/lockdown
wait_allowed devmem

doctor_is "no latch.ko" note "not loaded: seals are kept by the guard alone, see latch-hold\(7\)"

# --- it comes, and goes while it holds nothing

ok "modprobe" modprobe latch
is "its version" "$(hold version)" 3
doctor_is "latch.ko" ok "loaded, interface 3"
is "it holds nothing" "$(hold held)" ""
ok "rmmod" rmmod latch
is "its files are gone" "$(ls /sys/kernel/security/latch 2>&1 | grep -c 'No such')" 1

# --- of another latch: its version says 9 whatever the number

sed 's/%d %s$/9 %*s/' /lib/modules/"$(uname -r)"/latch.ko >/tmp/latch.ko
ok "a latch.ko of another latch" insmod /tmp/latch.ko
like "... its version" "$(cat /sys/kernel/security/latch/version)" "^9 "
doctor_is "latch.ko of another latch" note \
	"loaded, but of another latch \(interface 9; this one has 3\): seals are kept by the guard alone"
status_is "... is given no links" 1 hold links
like "... says why" "$output" "^EOPNOTSUPP: .*interface 9; this one has 3"
ok "... goes" rmmod latch

# --- what is refused

ok "modprobe, again" modprobe latch
latch load lockdown dev_mem=enforce >/dev/null 2>&1
while read -r what want; do
	status_is "refused: $what" 1 hold try "$what"
	is "refused: $what: why" "$output" "$want"
done <<END
regular EINVAL
prog:$latch_dir/lockdown/progs/locked_down EINVAL
map:$latch_dir/lockdown/maps/gate EINVAL
map:$latch_dir/lockdown/info EINVAL
cgroup-link EOPNOTSUPP
closed EBADF
text:4294967295 EBADF
text:4294967296 ERANGE
text:-1 EINVAL
text: EINVAL
text:3,4 EINVAL
text:0x3 EINVAL
text:link EINVAL
END
status_is "refused: two numbers" 1 hold try "text:3 4"
is "refused: two numbers: why" "$output" EINVAL
for number in $CAP_SYS_ADMIN $CAP_MAC_ADMIN; do
	for how in without opened-without; do
		status_is "refused: $how capability $number" 1 hold try link:$link $how=$number
		is "refused: $how capability $number: why" "$output" EPERM
	done
done
while read -r what how want; do
	# shellcheck disable=SC2086
	status_is "refused for attempts: $what ${how#-}" 1 hold try-tamper "$what" ${how#-}
	is "refused for attempts: $what ${how#-}: why" "$output" "$want"
done <<END
regular - EINVAL
link:$link - EINVAL
map:$latch_dir/lockdown/maps/gate - EINVAL
closed - EBADF
text:link - EINVAL
map:$latch_dir/lockdown/maps/events without=$CAP_SYS_ADMIN EPERM
map:$latch_dir/lockdown/maps/events without=$CAP_MAC_ADMIN EPERM
END
for before in warn alarm; do
	status_is "refused for attempts: there is one, $before" 1 hold tamper $before -
	like "refused for attempts: there is one, $before: why" "$output" '^ENOTEMPTY'
done
for n in 17 1000000; do
	status_is "refused for attempts: a queue for $n" 1 hold large $n
	like "refused for attempts: a queue for $n: why" "$output" '^EINVAL'
done
is "none of them was taken" "$(cat /sys/kernel/security/latch/tamper)" ""
status_is "refused: root of a user namespace" 1 hold with $link unshare -U -r hold try text:9
is "refused: root of a user namespace: why" "$output" EPERM
status_is "refused: a user" 2 hold with $link su user -c "$(command -v hold) try text:9"
like "refused: a user: why" "$output" "Permission denied"
is "none of them was taken" "$(hold held)" ""

# 7.3 does not let anybody switch it off
off=$(set_ftrace 0)
if [ "$(cat $ftrace)" = 0 ]; then
	status_is "refused: ftrace is off" 1 hold links $link
	like "refused: ftrace is off: why" "$output" '^EBUSY: .*ftrace_enabled=1'
	is "refused: ftrace is off: nothing is held" "$(hold held)" ""
	set_ftrace 1
else
	like "ftrace cannot be switched off here" "$off" 'not supported'
fi
ok "rmmod still goes" rmmod latch
ok "modprobe, once more" modprobe latch

# --- what is held

links=$(echo $latch_dir/lockdown/links/*)
ids=$(bpftool -f link 2>/dev/null | awk -v dir=$latch_dir/lockdown/links/ '
	/^[0-9]+:/ { id = $1 + 0 }
	index($0, dir) { print id }')
# shellcheck disable=SC2086
ok "links are taken" hold links $links
is "they are listed" "$(hold held | cut -d ' ' -f 1)" "$ids"
like "with program, uid, hook" "$(hold held)" '^[0-9]+ [0-9]+ 0 latch_locked_do[a-z]* bpf_lsm_locked_down$'
# shellcheck disable=SC2086
ok "those held already are no error" hold links $links
is "and are listed once" "$(hold held | cut -d ' ' -f 1)" "$ids"

ok "a queue of attempts is taken" hold tamper - warn
like "an attempt is told, in one line" "$(dmesg)" \
	'latch: attempt on the seal of trio: seal:umount by a\\nb \(pid 4711, uid 1234\)$'
like "... and how many were not" "$(dmesg)" 'latch: 3 attempts on seals are not told here: .latch log.$'

dmesg -c >/dev/null
status_is "queues, until there are as many as can be" 1 hold fill 80
like "... 64" "$output" '^63 ENOSPC: latch.ko takes no more attempts: it has as many as it can until reboot$'
usleep 6000000
is "... are told of, at 32 lines in a second at most" "$(dmesg | tr -d '[]' | awk '
	/attempt on the seal/ {
		n = $1 - last > 0.3 ? 1 : n + 1
		last = $1
		if (n > most) most = n
		lines++
	}
	END { print (most <= 32 ? "at most 32" : most), (lines > 64 ? "several times" : lines) }')" "at most 32 several times"

like "ftrace_enabled=0 is refused" "$(set_ftrace 0)" 'busy|not supported'
is "ftrace_enabled stays" "$(cat $ftrace)" 1
denied "... /dev/mem" probe devmem

not_ok "rmmod is refused" rmmod latch
rmmod -f latch 2>/dev/null &
forced=$!
usleep 2000000
like "rmmod -f sleeps" "$(ps -o pid,stat 2>/dev/null | grep -E "^ *$forced ")" "^ *$forced"
kill -9 $forced
usleep 500000
like "rmmod -f: the module is there" "$(grep '^latch ' /proc/modules)" ' Live '
is "rmmod -f: what it holds is listed" "$(hold held | cut -d ' ' -f 1)" "$ids"
not_ok "rmmod is refused, after rmmod -f" rmmod latch
like "rmmod -f: the kernel's log names who tried" "$(dmesg)" 'latch: rmmod \([0-9]*\) tried'
denied "... /dev/mem" probe devmem

latch load ptrace scope=3 >/dev/null 2>&1
rm -r $latch_dir/lockdown
ok "no latch knows it" sh -c '! latch list | grep -q lockdown'
# shellcheck disable=SC2046
ok "links of another module are taken" hold links $(echo $latch_dir/ptrace/links/*)
both=$(lines)
is "both are listed" "$both" $(($(echo "$links" | wc -w) + $(ls $latch_dir/ptrace/links | wc -l)))
denied "... ptrace" probe ptrace_child
# as systemd leaves it
mount --make-rshared /
ok "umount by propagation" unshare -m --propagation shared umount -l /sys
is "umount by propagation: nothing is mounted there" "$(grep -c ' /sys' /proc/mounts)" 0
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t bpf bpf /sys/fs/bpf
is "no pins are left" "$(ls -A /sys/fs/bpf)" ""
like "... latch says that something is in force" "$(latch list 2>&1)" 'a module is in force of which .* shows nothing'
usleep 8000000
denied "8 s later: /dev/mem" probe devmem
denied "8 s later: ptrace" probe ptrace_child
is "8 s later: both are listed" "$(lines)" "$both"

status_is "what is not securityfs is not believed" 1 sh -c \
	'mount -t tmpfs tmpfs /sys/kernel/security && mkdir /sys/kernel/security/latch &&
	echo 1 9.9 >/sys/kernel/security/latch/version && hold version'
is "what is not securityfs is not believed: why" "$output" EBADMSG
umount /sys/kernel/security

done_testing
