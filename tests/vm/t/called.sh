# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# States in which the kernel does not call the programs of modules, or in which that cannot be
# read: every command that says "enforce" says so then, and what makes enforcement has status 4.
. /test/lib.sh
. /test/mod/common.sh

mkdir -p /etc/latch /tmp/security
cat >/etc/latch/latch.conf <<-'END'
	[lockdown]
	dev_mem = enforce
	debugfs = observe
	bpf_iter_write = observe
END
# With a feature on each hook that `profile integrity` needs.
ok "load" latch load lockdown dev_mem=enforce debugfs=observe bpf_iter_write=observe
ok "load of a module without features" latch load $mod/trio.bpf.o
ok "load of an ungated one" latch load $mod/plain.bpf.o
lsm=$(cat /sys/kernel/security/lsm)

# json DESCRIPTION REGEX COMMAND...: a line of what it prints matches
json()
{
	json_what=$1 json_want=$2
	shift 2
	like "$json_what" "$("$@" 2>/dev/null)" "$json_want"
}

# silent: where all is well, no command says anything of it
silent()
{
	for command in list status log "info lockdown" "lockdown status" "lockdown check integrity" \
		"set lockdown dev_mem=enforce" apply; do
		# shellcheck disable=SC2086
		unlike "$1: $command" "$(latch $command 2>&1)" "NOT WORK|NOT KNOWN|not called"
	done
	for command in list "info lockdown" "lockdown status" "lockdown check integrity" "lockdown advise"; do
		# shellcheck disable=SC2086
		json "$1: $command --json" '"called": ?true' latch $command --json
	done
}

# reader DESCRIPTION STATUS FIRST REGEX COMMAND...: its status, its first line, and another one
reader()
{
	reader_what=$1 reader_status=$2 reader_first=$3 reader_regex=$4
	shift 4
	status_is "$reader_what: status" "$reader_status" latch "$@"
	like "$reader_what: the first line says so" "$(echo "$output" | head -n 1)" "$reader_first"
	like "$reader_what: what holds" "$output" "$reader_regex"
}

# readers STATE FIRST CALLED HOLDS: what the commands say that change nothing
readers()
{
	state=$1 first=$2 called=$3 holds=$4
	reader "$state: list" 0 "$first" "holds: $holds" list
	is "$state: list: of each module" "$(echo "$output" | grep -c "holds: $holds")" 3
	reader "$state: status" 4 "$first" "dev_mem=enforce \(holds: $holds\)" status
	reader "$state: info" 0 "$first" "dev_mem=enforce \(holds: $holds\)" info lockdown
	reader "$state: lockdown status" 0 "$first" "^holds: $holds" lockdown status
	reader "$state: check" 1 "$first" "^root cannot change the running kernel: no" lockdown check integrity
	reader "$state: advise" 0 "$first" "^debugfs: not known: its hooks are not called" lockdown advise
	unlike "$state: advise: nothing is called unused" "$output" "unused|and is$"
	like "$state: log" "$(latch log 2>&1)" "$first"
	like "$state: log --json" "$(latch log --json 2>/dev/null)" "\"called\": ?$called"
	like "$state: watch" "$(timeout 2 latch watch 2>&1)" "$first"
	for command in list status "info lockdown" "lockdown status" "lockdown advise"; do
		# shellcheck disable=SC2086
		text=$(latch $command --json 2>/dev/null)
		like "$state: $command --json: called" "$text" "\"called\": ?$called"
		like "$state: $command --json: what holds" "$text" "\"holds\": ?\"$holds\""
		unlike "$state: $command --json: nothing is said to hold" "$text" '"holds": ?"(enforce|observe)"'
	done
}

# changers STATE FIRST HOLDS: those that make enforcement, or take it away
changers()
{
	state=$1 first=$2 holds=$3
	for command in "set lockdown dev_mem=enforce" "mode trio enforce" "${short:-lockdown profile integrity}" apply; do
		# shellcheck disable=SC2086
		status_is "$state: $command: status" 4 latch $command
		like "$state: $command: says so" "$output" "$first"
		[ "$command" = apply ] || like "$state: $command: what holds" "$output" "^(lockdown|trio): $holds"
	done
	[ "${short-}" ] || latch set lockdown all=off dev_mem=enforce debugfs=observe bpf_iter_write=observe >/dev/null 2>&1
	base=''
	refused "$state: load" 4 "${first#*: }" latch load template
	# What enforces nothing was done as it was asked for.
	for command in "mode trio observe" "mode lockdown observe" "set lockdown debugfs=off"; do
		# shellcheck disable=SC2086
		status_is "$state: $command: status" 0 latch $command
	done
	latch set lockdown all=off dev_mem=enforce debugfs=observe bpf_iter_write=observe >/dev/null 2>&1
	latch mode lockdown enforce >/dev/null 2>&1
	refused "$state: what needs a hook that is not attached" 4 "${first#*: }" latch set lockdown module_load=enforce
	latch mode trio enforce >/dev/null 2>&1
}

# each STATE FIRST CALLED HOLDS DOCTOR
each()
{
	[ "${short-}" ] || readers "$1" "$2" "$3" "$4"
	changers "$1" "$2" "$4"
	status_is "$1: doctor" 4 latch doctor
	like "$1: doctor: says which" "$output" "$5"
}

silent "all is well"
status_is "doctor" 0 latch doctor
like "... tried it" "$output" "^called +ok +an empty program was attached, was called, and was detached$"

no="^MODULES DO NOT WORK: " unknown="^IT IS NOT KNOWN WHETHER MODULES WORK: "
if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	each "ftrace_enabled=0" "${no}ftrace: kernel.ftrace_enabled is 0" false "not called" \
		"^called +bad +not tried, as ftrace is off: see there"
	like "ftrace_enabled=0: check: what is enforced is open" "$(latch lockdown check integrity)" \
		"^ +dev_mem +/dev/mem and /dev/port"
	allowed "ftrace_enabled=0: and so it is" head -c 1 /dev/mem
	like "ftrace_enabled=0: check names the reason" "$(latch lockdown check)" "^ +called +ftrace: "
	refused "ftrace_enabled=0: the kernel is not asked how it knows a file" 4 "ftrace: " \
		latch lockdown allow dev_mem --exe /usr/bin/busybox
	echo 1 >/proc/sys/kernel/ftrace_enabled
	is "ftrace lives on" "$(cat /proc/sys/kernel/ftrace_enabled)" 1
	silent "ftrace_enabled=1"
else
	skip "ftrace_enabled=0" "$(uname -r) refuses it"
fi
denied "dev_mem is denied" head -c 1 /dev/mem

# The other states are made for latch's eyes: programs are called all the while.
echo "${lsm%,bpf}" | sed 's/bpf,//' >/tmp/security/lsm
mount --bind /tmp/security /sys/kernel/security
short="mode lockdown enforce"
each "a list that is not the kernel's" "${unknown}active LSMs: /sys/kernel/security/lsm: not the kernel's" null unknown \
	"^active LSMs +unknown"
umount /sys/kernel/security
short=

umount /sys/kernel/security
each "no securityfs" "${unknown}active LSMs: /sys/kernel/security/lsm: No such file" null unknown "^active LSMs +unknown"
like "no securityfs: the built-in lockdown is not known" "$(latch lockdown check)" "^built-in lockdown: unknown"
json "no securityfs: check --json" '"builtin": ?null' latch lockdown check --json
like "no securityfs: doctor: lockdown" "$(latch doctor)" "^lockdown +unknown"
like "no securityfs: check: it is not said to be open, nor to be closed" "$(latch lockdown check integrity)" \
	"^ +called +active LSMs: "
mount -t securityfs securityfs /sys/kernel/security

mount -t tmpfs none /proc/sys
short="mode lockdown enforce"
each "no /proc/sys" "${unknown}ftrace: /proc/sys/kernel/ftrace_enabled: No such file" null unknown "^ftrace +unknown"
umount /proc/sys

silent "all is well again"
status_is "doctor at last" 0 latch doctor
latch unload plain >/dev/null && latch unload trio >/dev/null && latch unload lockdown >/dev/null
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
