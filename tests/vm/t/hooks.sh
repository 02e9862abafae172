# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# sample: any
#
# The SDK on every hook of the kernel. attachable tells which take a BPF program that denies,
# by bpf(2) alone. All of these load by latch, 64 in a module; every other is refused, and said
# to be this kernel's doing. In observe, with each of them called and reporting, nothing
# is denied. In part, that is 64 of them and some of the others, by the seed.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list 2>/dev/null
bpftool btf dump file /sys/kernel/btf/vmlinux |
	sed -n "s/^\[\([0-9]*\)\] FUNC 'bpf_lsm_\([a-z0-9_]*\)' .*/\1 \2/p" | sort -u -k 2 >all
attachable <all >open 2>closed
total=$(wc -l <all) open=$(wc -l <open)
echo "# hooks that a BPF program can be attached to: $open of $total"
like "most hooks take a program" "$open" "^(2[0-9][0-9]|[3-9][0-9][0-9])$"

# 64 at a time, the last ones filled up with the first.
set -- $(cat open) $(head -n 64 open)
batch=0 denied='' quiet='' least=50
if [ "$part" -gt 1 ]; then
	turn=$(on_line seed 0)
	shift $((turn * 64 % open))
	open=64 least=5
fi
while [ $((batch * 64)) -lt "$open" ]; do
	batch=$((batch + 1))
	names=$(echo "$@" | cut -d' ' -f1-64)
	shift 64
	# shellcheck disable=SC2086
	fill $names <$mod/hooks.bpf.o >batch.bpf.o
	ok "module $batch of 64 hooks loads" latch load ./batch.bpf.o
	is "... with all of them attached" "$(loaded)" "hooks:enforce:64"
	ok "... unloads" latch unload hooks
	ok "... loads in observe, each hook reporting" latch load ./batch.bpf.o deny=1 --observe
	for work in "probe fork_exec" "probe unlink" "probe open /etc/passwd rw" "probe devmem" \
		"bpftool prog show" "mount -t tmpfs none /mnt" "umount /mnt" "dmesg"; do
		$work >work.output 2>&1 || denied="$denied; $batch: $work: $(cat work.output)"
	done
	[ "$(act symlink link mknod setxattr)" = "0 0 0 0" ] || denied="$denied; $batch: act"
	latch log hooks >"log.$batch"
	latch list | grep -q '^hooks .* observe  *64  *0  *[1-9]' || quiet="$quiet; $(latch list)"
	ok "... unloads" latch unload hooks
done
is "in observe nothing is denied" "$denied" ""
is "... and each module has seen something" "$quiet" ""
seen=$(awk 'FNR > 1 && $3 == "observed" { print $2 }' log.* | sort -u | wc -l)
ok "... $seen hooks were called and reported" test "$seen" -ge $least

bad='' number=0 tried=0
while read -r name why; do
	number=$((number + 1))
	[ $((number % part)) -eq $((turn % part)) ] || continue
	tried=$((tried + 1))
	name=${name%:}
	fill "$name" <$mod/hook1.bpf.o >one.bpf.o 2>fill.output || {
		bad="$bad; $(cat fill.output)"
		continue
	}
	status=0
	latch load ./one.bpf.o >load.output 2>&1 || status=$?
	[ $status -eq 4 ] && grep -q "hook1: hook $name: this kernel lets no BPF program" load.output ||
		bad="$bad; $name ($why): $status, $(cat load.output)"
	[ $status -ne 0 ] || latch unload hook1
done <closed
is "$tried of the other $(wc -l <closed) are refused, as the kernel's doing" "$bad" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
