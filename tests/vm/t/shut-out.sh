# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
#
# A module that denies latch itself what it needs to unload: a change that would come to that is
# taken back, and where it is so all the same, it is said who denies and how to end it.
. /test/lib.sh
. /test/mod/common.sh

latch list 2>/dev/null
for what in dir exe pins lookup update; do
	status_is "load what=$what" 3 latch load $mod/shut.bpf.o what=$what
	like "... says so" "$output" "^latch: shut: taken back: it denies latch itself \(.*\), so nobody could unload it$"
	is "... nothing is left" "$(pindirs)" ""
done
for ungated in shut_plain shut_pins; do
	not_ok "load $ungated, without the SDK" latch load $mod/$ungated.bpf.o
	is "... nothing is left" "$(pindirs)" ""
	ok "... latch works" latch list
done
ok "observe is no denial" latch load $mod/shut.bpf.o what=dir,exe,pins,lookup,update --observe
status_is "mode enforce is" 3 latch mode shut enforce
is "... taken back" "$(loaded)" "shut:observe:2"
status_is "on trial, too" 3 latch mode shut enforce --try 1m
is "... taken back" "$(loaded)" "shut:observe:2"
unlike "... no trial is left" "$(latch list)" "on trial"
ok "set what=none" latch set shut what=none
ok "mode enforce" latch mode shut enforce
for what in dir exe pins lookup update; do
	status_is "set what=$what" 3 latch set shut what=$what
	unlike "... taken back" "$(latch status)" "what=$what"
	status_is "replace what=$what" 3 latch replace shut $mod/shut.bpf.o what=$what
	unlike "... the old one stays" "$(latch status)" "what=$what"
	is "... whole" "$(loaded)" "shut:enforce:2"
done

# --- denied all the same ---
cp "$(command -v latch)" /tmp/victim
ok "set what=victim_dir" latch set shut what=victim_dir
for command in list "unload shut" status; do
	# shellcheck disable=SC2086
	status_is "denied its directory: $command" 1 /tmp/victim $command
	unlike "... not for want of privilege" "$output" "run it as root"
	like "... says who, where and what to do" "$output" \
		"^latch: /sys/fs/bpf/latch: Operation not permitted, by a security module, not for want of privilege; shut is on hook file_open$"
	like "... and what ends it" "$output" "^  unless it is sealed, .rm /sys/fs/bpf/latch/shut/links/file_open. takes it off, and .latch unload shut. removes the rest$"
done
ok "set what=victim_pins" latch set shut what=victim_pins
for command in list "unload shut" status; do
	# shellcheck disable=SC2086
	status_is "denied bpf(2): $command" 1 /tmp/victim $command
	unlike "... not for want of privilege" "$output" "run it as root"
	like "... says who, where and what to do" "$output" \
		"Operation not permitted, by a security module, not for want of privilege; shut is on hook bpf$"
	like "... and what ends it" "$output" "^  unless it is sealed, .rm /sys/fs/bpf/latch/shut/links/bpf. takes it off"
done
ok "what was said" rm /sys/fs/bpf/latch/shut/links/bpf
sleep 1
status_is "... ends it" 1 /tmp/victim list
like "... and the rest is said to be damaged" "$output" "shut is damaged"
ok "unload" /tmp/victim unload shut
status_is "without privilege" 1 su user -c "latch list"
like "... that is what is said" "$output" "^latch: no privilege: this needs CAP_SYS_ADMIN: run it as root$"
counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
