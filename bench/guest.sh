# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures in a guest; bench/run puts `what=figures`, `wall` or `hold` before it. A line for each figure:
#	taken SETUP CALL INSTRUCTIONS ERROR	called SETUP CALL PROGRAMS
#	held MODULE PROGRAMS MAPS BYTES JITED-BYTES
#	process NAME INSTRUCTIONS WALL-NS CPU-US MAXRSS-KIB

PATH=$PATH:/test/bench
halves="openat read write unlink clone3 exec1 exec5"
whole="openat read write ioctl mmap fork execve"
guarded="unlink mkdir rename umount bpf"
pin=/sys/fs/bpf/plain
rounds=7
set -eu

# where the stack is, and where maps are, decides about page tables, which fork copies
echo 0 >/proc/sys/kernel/randomize_va_space
mount -t bpf bpf /sys/fs/bpf

quietly()
{
	"$@" >/dev/null 2>/tmp/said || { cat /tmp/said && exit 1; }
}

# ask VERB SETUP CALL...
ask()
{
	verb=$1 setup=$2
	shift 2
	echo "$verb $*" >&3
	while read -r line <&4; do
		[ "$line" != . ] || break
		echo "$verb $setup $line"
	done
}

process()
{
	name=$1
	shift
	echo "process $name $(measure process "$@")"
}

# Returns when the kernel has let all programs go.
let_go()
{
	until [ "$(measure held)" = "0 0 0 0" ]; do
		usleep 100000
	done
}

# The same program on each hook, so that each hook has a setup beside it that differs
# in nothing else: what programs take of the kernel's allocators is felt by calls, too.
hooks()
{
	for hook in file_open file_permission inode_unlink task_alloc bprm_check_security; do
		# shellcheck disable=SC2086
		case $1 in
		empty)
			quietly plain attach /test/bench/empty-$hook.bpf.o $pin
			ask taken empty-$hook $halves
			rm $pin
			;;
		sdk)
			quietly latch load /test/bench/allow-$hook.bpf.o --observe
			ask taken observe-$hook $halves
			quietly latch mode allow enforce
			ask taken enforce-$hook $halves
			quietly latch unload allow
			;;
		esac
		let_go
	done
}

# An empty program on each hook that the guard has one on, too.
beside_guard()
{
	# shellcheck disable=SC2086
	ask taken bare $guarded
	for pair in inode_unlink:unlink inode_mkdir:mkdir inode_rename:rename sb_umount:umount bpf:bpf; do
		quietly plain attach /test/bench/empty-${pair%:*}.bpf.o $pin
		ask taken beside ${pair#*:}
		rm $pin
		let_go
	done
}

# lockdown SETUP ASSIGNMENT...
lockdown()
{
	setup=$1
	shift
	quietly latch load lockdown "$@"
	lockdown_calls "$setup"
	quietly latch unload lockdown
	let_go
}

lockdown_calls()
{
	# shellcheck disable=SC2086
	ask taken "$1" $whole
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	# shellcheck disable=SC2086
	ask called "$1" $whole
	echo 0 >/proc/sys/kernel/bpf_stats_enabled
}

dev_mem()
{
	ask taken nothing dev_mem
	quietly plain attach /test/bench/deny-locked_down.bpf.o $pin
	ask taken plain dev_mem
	rm $pin
	let_go
	for mode in observe enforce; do
		quietly latch load lockdown dev_mem=$mode
		ask taken dev_mem=$mode dev_mem
		quietly latch unload lockdown
		let_go
	done
}

memory()
{
	for file in /usr/lib/latch/modules/*.bpf.o; do
		module=$(basename "$file" .bpf.o)
		process "load-$module" latch load "$module" --observe
		echo "held $module $(measure held)"
		quietly latch unload "$module"
		let_go
	done
}

load_unload()
{
	for _ in $(seq $rounds); do
		process load latch load /test/bench/five.bpf.o
		process unload latch unload five
		process plain plain five
		let_go
		process gone plain five gone
	done
}

# seal BEFORE AFTER: at last, as a seal is not taken back, and tells nobody how often its
# programs ran.
seal()
{
	quietly latch load template
	# shellcheck disable=SC2086
	ask taken "$1" $whole $guarded
	process seal-"$2" latch seal template --weak
	# shellcheck disable=SC2086
	ask taken "$2" $whole $guarded
}

# In a guest of its own: latch.ko stays, with what it holds.
hold()
{
	# what is measured first in a boot is dear on 7.x: see fork and execve
	# shellcheck disable=SC2086
	ask taken first $whole
	quietly modprobe latch
	seal unheld held
	latch status --json | grep -q '"hold": *true' || { echo "latch.ko does not hold the seal" && exit 1; }
}

if [ "$what" = wall ]; then
	load_unload 2>/tmp/said || cat /tmp/said
	exit
fi

mkfifo /tmp/in /tmp/out
measure calls </tmp/in >/tmp/out &
exec 3>/tmp/in 4</tmp/out

if [ "$what" = hold ]; then
	hold
	exit
fi
lockdown_calls alone
# shellcheck disable=SC2086
ask taken half $halves
hooks empty
hooks sdk
lockdown_calls before
lockdown reasons confidentiality=enforce
lockdown free all=enforce dma=off module_unload=off
lockdown all all=enforce
lockdown dma dma=enforce
lockdown_calls unloaded
dev_mem
memory
load_unload
beside_guard
seal unsealed sealed
