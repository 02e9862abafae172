# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch lockdown allow` and `disallow`: what status lists afterwards is what the
# kernel lets through, and the hooks for it are attached or not accordingly.
. /test/lib.sh
. /test/mod/common.sh

file=/test/unsigned.ko

let_through()
{
	probe module_load $file >/dev/null 2>&1 && rmmod dummy
}

# Prints what is wrong after a kill.
judge()
{
	let_through && before=yes || before=no
	clear_left >/dev/null
	latch lockdown | grep -q "^  module_signature *module $file" && listed=yes || listed=no
	let_through && after=yes || after=no
	[ -e $latch_dir/lockdown/links/kernel_read_file ] && attached=yes || attached=no
	[ $listed = $after ] || echo "listed: $listed, let through: $after"
	[ $before = $after ] || echo "let through: $before, after latch lockdown: $after"
	[ $listed = $attached ] || echo "listed: $listed, hook attached: $attached"
}

# sweep allow|disallow: kills at its last 16 calls, and at one in 4 of those before; or at
# one in $part of these
sweep()
{
	[ "$1" = allow ] && other=disallow || other=allow
	latch lockdown $other module_signature --module $file >/dev/null 2>&1
	total=$(killat 100000 latch lockdown "$1" module_signature --module $file 2>&1 | tail -n 1)
	like "$1: ends well when it is not killed" "$total" '^[0-9]+ 0$'
	n=${total% *} last=$((n - 16)) bad='' kills=0
	n=$((n - turn % part))
	while [ "$n" -ge 1 ]; do
		latch lockdown $other module_signature --module $file >/dev/null 2>&1
		killat "$n" latch lockdown "$1" module_signature --module $file >/tmp/killed 2>&1 && kills=$((kills + 1))
		wrong=$(judge)
		[ -z "$wrong" ] || bad="$bad
call $n ($(tail -n 1 /tmp/killed)): $wrong"
		[ "$n" -gt "$last" ] && n=$((n - part)) || n=$((n - 4 * part))
	done
	is "$1: $kills kills in ${total% *} system calls" "$bad" ""
	ok "$1: that is many" test $kills -ge $((20 / part))
}

ok "load" latch load lockdown module_signature=enforce
denied "denied" probe module_load $file
sweep allow
sweep disallow
ok "allow, in the end" latch lockdown allow module_signature --module $file
ok "... is let through" let_through
ok "disallow" latch lockdown disallow module_signature --module $file
denied "... is denied" probe module_load $file
ok "unload" latch unload lockdown
done_testing
