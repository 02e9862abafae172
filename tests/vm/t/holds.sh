# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# A feature denies only if the module does: what holds is said after each change, and is so.
. /test/lib.sh
. /test/mod/common.sh

# holds DESCRIPTION STATUS TEXT DENIED COMMAND...: what is said last, and whether /dev/mem is denied
holds()
{
	holds_what=$1 holds_status=$2 holds_text=$3 holds_denied=$4
	shift 4
	status_is "$holds_what: status" "$holds_status" "$@"
	said=$output
	like "$holds_what: says what holds" "$said" "$holds_text"
	like "$holds_what: list says the same" "$(latch list --json)" "\"holds\": ?\"$holds_denied\""
	if [ "$holds_denied" = enforce ]; then
		denied "$holds_what: /dev/mem is denied" head -c 1 /dev/mem
	else
		ok "$holds_what: /dev/mem is not denied" head -c 1 /dev/mem
	fi
}

n='[0-9]+ features enforced'
holds "load" 0 "^lockdown 1.0: loaded, enforce: 1 of $n, 0 observed$" enforce latch load lockdown dev_mem=enforce
holds "mode observe" 0 "^lockdown: observe: 0 of $n, 1 observed: 1 set to enforce only observes, as the module is in observe" \
	observe latch mode lockdown observe
holds "set, in observe" 0 "^lockdown: observe: 0 of $n, 2 observed: 2 set to enforce only observe," \
	observe latch set lockdown kexec=enforce
like "... what changed" "$said" "^lockdown: kexec=enforce \(was off\)$"
is "... and nothing else" "$(echo "$said" | wc -l)" 2
holds "set, of what is so" 0 "^lockdown: it was so already$" observe latch set lockdown kexec=enforce
holds "profile, in observe" 0 "only observe, as the module is in observe" observe latch lockdown profile all
like "status: of a feature" "$(latch status)" "^  dev_mem=enforce \(holds: observe\)$"
like "info: of a feature" "$(latch info lockdown)" "^  dev_mem=enforce \(holds: observe\) \(mode; integrity"
like "lockdown status" "$(latch lockdown status)" "^holds: observe: 0 of "
like "lockdown status --json" "$(latch lockdown status --json | tr -d ' \n')" '"feature":"dev_mem","mode":"enforce","holds":"observe"'
unlike "advise: nothing is said to be enforced" "$(latch lockdown advise)" ", and is$"
like "check: it is open" "$(latch lockdown check integrity)" "^ +dev_mem +/dev/mem"
holds "mode enforce" 0 "^lockdown: enforce: [0-9]+ of $n, 0 observed$" enforce latch mode lockdown enforce
holds "all=observe" 0 "^lockdown: observe: 0 of $n, [0-9]+ observed$" observe latch set lockdown all=observe
like "... list, beside the mode" "$(latch list)" "^ +holds: observe: 0 of "
holds "all=off" 0 "^lockdown: every feature is off$" off latch set lockdown all=off
latch unload lockdown >/dev/null
holds "profile all --observe" 0 "^lockdown 1.0: loaded, observe: 0 of $n, [0-9]+ observed$" observe \
	latch lockdown profile all --observe
holds "on trial" 0 "^lockdown: enforce: 1 of $n, " enforce latch set lockdown dev_mem=enforce --try 1h
holds "confirm" 0 "^lockdown: enforce: 1 of $n, " enforce latch confirm lockdown
latch unload lockdown >/dev/null
counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
