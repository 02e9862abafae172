#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# /script of a guest that several tests share: runs those of /test/shares ("NAME SECONDS" a
# line), which are in /test/t, one after the other, each as if the guest had just booted.
# One that leaves something behind is named, and ends this boot: tests/job gives the others
# another. Marks what is whose, on its output and in the kernel's log:
#	@ begin NAME
#	@ end NAME STATUS SECONDS
#	@ left NAME WHAT

dir=/run/shared

bpf()
{
	for kind in prog map link; do
		echo "BPF $kind: $(bpftool $kind show | grep -c '^[0-9]*:')"
	done
}

# What a test may change, and has to put back. /tmp, /root, /etc/latch, cgroups and an empty
# bpffs are there to be used, and cleared below, so they are not part of this.
state()
{
	sed 's/^[0-9]* [0-9]* [^ ]*/mount/; / \/sys\/fs\/bpf /d' /proc/self/mountinfo | sort
	sed 's/ .*//; s/^/module /' /proc/modules | sort
	grep -s '' /sys/kernel/kexec_loaded /sys/kernel/tracing/kprobe_events \
		/proc/sys/net/ipv4/tcp_congestion_control
	find /proc/sys/kernel -type f ! -path '*/random/*' ! -name ns_last_pid ! -name nr \
		! -name perf_event_max_sample_rate -exec grep -s '' {} +
	find /dev /run
	ls /sys/kernel/tracing/instances | sed "s/^/tracing instance: /"
	find / -xdev -type d ! -path '/root*' ! -path '/etc/latch*'
	find / -xdev ! -type d ! -path '/root/*' ! -path '/etc/latch/*' -exec stat -c '%n %f %s %u %Y' {} +
	bpf
}

# Those that a test left running; its own shell, and a kernel thread, are none.
processes()
{
	for p in /proc/[0-9]*; do
		read -r stat 2>/dev/null <"$p/stat" || continue
		# shellcheck disable=SC2086
		set -- ${p#/proc/} ${stat##*) }
		case $1,$2,$3 in
		1,* | 2,* | "$$",* | *,Z,* | *,*,2 | *,*,$$) ;;
		*) echo "a process: $(tr '\0' ' ' 2>/dev/null <"$p/cmdline")" ;;
		esac
	done
}

clear_places()
{
	find /tmp /root -mindepth 1 -maxdepth 1 -exec rm -rf {} +
	rm -rf /etc/latch
	[ ! -e $dir/latch ] || cp -a $dir/latch /etc
	find /sys/fs/cgroup -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
	if grep -q ' /sys/fs/bpf bpf ' /proc/mounts; then
		rmdir /sys/fs/bpf/latch 2>/dev/null
		find /sys/fs/bpf -mindepth 1 | sed 's/^/a pin: /'
		umount /sys/fs/bpf
	fi
}

mark()
{
	# a test may leave its last line open
	printf '\n@ %s\n' "$*"
	echo "latch-test: $*" >/dev/kmsg
}

# The kernel frees BPF programs some seconds late, and a killed process is not gone at once.
left()
{
	clear_places
	tries=0
	while [ -n "$(processes)" ] && [ $tries -lt 20 ]; do
		usleep 100000
		tries=$((tries + 1))
	done
	processes
	tries=0
	while [ ! -s $dir/left ] && [ "$(bpf)" != "$(grep '^BPF' $dir/before)" ] && [ $tries -lt 60 ]; do
		usleep 500000
		tries=$((tries + 1))
	done
	state >$dir/after
	diff -U 0 $dir/before $dir/after | sed -n '/^---/d; /^+++/d; s/^-/gone: /p; s/^+/there: /p'
}

mkdir $dir
[ ! -e /etc/latch ] || cp -a /etc/latch $dir
: >$dir/after
: >$dir/left
state >$dir/before
while read -r name seconds <&9; do
	dmesg -c >/dev/null
	mark "begin $name"
	started=$(cut -d. -f1 /proc/uptime)
	status=0
	setsid timeout -k 5 "$seconds" sh "/test/t/$name" 9<&- </dev/null 2>&1 || status=$?
	mark "end $name $status $(($(cut -d. -f1 /proc/uptime) - started))"
	left >$dir/left
	[ ! -s $dir/left ] || {
		sed "s/^/@ left $name /" $dir/left
		exit 0
	}
done 9</test/shares
