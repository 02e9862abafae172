# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
#
# What was used before anybody watched is not called unused, and is not enforced by advise --write.
. /test/lib.sh

modules=/lib/modules/$(uname -r)
file=/etc/latch/conf.d/50-advise.conf


# of FEATURE: its line, and its line in the drop-in
of()
{
	latch lockdown advise | grep "^$1: "
}

written()
{
	grep "^$1 = " $file
}

# --- nothing was used before
latch lockdown profile all --observe >/dev/null
for feature in module_load module_autoload module_signature kexec kexec_load_signed kprobes dev_mem debugfs; do
	like "nothing before: $feature" "$(of $feature)" '(: unused since .*: can be enforced|: cannot matter here: .*)$'
done
latch unload lockdown >/dev/null

# --- a witness each
like "guest: no kernel module" "$(wc -l </proc/modules)" '^0$'
allowed "a module, signed" probe module_load "$modules/dummy.ko"
mkdir -p /mnt/trace /mnt/debug
mount -t tracefs tracefs /mnt/trace
mount -t debugfs debugfs /mnt/debug
echo 'p:mine vfs_fsync' >/mnt/trace/kprobe_events
sleep 600 </dev/mem &
mem=$!
sleep 600 <"/mnt/trace/kprobe_events" &
trace=$!
until [ "$(readlink /proc/$mem/fd/0)" = /dev/mem ] && [ -e /proc/$trace/fd/0 ]; do usleep 10000; done
latch lockdown profile all --observe >/dev/null
while read -r feature why; do
	like "$feature" "$(of "$feature")" "^$feature: not known: $why: observe across a boot: latch-lockdown\(8\), OBSERVING$"
	is "... JSON" "$(latch lockdown advise --json | tr -d ' \n' | grep -o "\"feature\":\"$feature\"[^]]*" |
		grep -o '"verdict":"[a-z]*","reason":"notknown')" '"verdict":"unknown","reason":"notknown'
done <<'END'
module_load 1 kernel module was loaded before it was watched, and the next boot loads it again
module_autoload 1 kernel module was loaded before it was watched, and the next boot loads it again
dev_mem pid [0-9]+ \(.*\) holds open /dev/mem \(device 1:1\)
tracefs pid [0-9]+ \(.*\) holds open .*kprobe_events
kprobes a probe is in place at vfs_fsync.*
END
like "what nothing of shows is unused" "$(of kcore)" ': unused since .*: can be enforced$'
ok "write" latch lockdown advise --write
for feature in module_load module_autoload dev_mem tracefs kprobes; do
	is "... is left: $feature" "$(written $feature)" "$feature = observe"
	like "... and why" "$(grep -B 2 "^$feature = " $file)" '^# not known: '
done
is "... what is unused is enforced" "$(written kcore)" "kcore = enforce"
ok "apply" latch apply
allowed "a module, as before" probe module_load "$modules/uio.ko"
like "used, and not all is known" "$(latch lockdown advise)" \
	'^  and not all is known: 2 kernel modules were loaded before it was watched'
latch lockdown set module_load=enforce >/dev/null
ok "what is enforced" latch lockdown advise --write
is "... stays" "$(written module_load)" "module_load = enforce"

# --- exceptions are no proof either
latch unload lockdown >/dev/null
rmmod uio
latch lockdown profile all --observe >/dev/null
latch lockdown allow module_load --exe /usr/bin/probe >/dev/null
allowed "a use under an exception" probe module_load "$modules/uio.ko"
latch lockdown advise --write >/dev/null
is "... of the rest nothing is known" "$(written module_load)" "module_load = observe"
unlike "... nor said" "$(latch lockdown advise)" 'enforce breaks nothing'

# --- an exception for a program is one for others too
rmmod dummy
allowed "a module again, without the exception" sh -c "latch lockdown disallow module_load --exe /usr/bin/probe &&
	probe module_load '$modules/dummy.ko'"
said='^    \(an exception for a program is for whoever runs it; --unit is for one service\)$'
like "that is said where one is proposed" "$(latch lockdown advise | sed -n '/^module_load:/,/^[a-z]/p')" "$said"
is "... once a feature" "$(latch lockdown advise | grep -c 'whoever runs it')" \
	"$(latch lockdown advise | awk '/^[a-z]/ { n += one; one = 0 } / --exe / { one = 1 } END { print n + one }')"
ok "... and in what is written" sh -c "latch lockdown allow module_load --exe /usr/bin/probe &&
	latch lockdown advise --write --force"
like "... beside it" "$(cat $file)" '^# whoever runs this program is allowed'

# --- unsigned
if [ -e /test/unsigned.ko ]; then
	rmmod dummy
	latch unload lockdown >/dev/null
	if probe module_load /test/unsigned.ko >/dev/null; then
		latch lockdown profile all --observe >/dev/null
		like "an unsigned module" "$(of module_signature)" 'not known: the unsigned module .* is loaded: observe across'
	fi
fi
kill $mem $trace
done_testing
