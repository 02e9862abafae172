# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# bpf_iter_write: programs that could write to the elements of a map, whenever a descriptor of one
# is made, and no others; but for latch's own, which a seal loads.
. /test/lib.sh
. /test/mod/common.sh

pin=/sys/fs/bpf/writer
refused="Operation not permitted (EPERM, 1)"
cp /usr/bin/probe /usr/bin/other
mkdir -p /sys/fs/cgroup/system.slice/try.service

in_unit()
{
	sh -c 'echo $$ >/sys/fs/cgroup/system.slice/try.service/cgroup.procs; exec "$@"' sh "$@"
}

# each WHEN RESULT: what becomes of the programs
each()
{
	for access in value=write value=read; do
		for map in bpf_map_elem bpf_sk_storage_map; do
			is "$1: $map $access" "$(probe bpf_iter bpf_iter_$map $access)" "bpf_iter: $2"
		done
	done
	# The value is what is shown writable.
	for what in "bpf_map_elem key=read" "bpf_map_elem nothing" "bpf_sk_storage_map nothing" \
		"bpf_map nothing" "task nothing"; do
		# shellcheck disable=SC2086
		is "$1: $what" "$(probe bpf_iter bpf_iter_$what)" "bpf_iter: allowed"
	done
}

# opened WHEN STATUS: what becomes of opening one that is loaded, by its id and by its pin
opened()
{
	status_is "$1: by id" "$2" bpftool prog show id "$id"
	status_is "$1: by pin" "$2" bpftool prog show pinned $pin
}

check()
{
	latch lockdown check integrity
}

# --- through the kernel's own interface

each "before" allowed
like "before: it is open" "$(check)" '^    bpf_iter_write +BPF iterators can write to maps'
ok "load, all off" latch load lockdown
each "off" allowed
is "off: nothing is attached" "$(bpftool link | grep -c ': tracing')" 0

probe hold bpf_iter bpf_iter_bpf_map_elem value=write >/tmp/hold &
holder=$!
until grep -q : /tmp/hold; do
	sleep 0.1
done
id=$(bpftool prog | sed -n 's/^\([0-9]*\): tracing .*name probe .*/\1/p')
ok "off: it is pinned" bpftool prog pin id "$id" $pin
opened "off" 0

ok "observe" latch set lockdown bpf_iter_write=observe
each "observe" allowed
opened "observe" 0
like "observe: the log has it" "$(latch log lockdown)" 'bpf_iter_write +observed +4 .*/usr/bin/probe'
like "check: it was loaded before" "$(check)" "^    bpf_iter_write +BPF program $id \(probe\) could write"
like "advise: who used it" "$(latch lockdown advise | sed -n '/^bpf_iter_write/,/^[^ ]/p')" 'used by /usr/bin/probe'
unlike "looking is nobody's use" "$(latch log lockdown)" '/latch'

ok "enforce" latch set lockdown bpf_iter_write=enforce
each "enforce" "$refused"
opened "enforce" 255
like "enforce: the log has it" "$(latch log lockdown)" 'bpf_iter_write +denied +4 .*/usr/bin/probe'
unlike "check: it is not open" "$(check)" '^    bpf_iter_write +BPF iterators'
like "... but that is not taken back" "$(check)" "^    bpf_iter_write +BPF program $id \(probe\) could write"
unlike "looking is not denied" "$(latch log lockdown)" '/latch'
ok "its pin goes" rm $pin
kill $holder
wait $holder 2>/dev/null
tries=0
while check | grep -q "BPF program $id " && [ $((tries += 1)) -lt 10 ]; do
	sleep 1
done
unlike "check: nor is it there then" "$(check)" '^    bpf_iter_write '

# --- exceptions

ok "an exception for a program" latch lockdown allow bpf_iter_write --exe /usr/bin/other
allowed "... which is let through" other bpf_iter bpf_iter_bpf_map_elem value=write
denied "... another is not" probe bpf_iter bpf_iter_bpf_map_elem value=write
like "... in the log" "$(latch log lockdown)" 'bpf_iter_write +excepted +1 .*/usr/bin/other'
like "... and a way" "$(check)" '^    bpf_iter_write +by an exception, for exe /usr/bin/other'
ok "... taken back" latch lockdown disallow bpf_iter_write --exe /usr/bin/other
denied "... so that it is denied" other bpf_iter bpf_iter_bpf_map_elem value=write
ok "an exception for a unit" latch lockdown allow bpf_iter_write --unit try.service
allowed "... which is let through" in_unit probe bpf_iter bpf_iter_bpf_map_elem value=write
denied "... elsewhere it is not" probe bpf_iter bpf_iter_bpf_map_elem value=write
ok "... taken back" latch lockdown disallow bpf_iter_write --unit try.service
ok "unload" latch unload lockdown
each "after" allowed

# --- the group of integrity has it

ok "load of the group" latch load lockdown integrity=enforce
each "in the group" "$refused"
ok "unload" latch unload lockdown

# --- latch's own

ok "load" latch load lockdown bpf_iter_write=observe
ok "a module to seal" latch load $mod/trio.bpf.o
ok "enforce" latch set lockdown bpf_iter_write=enforce
status_is "a seal demands others" 3 latch seal trio
unlike "... not this one" "$output" '^  bpf_iter_write: '
ok "seal" latch seal trio --weak
like "... is said" "$output" '^trio: sealed WEAKLY since'
is "... it denies" "$(act symlink link mknod)" "1 13 30"
like "... its record is read" "$(latch log trio)" 'inode_symlink +denied'
unlike "the log has nothing of latch's" "$(latch log lockdown)" '/latch'
ok "off" latch set lockdown bpf_iter_write=off
is "under a seal it is denied all the same" "$(probe bpf_iter bpf_iter_bpf_map_elem value=write)" "bpf_iter: $refused"
unlike "... so it is not open" "$(check)" '^    bpf_iter_write '
ok "unload" latch unload lockdown
unlike "... without the module neither" "$(check)" '^    bpf_iter_write '
ok "load, behind a seal" latch load lockdown
ok "enforce, behind a seal" latch set lockdown bpf_iter_write=enforce
ok "another module to seal" latch load $mod/parts.bpf.o links=enforce
ok "... is sealed" latch seal parts --weak
ok "--with-lockdown sets it" latch seal lockdown --with-lockdown
like "... it is sealed" "$output" '^lockdown: sealed since'
unlike "... and what it demands enforced" "$(check)" '^    bpf_iter_write '

done_testing
