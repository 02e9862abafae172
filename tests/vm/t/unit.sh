# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# shares-boot: yes
#
# The unit that the log names: from the cgroup of the program that was denied.
. /test/lib.sh

cgroups=/sys/fs/cgroup

# probe_in NAME CGROUP: runs as /tmp/NAME, for an entry of its own, in that cgroup
probe_in()
{
	mkdir -p "$cgroups/$2"
	cp /usr/bin/probe "/tmp/$1"
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$1/cgroup.procs" && exec "$2" devmem' sh "$cgroups/$2" "/tmp/$1" >/dev/null
}

unit_of()
{
	echo "$units" | sed -n "s!^/tmp/$1 !!p"
}

ok "load" latch load lockdown dev_mem=observe
probe_in service system.slice/system-getty.slice/getty@tty1.service
probe_in below system.slice/system-getty.slice/getty@tty1.service/payload
probe_in scope user.slice/user-1000.slice/session-3.scope
probe_in socket system.slice/ssh.socket
probe_in slice system.slice
probe_in path docker/0123
probe_in root .
probe_in gone gone.service
# a cgroup can be removed when the kernel has let the last process go, a little later
tries=50
until rmdir $cgroups/gone.service 2>/dev/null || [ $((tries -= 1)) -eq 0 ]; do
	sleep 0.1
done
units=$(latch log lockdown --json | awk -F '"' '
	$2 == "program" { program = $4 }
	$2 == "unit" { print program, $4 }')

is "a service" "$(unit_of service)" getty@tty1.service
is "a cgroup below a service" "$(unit_of below)" getty@tty1.service
is "a scope" "$(unit_of scope)" session-3.scope
is "a socket" "$(unit_of socket)" ssh.socket
is "a slice is only where units are: its path" "$(unit_of slice)" /system.slice
is "no unit: the path" "$(unit_of path)" /docker/0123
is "the root" "$(unit_of root)" /
like "a cgroup that is gone" "$units" '^/tmp/gone $'
ok "unload" latch unload lockdown

done_testing
