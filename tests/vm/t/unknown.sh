# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie
# run-options: -t 400 -f build/tests/vm/mod:/test/mod -f build/tests/unit/objs/ksyms.bpf.o:/test/mod/ksyms.bpf.o
#
# What latch cannot know, or what does not exist, has a word of its own: never a zero, never the
# good answer. And what it says of modules that were not made with the SDK.
. /test/lib.sh
. /test/mod/common.sh

# says DESCRIPTION STATUS REGEX COMMAND...
says()
{
	says_what=$1 says_status=$2 says_regex=$3
	shift 3
	status_is "$says_what: status" "$says_status" "$@"
	like "$says_what" "$output" "$says_regex"
}

says "log, nothing loaded" 0 "no module is loaded: nothing is recorded" latch log
says "load of an ungated module" 0 "^plain: loaded, ungated: it enforces, .* what it denies is not recorded" \
	latch load $mod/plain.bpf.o
is "it denies" "$(act symlink link mknod)" "1 13 30"

# An ungated module: no counts, no record, no modes.
says "list" 0 "^plain +- +ungated +3 +- +- +20" latch list
json=$(latch list --json)
like "list --json: version" "$json" '"version": ?null'
like "list --json: denied" "$json" '"denied": ?null'
like "list --json: observed" "$json" '"observed": ?null'
like "list --json: what holds" "$json" '"holds": ?"enforce"'
unlike "list --json: no zero" "$json" '"(denied|observed)": ?0'
says "status" 0 "^plain: ungated, loaded .*: what it denies is not recorded$" latch status
json=$(latch status --json)
for key in denied observed tally_lost events_lost; do
	like "status --json: $key" "$json" "\"$key\": ?null"
done
says "info" 0 "^ungated .* what it denies is not recorded$" latch info plain
says "log" 0 "^latch: plain is ungated: what it denies is not recorded$" latch log
unlike "... it does not say that nothing was denied" "$output" "nothing was denied"
like "log --json: entries" "$(latch log --json)" '"entries": ?null'
like "log --json: lost" "$(latch log --json)" '"lost": ?null'
says "log of it" 4 "what it denies is not recorded" latch log plain
says "watch of it" 4 "what it denies is not reported" latch watch plain
says "mode" 4 "plain is ungated .*no mode and no parameters" latch mode plain observe
says "set" 4 "plain is ungated .*no mode and no parameters" latch set plain x=1
says "confirm" 1 "plain is not on trial" latch confirm plain
says "load --observe" 4 "ungated .*cannot be loaded in observe" latch load $mod/plain.bpf.o --observe
says "load --try" 4 "ungated .*nor on trial" latch load $mod/plain.bpf.o --try 10s

# Beside one that keeps a record.
latch load $mod/trio.bpf.o >/dev/null
says "log, with a module that denied nothing" 0 "nothing was denied or would have been" latch log
like "... and one of which that is not known" "$output" "plain is ungated: what it denies is not recorded"
act symlink >/dev/null
latch unload plain >/dev/null
act link >/dev/null
json=$(latch list --json)
like "a count is a number" "$json" '"denied": ?[12]'

# A module that cannot be read is there, and nothing is said of it that is not known.
rm $latch_dir/trio/maps/count
says "list of a damaged one" 1 "^trio +- +unknown +- +- +- +-" latch list
like "list --json: its error" "$(latch list --json 2>/dev/null)" '"error": ?"trio is damaged'
unlike "list --json: no counts" "$(latch list --json 2>/dev/null)" '"denied"'
like "status --json: its error" "$(latch status --json 2>/dev/null)" '"error": ?"trio is damaged'
latch unload trio >/dev/null 2>&1

# A feature that is off counts nothing, and one that lacks a hook holds in part at most.
says "load" 0 "^lockdown 1.0: loaded, observe: 0 of [0-9]+ features enforced, 1 observed$" \
	latch load lockdown dev_mem=observe
head -c 1 /dev/mem >/dev/null
says "lockdown status: off" 0 "^kcore +off +- +- +- +- +0 " latch lockdown status
like "... and what was asked" "$output" "^dev_mem +observe +[1-9]"
like "lockdown status --json" "$(latch lockdown status --json | tr -d ' \n')" '"feature":"kcore","mode":"off","holds":"off","called":true,"asked":null'
rm $latch_dir/lockdown/links/*
says "a hook is missing: list" 1 "holds: damaged: 0 of [0-9]+ features enforced, 0 observed, 1 in part at most" latch list
says "a hook is missing: lockdown status" 0 "^holds: damaged" latch lockdown status
like "a hook is missing: advise" "$(latch lockdown advise)" "^dev_mem: (observe \(holds: damaged\)|not known: its hooks)"
latch unload lockdown >/dev/null

# Functions of the kernel that a module calls are not damage; where it has none, that is said.
if grep -q " bpf_rcu_read_lock$" /proc/kallsyms && [ "$(uname -r | cut -d. -f2)" != 1 ]; then
	ok "a module that calls kfuncs" latch load $mod/ksyms.bpf.o
	is "... denies" "$(act symlink)" "1"
	latch unload ksyms >/dev/null
else
	not_ok "a module that calls kfuncs, on a kernel without them" latch load $mod/ksyms.bpf.o
fi
unlike "... it is not damaged" "$output" "damaged"
counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
