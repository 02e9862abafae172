# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 240
#
# Exceptions: a program, a unit, an unsigned module; what does not have them, how they are
# lost, and who is refused one.
. /test/lib.sh

cgroups=/sys/fs/cgroup
pindir=/sys/fs/bpf/latch/lockdown

# in_cgroup CGROUP PROGRAM ARG...
in_cgroup()
{
	mkdir -p "$cgroups/$1"
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$cgroups/$1" "$2" "$3"
}

remove_cgroup()
{
	tries=100
	until rmdir "$cgroups/$1" 2>/dev/null || [ $((tries -= 1)) -eq 0 ]; do
		sleep 0.1
	done
}

# row FEATURE: DENIED OBSERVED EXCEPTED EXCEPTIONS
row()
{
	latch lockdown | awk -v f="$1" '$1 == f && !seen++ { print $4, $5, $6, $7 }'
}

cp /usr/bin/probe /tmp/mine
cp /usr/bin/probe /tmp/other

# --- a program

allowed "before" /tmp/mine devmem
ok "load" latch load lockdown dev_mem=enforce
denied "denied" /tmp/mine devmem
like "advise names the command" "$(latch lockdown advise)" \
	'to keep it: latch lockdown allow dev_mem --exe /tmp/mine$'
ok "allow" latch lockdown allow dev_mem --exe /tmp/mine
like "allow says by what it is known" "$output" \
	'^lockdown: dev_mem is not denied to exe /tmp/mine, whoever runs it, known by its device, inode, size and change time$'
unlike "... which is no interpreter" "$output" 'is an interpreter'
allowed "the program is let through" /tmp/mine devmem
denied "another is not" /tmp/other devmem
cp /tmp/mine /tmp/python3.11
ok "allow, for what runs scripts" latch lockdown allow dev_mem --exe /tmp/python3.11
like "... says what that is" "$output" '^latch: /tmp/python3.11 is an interpreter: whatever script anybody gives it'
ok "... is taken back" latch lockdown disallow dev_mem --exe /tmp/python3.11
for group in integrity confidentiality all; do
	refused "allow, for a group" 2 "^latch: .$group. is a group of features: an exception is for one" \
		latch lockdown allow $group --exe /tmp/mine
done
denied "the program is not let through to what is another feature's" sh -c "
	latch lockdown set kcore=enforce >/dev/null; /tmp/mine kcore"
like "status: counts" "$(row dev_mem)" '^2 0 1 1$'
like "status: lists" "$(latch lockdown)" '^  dev_mem +exe /tmp/mine, by its device, inode, size and change time$'
like "status --json" "$(latch lockdown --json | tr -d ' \n')" \
	'"excepted":1,"exceptions":\[\{"kind":"exe","name":"/tmp/mine","basis":"inode","since":[0-9.]+,"since_boot_ns":[0-9]+,"lost":null\}\]'
like "log" "$(latch log lockdown)" 'dev_mem +excepted +1 .* /tmp/mine$'
like "bare latch" "$(latch)" '^  exception: dev_mem exe /tmp/mine$'
latch watch lockdown >/tmp/watched 2>&1 &
tries=100
until grep -q /tmp/other /tmp/watched || [ $((tries -= 1)) -eq 0 ]; do
	sleep 0.1
done
kill $!
like "watch names the command" "$(cat /tmp/watched)" \
	'dev_mem denied .* /tmp/other; to allow: latch lockdown allow dev_mem --exe /tmp/other$'
is "watch shows no use of an exception" "$(grep -c '/tmp/mine' /tmp/watched)" 2
like "advise: what the exception covers" "$(latch lockdown advise)" 'used by /tmp/mine .*: allowed by its exception$'
like "check: an exception is a way" "$(latch lockdown check integrity)" '^    dev_mem .*exe /tmp/mine'
denied "traced, it is not let through" strace -o /tmp/trace /tmp/mine devmem
ok "a second time" latch lockdown allow dev_mem --exe /tmp/mine
is "... is the same exception" "$(row dev_mem)" "3 0 1 1"
ok "observe" latch lockdown set dev_mem=observe
allowed "observe: the program" /tmp/mine devmem
allowed "observe: another" /tmp/other devmem
is "observe: enforce would not deny the program" "$(row dev_mem)" "3 1 2 1"
ok "enforce" latch lockdown set dev_mem=enforce
cd /tmp || exit
ok "a path from here" latch lockdown allow dev_mem --exe ./other
allowed "... is let through, too" /tmp/other devmem
ok "disallow" latch lockdown disallow dev_mem --exe other
denied "... is not any more" /tmp/other devmem
allowed "... but the first still is" /tmp/mine devmem

# --- replaced

cp /tmp/other /tmp/new
mv /tmp/new /tmp/mine
denied "replaced: denied" /tmp/mine devmem
like "replaced: status says so" "$(latch lockdown)" '^  dev_mem +exe /tmp/mine, .*: LOST: the file was replaced or changed$'
like "replaced: the log says so" "$(latch log lockdown)" 'it has lost its exception: the file was replaced'
like "replaced: bare latch says so" "$(latch)" 'dev_mem exe /tmp/mine: LOST'
ok "allowed anew" latch lockdown allow dev_mem --exe /tmp/mine
allowed "allowed anew: let through" /tmp/mine devmem
is "allowed anew: the lost one is gone" "$(row dev_mem | cut -d ' ' -f 4)" 1
cat /tmp/other >/tmp/mine
denied "written to: denied" /tmp/mine devmem
like "written to: status says so" "$(latch lockdown)" 'exe /tmp/mine, .*: LOST: the file was replaced or changed$'
rm /tmp/mine
like "removed: status says so" "$(latch lockdown)" 'exe /tmp/mine, .*: LOST: the file is gone$'
ok "disallow what is gone" latch lockdown disallow dev_mem --exe /tmp/mine
status_is "disallow again" 1 latch lockdown disallow dev_mem --exe /tmp/mine
like "... says that there is none" "$output" 'has no exception for exe /tmp/mine'
unlike "status lists none" "$(latch lockdown)" '^exceptions'

# --- a unit

in_cgroup system.slice/mine.service true
ok "unit: allow" latch lockdown allow dev_mem --unit mine.service
like "unit: where it is" "$output" 'unit /system.slice/mine.service, known by the path of its cgroup'
allowed "unit: in it" in_cgroup system.slice/mine.service /usr/bin/probe devmem
allowed "unit: below it" in_cgroup system.slice/mine.service/payload /usr/bin/probe devmem
denied "unit: outside" probe devmem
denied "unit: in the slice" in_cgroup system.slice /usr/bin/probe devmem
denied "unit: in another" in_cgroup system.slice/mine2.service /usr/bin/probe devmem
denied "unit: of the same name below a user's" \
	in_cgroup user.slice/user-1000.slice/user@1000.service/mine.service /usr/bin/probe devmem
denied "unit: of the same path below a user's" \
	in_cgroup user.slice/system.slice/mine.service /usr/bin/probe devmem
printf '#!/bin/sh\nexec strace -o /tmp/trace /usr/bin/probe "$@"\n' >/tmp/traced
chmod 755 /tmp/traced
denied "unit: traced" in_cgroup system.slice/mine.service /tmp/traced devmem
remove_cgroup system.slice/mine.service/payload
remove_cgroup system.slice/mine.service
like "unit: stopped, says status" "$(latch lockdown)" 'unit /system.slice/mine.service, by the path of its cgroup \(not running\)$'
allowed "unit: started again" in_cgroup system.slice/mine.service /usr/bin/probe devmem
ok "unit: disallow by name" latch lockdown disallow dev_mem --unit mine.service
denied "unit: denied again" in_cgroup system.slice/mine.service /usr/bin/probe devmem
ok "unit: by path, not there yet" latch lockdown allow dev_mem --unit /system.slice/late.service
allowed "unit: by path" in_cgroup system.slice/late.service /usr/bin/probe devmem
ok "unit: a slice" latch lockdown allow dev_mem --unit user.slice
allowed "unit: in the slice" in_cgroup user.slice/a/b/c /usr/bin/probe devmem
latch lockdown disallow dev_mem --unit user.slice >/dev/null
latch lockdown disallow dev_mem --unit /system.slice/late.service >/dev/null
in_cgroup user.slice/u@1.service/hidden.service true
status_is "unit: below a user's manager is not found by name" 1 latch lockdown allow dev_mem --unit hidden.service
like "... says so" "$output" 'hidden.service: it is not running, and there is no file for it'

# --- an unsigned module

ok "module_signature=enforce" latch lockdown set module_signature=enforce
denied "module: denied" probe module_load /test/unsigned.ko
not_ok "module: no hook for files yet" test -e $pindir/links/kernel_read_file
ok "module: allow" latch lockdown allow module_signature --module /test/unsigned.ko
like "module: by its digest" "$output" 'module /test/unsigned.ko, known by the SHA-256 of its content$'
like "module: status" "$(latch lockdown)" 'module_signature +module /test/unsigned.ko, by the SHA-256 of its content$'
allowed "module: loaded" probe module_load /test/unsigned.ko
allowed "module: taken out" probe module_unload dummy
cp /test/unsigned.ko /tmp/copy.ko
allowed "module: a copy has the same digest" probe module_load /tmp/copy.ko
rmmod dummy
{ cat /test/unsigned.ko && printf x; } >/tmp/changed.ko
denied "module: another file" probe module_load /tmp/changed.ko
denied "module: the same from memory" probe module_load_mem /test/unsigned.ko
probe each 'module_load_compressed /test/unsigned.ko' 'module_load_mem /test/unsigned.ko' >/tmp/each 2>&1
like "module: from memory, behind a load that came to nothing" "$(cat /tmp/each)" 'module_load_mem .*EPERM'
unlike "module: which did" "$(cat /tmp/each)" 'module_load_compressed .*allowed'
cat /tmp/changed.ko >/test/unsigned.ko
denied "module: written to" probe module_load /test/unsigned.ko
like "module: status says so" "$(latch lockdown)" 'module /test/unsigned.ko, .*: LOST: the file was replaced or changed$'
allowed "module: the old content elsewhere" probe module_load /tmp/copy.ko
rmmod dummy
cat /tmp/copy.ko >/test/unsigned.ko

latch lockdown set module_load=enforce >/dev/null
denied "module: module_load is another feature" probe module_load /test/unsigned.ko
latch lockdown allow module_load --exe /usr/bin/probe >/dev/null
allowed "module: excepted from both" probe module_load /test/unsigned.ko
rmmod dummy
latch lockdown disallow module_load --exe /usr/bin/probe >/dev/null
latch lockdown set module_load=off >/dev/null

before=$(probe module_load_compressed /test/unsigned.ko.xz)
case $before in
*EPERM*)
	ok "module: allow a compressed one" latch lockdown allow module_signature --module /test/unsigned.ko.xz
	allowed "module: compressed, loaded" probe module_load_compressed /test/unsigned.ko.xz
	rmmod dummy
	latch lockdown disallow module_signature --module /test/unsigned.ko.xz >/dev/null
	;;
*) skip "module: compressed" "the kernel cannot unpack it: $before" ;;
esac
ok "module: disallow" latch lockdown disallow module_signature --module /test/unsigned.ko
denied "module: denied again" probe module_load /test/unsigned.ko
not_ok "module: the hook for files is gone" test -e $pindir/links/kernel_read_file

# --- refused

status_is "an unknown feature" 2 latch lockdown allow dev_men --exe /tmp/other
like "... is named" "$output" 'no feature `dev_men`'
status_is "a group" 2 latch lockdown allow integrity --exe /tmp/other
status_is "not in its own context" 2 latch lockdown allow dbg_write_kernel --exe /tmp/other
like "... says why" "$output" 'does not ask for it in the context of who wants it'
status_is "no such file" 1 latch lockdown allow dev_mem --exe /tmp/none
like "... is named" "$output" '/tmp/none: No such file'
status_is "a directory" 2 latch lockdown allow dev_mem --exe /tmp
printf '#!/bin/sh\n' >/tmp/script
chmod 755 /tmp/script
status_is "a script" 2 latch lockdown allow dev_mem --exe /tmp/script
like "... says why" "$output" 'one for all scripts'
status_is "no program" 2 latch lockdown allow dev_mem --exe /etc/passwd
status_is "no unit" 2 latch lockdown allow dev_mem --unit mine.d
status_is "the root" 2 latch lockdown allow dev_mem --unit /
status_is "a path with .." 2 latch lockdown allow dev_mem --unit /system.slice/../x.service
status_is "an unknown unit" 1 latch lockdown allow dev_mem --unit none.service
status_is "a module for another feature" 2 latch lockdown allow dev_mem --module /test/unsigned.ko
status_is "two kinds" 2 latch lockdown allow dev_mem --exe /tmp/other --unit mine.service
status_is "no kind" 2 latch lockdown allow dev_mem
status_is "no feature" 2 latch lockdown allow --exe /tmp/other
status_is "an option without its value" 2 latch lockdown allow dev_mem --exe
unlike "nothing came of it" "$(latch lockdown)" '^exceptions'

ok "on trial" latch lockdown set dev_mem=enforce --try 5m
status_is "on trial: allow" 5 latch lockdown allow dev_mem --exe /tmp/other
like "... says why" "$output" 'is on trial'
ok "confirm" latch confirm lockdown

# --- after

ok "allow, and unload" sh -c "latch lockdown allow dev_mem --exe /tmp/other && latch unload lockdown"
ok "load" latch load lockdown dev_mem=enforce
denied "a new load has no exceptions" /tmp/other devmem
ok "unload" latch unload lockdown
done_testing
