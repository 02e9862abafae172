# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# Trials: the state before returns in the kernel at the deadline, with no process needed;
# confirm keeps the change.
. /test/lib.sh

# waits for the end of a trial
over()
{
	tries=150
	while latch list 2>/dev/null | grep -q 'on trial' && [ $((tries -= 1)) -gt 0 ]; do
		usleep 200000
	done
}

. /test/mod/common.sh
progs_before=$(bpftool prog | grep -c '^[0-9]')

# --- of a load ---
ok "load on trial" latch load lockdown dev_mem=enforce --try 6s
status_is "list" 5 latch list
like "... shows the seconds left" "$output" 'on trial: over in [1-6] s'
status_is "status" 5 latch status
like "... too" "$output" 'on trial: over in [1-6] s; `latch confirm lockdown` keeps it'
denied "denied while on trial" probe devmem
status_is "another change is refused" 5 latch set lockdown kexec=enforce
like "and says why" "$output" 'on trial for another [1-6] s'
status_is "a mode change too" 5 latch mode lockdown observe
over
allowed "allowed when it is over" probe devmem
like "list says what is left of it" "$(latch list 2>&1)" '^latch: lockdown: it denies nothing: the trial of its load is over; the next command that changes something removes it$'
is "and the module is gone" "$(latch list 2>/dev/null)" ""

# --- of set: what was before returns, not just off ---
ok "load for good" latch load lockdown dev_mem=observe kexec=enforce
ok "set on trial" latch set lockdown dev_mem=enforce kexec=off module_unload=enforce --try 6s
denied "the new state: dev_mem" probe devmem
allowed "the new state: kexec" probe kexec_load
is "two hooks are attached" "$(latch list --json | grep -c '"locked_down"\|"capable"')" 2
over
allowed "the old state: dev_mem" probe devmem
like "list says what is left of it" "$(latch list 2>&1)" '^latch: lockdown: what is left of a trial that is over: what held before it holds again; the next'
like "a command that changes something removes it" "$(clear_left)" '^latch: removed from lockdown: what is left of a trial'
denied "the old state: kexec" probe kexec_load
is "the hook of the trial is detached again" "$(latch list --json | grep -c '"capable"')" 0

# --- of a mode ---
ok "mode on trial" latch mode lockdown observe --try 6s
allowed "observed" probe kexec_load
over
denied "enforced again" probe kexec_load

# --- confirm ---
status_is "nothing to confirm" 1 latch confirm lockdown
ok "set on trial, as a command of lockdown" latch lockdown set dev_mem=enforce kexec=off --try 6s
like "it says so" "$output" "on trial for 6 s"
ok "confirm" latch confirm lockdown
sleep 7
denied "it stays: dev_mem" probe devmem
allowed "it stays: kexec" probe kexec_load
ok "and can be changed" latch set lockdown dev_mem=observe
ok "a trial can be dropped by unload" latch set lockdown dev_mem=enforce --try 60s
ok "unload" latch unload lockdown
allowed "allowed" probe devmem

# --- with no process that could do it: every exec is refused ---
ok "a trial that locks out execve" latch load /test/mod/noexec.bpf.o --try 5s
if /usr/bin/probe list >/dev/null 2>&1; then locked=no; else locked=yes; fi
# sleep is a program: wait in the shell itself
read -r up _ </proc/uptime
until=$((${up%.*} + 7))
while read -r up _ </proc/uptime && [ "${up%.*}" -lt "$until" ]; do :; done
is "no program could be started" "$locked" yes
ok "and can be again" /usr/bin/probe list

# --- bad input ---
for time in 0 -1 10x 8d 5m3 '' 99999999999999999999; do
	status_is "--try '$time' is refused" 2 latch load lockdown dev_mem=enforce --try "$time"
done
status_is "--try without a time" 2 latch load lockdown --try
is "nothing is loaded" "$(latch list 2>/dev/null)" ""
clear_left >/dev/null
i=0
while [ "$(bpftool prog | grep -c '^[0-9]')" -ne "$progs_before" ] && [ $i -lt 30 ]; do sleep 1; i=$((i + 1)); done
is "no program is left" "$(bpftool prog | grep -c '^[0-9]')" "$progs_before"
# Whoever confirms counts on it.
latch unload lockdown >/dev/null 2>&1
status_is "confirm, with nothing loaded" 1 latch confirm
like "... says so" "$output" '^latch: nothing is on trial: nothing to confirm$'
ok "load on trial" latch load lockdown dev_mem=observe --try 1s
sleep 2
status_is "confirm after a load that is over" 1 latch confirm
ok "load" latch load lockdown dev_mem=observe
status_is "confirm, with nothing on trial" 1 latch confirm
ok "set on trial" latch set lockdown dev_mem=enforce --try 1s
sleep 2
status_is "confirm after a change that is over" 1 latch confirm
ok "set on trial again" latch set lockdown dev_mem=enforce --try 60s
ok "confirm in time" latch confirm
ok "unload at last" latch unload lockdown
done_testing
