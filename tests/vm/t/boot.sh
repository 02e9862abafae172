# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -s -t 300 -f tests/vm/etc/boot:/etc
#
# latch.service: what /etc/latch says holds before the first ordinary service.
. /test/lib.sh

# when a unit became active: microseconds
since()
{
	systemctl show -P ActiveEnterTimestampMonotonic "$1"
}

ok "the system is up, and no unit failed" systemctl is-system-running --wait
journalctl --sync
is "latch.service is active" "$(systemctl is-active latch.service)" active
ok "... before sysinit.target" [ "$(since latch.service)" -lt "$(since sysinit.target)" ]
like "the first service after that: /dev/mem is denied" "$(journalctl -o cat -u early.service)" \
	'^devmem: .*Operation not permitted'
like "... which is on record" "$(latch log lockdown)" 'dev_mem +denied +1 .*/usr/bin/probe'
denied "the script: /dev/mem" probe devmem
cp /usr/bin/probe /tmp/mine
/tmp/mine devmem >/dev/null
like "... which is on record, with its unit" "$(latch log lockdown --json | grep -A 13 /tmp/mine)" \
	'"unit":"test-script.service"'
allowed "what is only observed: /proc/kcore" probe kcore
denied "from a drop-in: ptrace" probe ptrace_child

like "status: all as configured" "$(latch status)" '^all is as configured in /etc/latch$'
ok "systemd finds no fault with the unit" systemd-analyze verify --man=no /usr/lib/systemd/system/latch.service

# in_journal PRIORITY: what latch(8) sent with that priority
in_journal()
{
	journalctl --sync
	journalctl -q -o cat -t latch -p "$1..$1"
}
latch watch --syslog &
watcher=$!
probe kcore >/dev/null
probe devmem >/dev/null
tries=100
until in_journal warning | grep -q script.service || [ $((tries -= 1)) -eq 0 ]; do
	sleep 0.2
done
kill $watcher
like "watch --syslog: denials are warnings" "$(in_journal warning)" \
	'^lockdown dev_mem denied pid=[0-9]+ uid=0 unit=test-script.service /usr/bin/probe; to allow: latch lockdown allow dev_mem --exe /usr/bin/probe$'
unlike "... and only these" "$(in_journal warning)" 'observed'
like "... the others are notices" "$(in_journal notice)" '^lockdown kcore observed .*; enforce would deny it$'

ok "apply once more" latch apply
like "... changes nothing" "$output" '^nothing to change'

sed -i 's/^kcore = observe/kcore = enforce/' /etc/latch/latch.conf
ok "reload after a change of the configuration" systemctl reload latch.service
denied "... what was only observed" probe kcore
denied "... what was denied before" probe devmem

sed -i 's/^kcore = .*/kcore = maybe/' /etc/latch/latch.conf
not_ok "reload of a bad configuration" systemctl reload latch.service
denied "... changes nothing" probe kcore
is "... the unit stays active" "$(systemctl is-active latch.service)" active

ok "stop" systemctl stop latch.service
denied "... is no way out: kcore" probe kcore
denied "... dev_mem" probe devmem

done_testing
