# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300
# shares-boot: yes
#
# Which hooks of lockdown are attached, by the kernel's own account, and how features are
# named and given: groups, modes, and what is refused.
. /test/lib.sh

# Hooks with a program of lockdown attached, by the names of the programs, which stay
# the same ones as long as it is loaded.
attached()
{
	bpftool link | awk '
		FNR == NR && /^[0-9]+: lsm .*name latch_/ {
			for (i = 1; i < NF; i++) if ($i == "name") name[$1] = substr($(i + 1), 7)
		}
		FNR != NR && /^[0-9]+: tracing .*prog [0-9]+/ {
			for (i = 1; i < NF; i++) if ($i == "prog") id = $(i + 1) ":"
			if (id in name) print name[id]
		}' /tmp/progs - | sort | tr '\n' ' '
}

load()
{
	ok "load $*" latch load lockdown "$@"
	bpftool prog >/tmp/progs
}

# "feature=mode" of each feature, as latch says, without those at off; all on one line
modes()
{
	latch info lockdown --json | awk -F '"' '
		/"parameters"/ { on = 1 }
		/"hooks":\[/ { on = 0 }
		on && $2 == "name" { name = $4 }
		on && $2 == "value" && $4 != "off" { print name "=" $4 }' | sort | tr '\n' ' '
}

# expect MODE FEATURE...: the same of these
expect()
{
	expect_mode=$1
	shift
	[ $# -eq 0 ] || printf "%s=$expect_mode\n" "$@" | sort | tr '\n' ' '
}

# --- the kernel's features

bpftool btf dump file /sys/kernel/btf/vmlinux format raw |
	sed -n "/^\[[0-9]*\] ENUM 'lockdown_reason'/,/^\[/ s/^.*'LOCKDOWN_\(.*\)' val=\(.*\)/\2 \1/p" |
	tr '[:upper:]' '[:lower:]' >/tmp/reasons
max_of()
{
	awk -v name="$1_max" '$2 == name { print $1 }' /tmp/reasons
}
below()
{
	awk -v max="$1" '$2 != "none" && $2 !~ /_max$/ && $1 < max { print $2 }' /tmp/reasons
}
# One of latch's own is in the groups, too.
integrity=$(below "$(max_of integrity)" && echo bpf_iter_write)
confidentiality=$(below "$(max_of confidentiality)" && echo bpf_iter_write)
reasons=$(below 1000)
secrets=$(echo "$reasons" | grep -vxE "$(echo "$integrity" | tr '\n' '|' | sed 's/|$//')")
own="module_load module_unload module_autoload kexec_load_signed dma bpf_iter_write"
all="$reasons $own"

ok "the kernel has reasons" test "$(echo "$reasons" | wc -l)" -ge 28
# shellcheck disable=SC2086
is "info --json names them all" \
	"$(latch info lockdown --json | awk -F '"' '
		/"parameters"/ { on = 1 }
		/"hooks":\[/ { on = 0 }
		on && $2 == "name" { print $4 }' | sort | tr '\n' ' ')" \
	"$(printf '%s\n' $all | sort | tr '\n' ' ')"

# --- what is attached

load
like "load, all off: it is said" "$output" 'every feature of lockdown is off: .*latch set lockdown'
is "load, all off: nothing attached" "$(attached)" ""
is "load, all off: modes" "$(modes)" ""
for feature in $all; do
	case $feature in
	module_load | kexec_load_signed) hooks="kernel_load_data kernel_read_file " ;;
	module_unload) hooks="capable " ;;
	module_autoload) hooks="kernel_module_request " ;;
	dma) hooks="file_ioctl file_ioctl_compat mmap_file " ;;
	bpf_iter_write) hooks="bpf_prog " ;;
	*) hooks="locked_down " ;;
	esac
	latch set lockdown all=off "$feature=observe" >/dev/null
	is "$feature: its hooks, and no others" "$(attached)" "$hooks"
done
ok "all=off" latch set lockdown all=off
is "all=off: nothing attached" "$(attached)" ""
ok "all=enforce" latch set lockdown all=enforce
is "all=enforce: all attached" "$(attached)" \
	"bpf_prog capable file_ioctl file_ioctl_compat kernel_load_data kernel_module_request kernel_read_file locked_down mmap_file "
# shellcheck disable=SC2086
is "all=enforce: modes" "$(modes)" "$(expect enforce $all)"
ok "all but module_unload" latch set lockdown all=enforce module_unload=off
is "all but module_unload: all but capable" "$(attached)" \
	"bpf_prog file_ioctl file_ioctl_compat kernel_load_data kernel_module_request kernel_read_file locked_down mmap_file "
is "list --json says the same" "$(latch list --json | sed -n '/"hooks":\[/,/\]/ s/^ *"\([a-z_]*\)",*$/\1/p' |
	sort | tr '\n' ' ')" "$(attached)"
ok "unload" latch unload lockdown
is "unload: nothing attached" "$(attached)" ""
unlike "unload: no program is left" "$(bpftool prog)" 'name latch_'

# --- groups; the narrower name wins, in any order

# given DESCRIPTION MODES ASSIGNMENT...
given()
{
	given_what=$1 given_want=$2
	shift 2
	latch set lockdown all=off >/dev/null
	latch set lockdown "$@" >/dev/null
	is "$given_what: $*" "$(modes)" "$given_want"
	[ $# -gt 1 ] || return
	given_turned=
	for g; do
		given_turned="$g $given_turned"
	done
	latch set lockdown all=off >/dev/null
	# shellcheck disable=SC2086
	latch set lockdown $given_turned >/dev/null
	is "$given_what: $given_turned" "$(modes)" "$given_want"
}

# shellcheck disable=SC2086
{
	mixed=$({ expect observe $integrity; expect enforce $secrets; } | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' ')
	load confidentiality=enforce integrity=observe
	is "load takes groups" "$(modes)" "$mixed"
	given "a group" "$(expect observe $integrity)" integrity=observe
	given "a group that holds another" "$(expect enforce $confidentiality)" confidentiality=enforce
	given "all" "$(expect enforce $all)" all=enforce
	given "a group in a group" "$mixed" integrity=observe confidentiality=enforce
	given "features in a group, and another" \
		"$( { expect observe $integrity; echo kcore=enforce; } | tr ' ' '\n' | sed '/^$/d; /^kexec=/d' |
			sort | tr '\n' ' ')" \
		integrity=observe kexec=off kcore=enforce
	given "a feature in all" "dev_mem=enforce " all=off dev_mem=enforce
	ok "unload" latch unload lockdown
}

# --- what is refused, and then leaves all as it was

cat >/tmp/rejects <<'EOF'
an unknown feature|latch_none|latch_none=enforce
a bad mode|kcore.*`on`.*off, observe or enforce|kcore=on
no mode|kcore.*off, observe or enforce|kcore=
no value|parameter=value|kcore
a feature given twice|kcore.*twice|kcore=observe kcore=enforce
a group given twice|all.*twice|all=observe all=observe
a good one before an unknown one|latch_none|kcore=enforce module_unload=enforce latch_none=enforce
a good one before a bad mode|msr|kcore=enforce module_load=enforce msr=bad
a good one after a bad mode of a group|bad|integrity=bad kcore=enforce
EOF
while IFS='|' read -r what why words; do
	# shellcheck disable=SC2086
	status_is "load: $what" 2 latch load lockdown $words
	like "load: $what: why" "$output" "$why"
done </tmp/rejects
is "load: nothing was" "$(latch list --json | tr -d '\n')$(attached)" "[]"

load dev_mem=observe
before=$(modes)
while IFS='|' read -r what why words; do
	# shellcheck disable=SC2086
	status_is "set: $what" 2 latch set lockdown $words
	like "set: $what: why" "$output" "$why"
	is "set: $what: nothing changed" "$(modes)$(attached)" "${before}locked_down "
done </tmp/rejects
# shellcheck disable=SC2086
is "an unknown feature: those there are listed" "$(latch set lockdown latch_none=off 2>&1 | tr -c 'a-z_\n' '\n' |
	grep -xE "$(echo $all | tr ' ' '|')" | sort -u | tr '\n' ' ')" "$(printf '%s\n' $all | sort | tr '\n' ' ')"

# --- the mode of the module caps those of its features

ok "all=enforce" latch set lockdown all=enforce
denied "enforce: /dev/mem" probe devmem
ok "mode observe" latch mode lockdown observe
# shellcheck disable=SC2086
is "mode observe: the features keep theirs" "$(modes)" "$(expect enforce $all)"
allowed "mode observe: /dev/mem" probe devmem
allowed "mode observe: /proc/kcore" probe kcore
allowed "mode observe: a module" probe module_load "/lib/modules/$(uname -r)/dummy.ko"
allowed "mode observe: which goes" probe module_unload dummy
like "mode observe: the log has it" "$(latch log lockdown)" 'kcore +observed .*/usr/bin/probe'
ok "mode enforce" latch mode lockdown enforce
denied "mode enforce: /dev/mem" probe devmem
status_is "mode off is none" 2 latch mode lockdown off
denied "mode off is none: /dev/mem" probe devmem
ok "all enforced: latch itself works: set" latch set lockdown kcore=off
ok "all enforced: latch itself works: unload" latch unload lockdown
allowed "unload: /dev/mem" probe devmem

load --observe dev_mem=enforce
allowed "load --observe: /dev/mem" probe devmem
like "load --observe: the log has it" "$(latch log lockdown)" 'dev_mem +observed .*/usr/bin/probe'
like "load --observe: list" "$(latch list)" '^lockdown +[^ ]+ +observe '
ok "mode enforce" latch mode lockdown enforce
denied "mode enforce: /dev/mem" probe devmem
ok "unload" latch unload lockdown
is "after: nothing attached" "$(attached)" ""

done_testing
