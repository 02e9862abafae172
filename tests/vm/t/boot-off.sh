# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -s -t 300 -a latch=off -f tests/vm/etc/boot:/etc
#
# The configuration of boot.sh, and latch=off on the kernel's command line.
. /test/lib.sh

ok "the system is up, and no unit failed" systemctl is-system-running --wait
journalctl --sync
is "latch.service was not started" "$(systemctl is-active latch.service)" inactive
is "... for its condition" "$(systemctl show -P ConditionResult latch.service)" no
like "the first service after sysinit.target: /dev/mem is allowed" \
	"$(journalctl -o cat -u early.service)" '^devmem: allowed'
like "nothing is loaded" "$(latch list 2>&1)" 'no module is loaded'

systemctl start latch.service
allowed "nor does a start of the unit do anything" probe devmem
ok "latch apply by hand" latch apply
denied "... applies it" probe devmem

done_testing
