# SPDX-License-Identifier: GPL-2.0-only
#
# The third act of ./demo: what is decided is sealed until reboot, against root.

say "Act three: so far root can undo all of it. Decide the rest, and seal it until reboot."
works "latch lockdown set dev_mem=enforce ioport=enforce bpf_read_kernel=observe | fold -s -w 100" 'dev_mem=enforce'
works "latch seal lockdown" '^lockdown: sealed since .*, until reboot'

say "Root tries: by latch, by its pins, by the file system they are on, by the kernel's tracing switch."
fails "latch unload lockdown" '^latch: lockdown is sealed since .* by uid 0 '
fails "rm /sys/fs/bpf/latch/lockdown/links/locked_down" 'Operation not permitted'
fails "umount -l /sys/fs/bpf" 'Operation not permitted'
case $(uname -r) in
6.* | 7.2.*) fails "sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'" 'Operation not permitted' ;;
*) fails "sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'" 'not supported' ;; # refused by this kernel itself
esac

say "It holds, and the attempts are on record."
fails "$read_mem" 'Operation not permitted'
works "latch log | grep seal:" ' seal:remove +denied +1 ' ' seal:umount +denied '
works "latch list" '^ +sealed until reboot'
