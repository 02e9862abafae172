# SPDX-License-Identifier: GPL-2.0-only
# kernels: generic
#
# /dev/port, which Debian's cloud kernels are built without: allowed, observed, denied.
. /test/lib.sh

mknod /tmp/port.copy c 1 4
for node in /dev/port /tmp/port.copy; do
	is "before: $node" "$(probe open $node rw)" "open: allowed"
done
ok "load, observing" latch load lockdown dev_mem=observe
is "observe: lets it" "$(probe port)" "port: allowed"
like "observe: the log has it" "$(latch log lockdown)" 'dev_mem +observed +1 .*/usr/bin/probe'
ok "enforce" latch set lockdown dev_mem=enforce
for node in /dev/port /tmp/port.copy; do
	is "enforce: $node" "$(probe open $node rw)" "open: Operation not permitted (EPERM, 1)"
done
like "enforce: the log has it" "$(latch log lockdown)" 'dev_mem +denied +2 .*/usr/bin/probe'
ok "off" latch set lockdown dev_mem=off
is "off: lets it" "$(probe port)" "port: allowed"
probe hold port >/tmp/hold &
until grep -q : /tmp/hold; do
	sleep 0.1
done
like "check: who holds it" "$(latch lockdown check integrity)" \
	"dev_mem +pid $! \(/usr/bin/probe\) holds open /dev/port \(device 1:4\)"
kill $!
ok "unload" latch unload lockdown
is "after: lets it" "$(probe port)" "port: allowed"

done_testing
