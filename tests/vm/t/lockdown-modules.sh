# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# shares-boot: yes
#
# module_load, module_unload and module_autoload are three things: what each refuses, and
# what it leaves to the other two; and the hibernation and tracefs interfaces that answer
# without an error.
. /test/lib.sh

modules=/lib/modules/$(uname -r)
mark=/tmp/modprobe.ran

# "feature verdict program" of each entry of the log, sorted
log_entries()
{
	latch log --json lockdown | awk -F '"' '
		$2 == "feature" { feature = $4 }
		$2 == "verdict" { verdict = $4 }
		$2 == "program" { print feature, verdict, $4 }' | sort
}

# The kernel asks for the module of a congestion control, and then uses it, or says ENOENT.
use_scalable()
{
	echo scalable >/proc/sys/net/ipv4/tcp_congestion_control
}

drop_scalable()
{
	echo "$usual" >/proc/sys/net/ipv4/tcp_congestion_control
	rmmod tcp_scalable
}

usual=$(cat /proc/sys/net/ipv4/tcp_congestion_control)
usual_modprobe=$(cat /proc/sys/kernel/modprobe)
echo /usr/bin/modprobe >/proc/sys/kernel/modprobe
ok "before: the kernel loads a module by itself" use_scalable
ok "before: it is in" test -d /sys/module/tcp_scalable
ok "before: it can go" drop_scalable

# --- module_load

ok "load" latch load lockdown module_load=enforce
denied "module_load: insmod" insmod "$modules/cordic.ko"
denied "module_load: modprobe" modprobe nls_utf8
not_ok "module_load: a module that the kernel asks for" use_scalable
not_ok "module_load: it is not in" test -d /sys/module/tcp_scalable
is "module_load: the log names modprobe for it, and not the kernel's request" \
	"$(log_entries)" "module_load denied /usr/bin/busybox"
is "module_load: with the uid and name of who asked" \
	"$(latch log --json lockdown | grep -cE '"(uid":0|comm":"(insmod|modprobe)"|kernel_thread":false),')" 3
ok "module_load=off" latch set lockdown module_load=off
ok "module_load=off: insmod" insmod "$modules/cordic.ko"

# --- module_unload

ok "module_unload=enforce" latch set lockdown module_unload=enforce
denied "module_unload: rmmod" rmmod cordic
denied "module_unload: of a module that is not there" probe module_unload latch_none
ok "module_unload: a module is loaded" insmod "$modules/nls_utf8.ko"
ok "module_unload: the kernel loads a module by itself" use_scalable
not_ok "module_unload: which cannot go" rmmod tcp_scalable

# For whom has CAP_SYS_MODULE, the kernel asks for the plain name after netdev-NAME.
printf '#!/bin/sh\necho "$@" >>%s\nexit 1\n' $mark >/tmp/modprobe
chmod 755 /tmp/modprobe
echo /tmp/modprobe >/proc/sys/kernel/modprobe
allowed "module_unload: a network device by its name" probe module_autoload netdev $mark
like "module_unload: CAP_SYS_MODULE is there outside delete_module" "$(cat $mark)" '^-q -- latch_none$'

entries=$(log_entries)
like "module_unload: the log has it" "$entries" '^module_unload denied /usr/bin/probe$'
unlike "module_unload: the log has nothing else" "$(echo "$entries" | grep -v '^module_load ')" \
	'^(module_autoload|module_unload observed)'

# The kernel refuses those without the capability by itself, before latch is asked.
before=$(latch list --json | grep '"denied"')
denied "module_unload: without privilege" su user -c "probe module_unload cordic"
is "module_unload: not for latch to deny" "$(latch list --json | grep '"denied"')" "$before"

ok "module_unload=observe" latch set lockdown module_unload=observe
ok "module_unload=observe: rmmod" rmmod nls_utf8
like "module_unload=observe: the log has it" "$(log_entries)" '^module_unload observed /usr/bin/busybox$'
ok "module_unload=observe: drop the others" drop_scalable
ok "module_unload=observe: drop the others" rmmod cordic

# --- module_autoload

ok "module_autoload=enforce" latch set lockdown module_unload=off module_autoload=enforce
for what in socket mount tcp netdev; do
	probe module_autoload $what $mark >/dev/null
	not_ok "module_autoload: $what" test -e $mark
done
echo /usr/bin/modprobe >/proc/sys/kernel/modprobe
not_ok "module_autoload: a module that the kernel asks for" use_scalable
not_ok "module_autoload: it is not in" test -d /sys/module/tcp_scalable
ok "module_autoload: modprobe" modprobe tcp_scalable
ok "module_autoload: the kernel uses what is in" use_scalable
ok "module_autoload: it can go" drop_scalable
like "module_autoload: the log has it" "$(log_entries)" '^module_autoload denied /usr/bin/probe$'

# --- answers without an error

ok "hibernation, tracefs" latch set lockdown all=off hibernation=enforce tracefs=enforce
like "hibernation: /sys/power/disk" "$(cat /sys/power/disk)" '^\[disabled\]'
denied "hibernation: disk to /sys/power/state" sh -c 'echo disk >/sys/power/state'
not_ok "tracefs: a new instance" mkdir /sys/kernel/tracing/instances/latch
entries=$(log_entries)
like "hibernation: the log has it" "$entries" '^hibernation denied /usr/bin/busybox$'
like "tracefs: the log has it" "$entries" '^tracefs denied /usr/bin/busybox$'
ok "all=off" latch set lockdown all=off
unlike "hibernation=off: /sys/power/disk" "$(cat /sys/power/disk)" disabled
ok "tracefs=off: a new instance" mkdir /sys/kernel/tracing/instances/latch
ok "tracefs=off: which can go" rmdir /sys/kernel/tracing/instances/latch

# --- after

ok "unload" latch unload lockdown
ok "after: the kernel loads a module by itself" use_scalable
ok "after: it can go" drop_scalable
echo "$usual_modprobe" >/proc/sys/kernel/modprobe

done_testing
