# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -s -t 300 -f tests/vm/etc/boot-bad:/etc
#
# A configuration with an unknown word in a drop-in: the system boots, the unit failed and
# says where, and nothing of what is valid is applied.
. /test/lib.sh

systemctl is-system-running --wait >/dev/null
is "the system is up, multi-user.target is reached" "$(systemctl is-active multi-user.target)" active
is "... but systemd calls it degraded" "$(systemctl is-system-running)" degraded
is "one unit failed" "$(systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1)" \
	latch.service
ok "latch.service failed" systemctl is-failed latch.service
journalctl --sync
journal=$(journalctl -o cat -u latch.service)
like "... and says where" "$journal" '/etc/latch/conf\.d/50-typo\.conf:4: .*dev_men'
like "the first service after sysinit.target: /dev/mem is allowed" \
	"$(journalctl -o cat -u early.service)" '^devmem: allowed'
like "nothing is loaded" "$(latch list 2>&1)" 'no module is loaded'
allowed "the valid part is not applied: /dev/mem" probe devmem
allowed "... ptrace" probe ptrace_child

sed -i 's/dev_men/dev_mem/' /etc/latch/conf.d/50-typo.conf
ok "a start after the repair" systemctl start latch.service
denied "... /dev/mem" probe devmem
denied "... ptrace" probe ptrace_child
is "no unit failed" "$(systemctl is-system-running)" running

done_testing
