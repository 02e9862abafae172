# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# on-tamper: what it needs, where it is set, where it is shown, and that `warn` tells of
# attempts and of nothing else; tests/panic.sh has `panic`.
. /test/lib.sh
. /test/mod/common.sh

pindir=$latch_dir/trio
mkdir -p /etc/latch
config()
{
	cat >/etc/latch/latch.conf
}

# What latch.ko told of attempts: "MODULE RULE PROGRAM" each.
told()
{
	dmesg | sed -n 's/.*latch: attempt on the seal of \([a-z]*\): seal:\([a-z_]*\) by \([^ ]*\) .*/\1 \2 \3/p'
}

# told_at_last DESCRIPTION LINES: waits for as many, behind those that were there before; they are
# sorted, as each module's come by themselves
seen=0
told_at_last()
{
	tries=0
	while [ "$(told | wc -l)" -lt $((seen + $(echo "$2" | wc -l))) ] && [ $tries -lt 60 ]; do
		usleep 500000
		tries=$((tries + 1))
	done
	is "$1" "$(told | tail -n +$((seen + 1)) | sort)" "$2"
	seen=$(told | wc -l)
}

fails()
{
	"$@" || return 1
}

# --- without latch.ko

latch load $mod/trio.bpf.o >/dev/null
base=
for what in warn panic; do
	refused "$what without latch.ko" 4 "trio is not sealed: on-tamper=$what .*modprobe latch" \
		latch seal trio --weak --on-tamper=$what
done
is "... leaves it as it was" "$(ls $pindir | xargs)" "info links maps progs"
ok "... it can be unloaded" latch unload trio
base=
refused "loaded and sealed in one" 4 'modprobe latch' latch load $mod/trio.bpf.o --seal --weak --on-tamper=panic
config <<-'END'
	[module trio]
	file = /test/mod/trio.bpf.o
	unload = deny
	on-tamper = panic
END
refused "by the configuration" 4 'nothing was applied' latch apply
like "... says why" "$output" 'modprobe latch'
refused "by the configuration, sealed by hand" 4 'modprobe latch' latch load $mod/trio.bpf.o --seal --weak

config <<-'END'
	[latch]
	on-tamper = reboot
END
refused "a value that it does not have" 2 'latch.conf:2: on-tamper = reboot: it is deny, warn or panic' latch apply
refused "... stops a seal that would go by it" 2 'latch.conf:2' latch load $mod/trio.bpf.o --seal --weak
config <<-'END'
	[module trio]
	lift = sysrq
END
refused "lifting by SysRq" 4 'latch.conf:2: lift = sysrq: .*see latch-hold' latch apply

# --- with it

modprobe latch
config <<-'END'
	[latch]
	on-tamper = panic
	[module trio]
	file = /test/mod/trio.bpf.o
	unload = deny
	on-tamper = warn
END
status_is "dry run: nothing is below it" 3 latch apply --dry-run
like "... says it" "$output" 'trio: load, .*, seal until reboot, on-tamper=warn$'
latch load $mod/trio.bpf.o >/dev/null
ok "seal, as configured" latch seal trio --weak
like "... says it" "$output" "^trio: sealed .* an attempt is told in the kernel's log$"
latch load $mod/parts.bpf.o links=enforce >/dev/null
ok "seal of another: the option wins" latch seal parts --weak --on-tamper=deny
like "status says it of the one" "$(latch status)" "^  sealed WEAKLY since .*, an attempt is told in the kernel's log$"
like "... and not of the other" "$(latch status)" '^  sealed WEAKLY since .*, held by latch.ko$'
is "status --json" "$(latch status --json | sed -n 's/.*"on_tamper": *"\(.*\)".*/\1/p' | xargs)" "deny warn"
is "latch.ko has a queue of each" "$(wc -l </sys/kernel/security/latch/tamper)" 2

# None of this is an attempt.
ok "maps are listed" bpftool map show
ok "... with their paths" bpftool -f map show
ok "programs" bpftool -f prog show
ok "links" bpftool -f link show
for command in list log status "info trio" doctor; do
	# shellcheck disable=SC2086
	ok "latch $command" latch $command
done
status_is "unload" 3 latch unload trio
status_is "set" 3 latch set trio deny=no
for value in 1 '1 ' ' 1' 01 0x1 2 '1 1' '1

'; do
	# shellcheck disable=SC2016
	not_ok "ftrace_enabled=\`$value\` is denied, as all of its values" \
		sh -c 'printf "%s\n" "$1" >/proc/sys/kernel/ftrace_enabled' sh "$value"
done
mount --make-rshared /
not_ok "a mount of no type, as busybox's unshare asks for" unshare -m --propagation unchanged true
like "... is the kernel's to refuse" "$output" 'Invalid argument'
mount --make-rprivate /
not_ok "the other module's pin is denied" rm $latch_dir/parts/links/inode_link

# These are; what comes before the first line would have come before it in the log.
not_ok "a pin is not removed" rm $pindir/links/inode_link
told_at_last "... and that is told, and nothing before it" "trio remove rm"
not_ok "a pin directory is not renamed" mv $pindir $latch_dir/x
not_ok "nothing is made in it" mkdir $pindir/x
not_ok "umount" umount /sys/fs/bpf
not_ok "ftrace_enabled=0" sh -c 'echo 00 >/proc/sys/kernel/ftrace_enabled'
told_at_last "each is told; what all guards deny, by that which was put up last" "parts umount umount
trio ftrace sh
trio make mkdir
trio rename mv"
log=$(latch log trio)
like "all is in the log" "$log" '^trio +seal:bpf_map +denied +[0-9]+ .*/bpftool$'
like "... writes to ftrace_enabled, too" "$log" '^trio +seal:ftrace +denied +9 .* 0  /.*busybox$'

for i in $(seq 61); do
	rmdir $pindir/links 2>/dev/null
done
# It tells of those before that were too much.
tries=0
until [ "$(told | tail -n 1)" = "trio make mkdir" ] || [ $tries -ge 30 ]; do
	mkdir $pindir/x 2>/dev/null
	tries=$((tries + 1))
	usleep 1500000
done
like "many at once: what is too much is counted" "$(dmesg)" \
	'latch: [0-9]+ attempts on the seal of trio are not told here: .latch log trio.$'
lost=$(dmesg | sed -n 's/.*latch: \([0-9]*\) attempts on .*/\1/p' | awk '{ n += $1 } END { print n + 0 }')
is "... and all are accounted for" $((lost + $(told | tail -n +$((seen + 1)) | wc -l))) $((61 + tries))
# twice that, as a second of the clock is not one of latch.ko's
is "... no more than 16 a second are told" "$(dmesg | sed -n 's/^\[ *\([0-9]*\)\..*seal of trio: .*/\1/p' | uniq -c |
	awk '$1 > 32' | wc -l)" 0
seen=$(told | wc -l)

# The queue has room for 16, LATCH_ATTEMPTS_MAX, until latch.ko empties it, at each second.
untold()
{
	dmesg | sed -n 's/.*latch: \([0-9]*\) attempts on .*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

# burst N: that many at once, and one more when it is empty; how many of all were told, and how many not
burst()
{
	before=$(told | wc -l) lost=$(untold)
	for i in $(seq "$1"); do
		rmdir $pindir/links 2>/dev/null
	done
	usleep 2500000
	mkdir $pindir/x 2>/dev/null
	usleep 2500000
	echo "$(($(told | wc -l) - before)) $(($(untold) - lost))"
}

usleep 2500000
for n in 15 16; do
	is "$n at once: each is told" "$(burst $n)" "$((n + 1)) 0"
done
# they may be divided by a second
tries=0
until came=$(burst 17) && [ "$came" = "17 1" ] || [ $tries -ge 5 ]; do
	is "17 at once, some a second later: each is told" "$came" "18 0"
	tries=$((tries + 1))
done
is "17 at once: one is not told" "$came" "17 1"
seen=$(told | wc -l)

# --- everything

ok "seal --all" sh -c "latch load $mod/one.bpf.o && latch seal --all --weak --on-tamper=warn"
not_ok "an LSM program after that" fails bpftool prog load $mod/second.bpf.o /sys/fs/bpf/second
not_ok "... and an attempt" rmdir $latch_dir/one/links
told_at_last "only that is told" "one remove rmdir"
like "... the other is in the log" "$(latch log one)" 'seal:bpf_prog +denied +[1-9]'

done_testing
