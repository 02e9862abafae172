# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
#
# What is recorded keeps the wall clock of its moment, whatever the clock is set to later; and
# latch's own work is apart from that of others.
. /test/lib.sh
. /test/mod/common.sh

export TZ=UTC
step()
{
	date -s "@$1" >/dev/null
}

# watch MODULE REGEX: to the file `events`, until a line matches, up to 20 s
watch()
{
	latch watch "$1" --json >events &
	watcher=$!
	tries=200
	until grep -qE -e "$2" events || [ $((tries -= 1)) -eq 0 ]; do
		usleep 100000
	done
	kill $watcher
	wait $watcher
}

# field KEY: the numbers of that key in $output
field()
{
	printf '%s\n' "$output" | sed -n "s/.*\"$1\": *\([0-9.]*\|null\),*\$/\1/p"
}

# By the boot clock, which goes on: for how long.
advise()
{
	latch lockdown advise | sed 's/ ([0-9]* [a-z]*): can be enforced/: can be enforced/'
}

step 2000000000
ok "load" latch load $mod/trio.bpf.o
ok "load lockdown" latch load lockdown bpf_read_kernel=observe dev_mem=observe
ok "an exception" latch lockdown allow dev_mem --exe /test/mod/act
act symlink >/dev/null
head -c 1 /dev/mem >/dev/null 2>&1
tap_run latch list --json
loaded=$(field loaded) loaded_boot=$(field loaded_boot_ns)
tap_run latch log --json
first=$(field first) first_boot=$(field first_boot_ns)
like "times of the wall clock" "$loaded" "^20000000[0-9]{2}\."
like "... and of the boot clock" "$loaded_boot" "^[0-9]+$"
log=$(latch log) list=$(latch list) shown=$(latch status) features=$(advise)

like "log" "$log" "trio +inode_symlink +denied +1 +2033-05-18 03:3[0-9]:[0-9]{2} +2033-05-18 03:3"
like "list" "$list" "trio .* 2033-05-18 03:3"
like "advise" "$features" "^bpf_read_kernel: unused since 2033-05-18 03:3"
like "in the reader's time zone" "$(TZ=XXX-5:30 latch list)" "trio .* 2033-05-18 09:0"

for by in 3600 -3600 100000000; do
	step $(($(date +%s) + by))
	is "the clock is set by $by s: log" "$(latch log)" "$log"
	is "... list" "$(latch list)" "$list"
	is "... status" "$(latch status)" "$shown"
	is "... advise" "$(advise)" "$features"
	tap_run latch list --json
	is "... list --json" "$(field loaded) $(field loaded_boot_ns)" "$loaded $loaded_boot"
	tap_run latch log --json
	is "... log --json" "$(field first) $(field first_boot_ns)" "$first $first_boot"
done

# --- events ---
step 2000003600
act link >/dev/null
step 1900000000
watch trio '"inode_link"'
like "watch --json: time and boot_ns" "$(grep inode_link events)" '"time":20000036[0-9]{2}\.[0-9]{3},"boot_ns":[0-9]+,'
watch lockdown '"dev_mem"'

# --- latch's own ---
step 2000007200
observed()
{
	latch list | awk '$1 == "lockdown" { print $6 }'
}
before=$(observed)
ok "seal" latch seal trio --weak
is "a seal adds nothing to what was observed" "$(observed)" "$before"
like "... its work is apart" "$(latch log lockdown)" " bpf_read_kernel +observed +[1-9][0-9]* .*/latch \(latch itself\)$"
like "... in JSON" "$(latch log lockdown --json | tr -d ' \n')" '"feature":"bpf_read_kernel","verdict":"observed","program":"[a-z/]*/latch",.*"itself":true'
like "... advise says what it was for" "$(advise)" "used by latch itself, .*: where it is enforced, the first seal of a boot needs --weak"
head -c 1 /dev/mem >/dev/null 2>&1
watch lockdown '"dev_mem"'
is "... no event, and none was lost" "$(grep -vc '"dev_mem"' events)" 0
unlike "another program's is not" "$(latch log lockdown | grep dev_mem)" "latch itself"
like "sealed since" "$(latch status)" "sealed WEAKLY since 2033-05-18 05:3"
sealed=$(latch status | grep sealed)
step 1900000000
is "... is as it was when the clock is set" "$(latch status | grep sealed)" "$sealed"
like "... in the refusal, too" "$(latch unload trio 2>&1)" "sealed since 2033-05-18 05:3"
cp "$(command -v latch)" /tmp/other
before=$(observed)
ok "load" latch load $mod/plain.bpf.o
ok "a copy of latch is another file: it seals" /tmp/other seal plain --weak
ok "... and is counted" [ "$(observed)" -gt "$before" ]

# --- denied ---
ok "enforce" latch lockdown set bpf_read_kernel=enforce
ok "load" latch load $mod/parts.bpf.o
ok "what latch itself is denied, it is denied" latch seal parts --weak
unlike "... which a seal behind the first does not need" "$(latch status)" "unmounting bpffs"
like "... and that is in the record as anybody's" "$(latch log lockdown | grep denied)" "bpf_read_kernel +denied .*/latch$"
like "... advise says whose it was, and what for" "$(advise)" \
	"^  used by latch itself, [0-9]+ times, last .*: it was denied, and a seal needs it at observe, or --weak$"
unlike "... and proposes no exception for it" "$(advise)" 'allow bpf_read_kernel --exe .*/latch$'

# --- the clock was never set ---
step 1000000
ok "load in 1970" latch load $mod/second.bpf.o
step 2000000000
like "... is shown by the boot clock" "$(latch list 2>&1)" "^second .* boot\+0d 00:0[0-9]:[0-9]{2}$"
like "... and that is said" "$(latch list 2>&1)" "^latch: boot\+: the clock was not set then; that is the time since boot$"
like "... in JSON it is not known" "$(latch list --json | tr -d ' \n')" '"name":"second".*"loaded":null,"loaded_boot_ns":[1-9]'
done_testing
