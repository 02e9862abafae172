# SPDX-License-Identifier: GPL-2.0-only
#
# The end of ./demo, in a guest that was booted anew.

say "After a reboot nothing is left of it. (What is configured would be applied by latch.service.)"
works "latch list" 'no module is loaded'
works "/usr/bin/dd if=/dev/mem bs=1 count=1 of=/dev/null" '^1\+0 records in'

say "Done."
