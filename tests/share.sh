#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Scripts that share a guest: each is judged by itself, what one leaves behind is named, and
# what it does to the guest is not done to those behind it.

set -u

cd "$(dirname "$0")/.." || exit
dir=build/share
count=0 failures=0
rm -rf $dir
mkdir -p $dir

# script NAME [SECONDS]: of what is on stdin; it begins in a guest as it was booted
script()
{
	{
		printf '# run-options: -t %s\n' "${2:-60}"
		cat <<-'END'
			. /test/lib.sh
			is "nothing is loaded, mounted or left" "$(cat /proc/modules; ls -A /mnt /tmp /sys/fs/bpf \
				/sys/kernel/tracing/instances | grep -v ':$')" ""
		END
		cat
		echo done_testing
	} >$dir/"$1".sh
}

script first </dev/null
script leaves <<'END'
modprobe dummy
mount -t tmpfs none /mnt
echo core.latch >/proc/sys/kernel/core_pattern
echo 1 >/etc/file
echo root:x:0: >/etc/group
mkdir /sys/kernel/tracing/instances/latch
mkdir /tmp/used /sys/fs/cgroup/used
latch load template >/dev/null 2>&1
bpftool map create /sys/fs/bpf/map type array key 4 value 4 entries 1 name x
sleep 1000 &
END
script complains <<'END'
echo "WARNING: invented" >/dev/kmsg
END
script announces <<'END'
expect_kernel_log "WARNING: invented"
echo "WARNING: invented" >/dev/kmsg
END
script slow 3 <<'END'
sleep 1000
END
script fails <<'END'
ok "this is so" false
END
script dies <<'END'
echo c >/proc/sysrq-trigger
sleep 1000
END
script last </dev/null

TEST_LOGS=$dir tests/together trixie 1 $dir/first.sh $dir/leaves.sh $dir/complains.sh $dir/announces.sh \
	$dir/slow.sh $dir/fails.sh $dir/dies.sh $dir/last.sh >$dir/out 2>&1

# expect NAME RESULT: the line of a script begins and ends so
expect()
{
	count=$((count + 1))
	if grep -qE "^$2" $dir/out && [ "$(grep -c " share/$1.sh@trixie " $dir/out)" -eq 1 ]; then
		echo "ok $count - $1"
	else
		failures=$((failures + 1))
		echo "not ok $count - $1"
		echo "#   no match: $2"
		sed 's/^/#   /' $dir/out
	fi
}

expect first 'ok +share/first.sh@trixie \(1 ok'
expect leaves 'FAIL +share/leaves.sh@trixie .*: it left something in the guest'
while read -r what; do
	expect leaves " *# @ left leaves.sh $what"
done <<'END'
a pin: /sys/fs/bpf/latch/template/links
a pin: /sys/fs/bpf/map
a process: sleep 1000
there: module dummy
there: mount / /mnt
there: /proc/sys/kernel/core_pattern:core.latch
gone: /etc/group
there: /etc/group
there: /etc/file
there: tracing instance: latch
END
expect complains 'FAIL +share/complains.sh@trixie .*: the kernel complained'
expect announces 'ok +share/announces.sh@trixie \(1 ok'
expect slow 'FAIL +share/slow.sh@trixie .*: no end after [0-9]+ s'
expect fails 'FAIL +share/fails.sh@trixie \(1 failed, 1 ok, [0-9]+ s\)$'
expect dies 'FAIL +share/dies.sh@trixie .*: the guest died'
expect last 'ok +share/last.sh@trixie \(1 ok'
echo "1..$count"
[ "$failures" -eq 0 ]
