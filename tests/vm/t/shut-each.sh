# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# For each hook that takes a program: a module that denies latch whatever it does there either
# is taken back, and leaves nothing; or latch lists and unloads it. With the SDK and without.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list 2>/dev/null
bpftool btf dump file /sys/kernel/btf/vmlinux |
	sed -n "s/^\[\([0-9]*\)\] FUNC 'bpf_lsm_\([a-z0-9_]*\)' .*/\1 \2/p" | sort -u -k 2 | attachable >open 2>/dev/null

# try OBJECT MODULE HOOK: why it is bad, or nothing
try()
{
	fill "$3" <"$mod/$1.bpf.o" >"$2.bpf.o" || return 0
	status=0
	latch load "./$2.bpf.o" >output 2>&1 || status=$?
	case $status in
	0)
		latch list >output 2>&1 || echo "list: $(cat output)"
		latch unload "$2" >output 2>&1 || echo "unload: $(cat output)"
		echo stayed >>outcomes
		;;
	3)
		grep -q "^latch: $2: taken back: it denies latch itself" output || echo "$(cat output)"
		echo back >>outcomes
		;;
	*) echo "load: $status: $(cat output)" ;;
	esac
	[ -z "$(pindirs)" ] && return
	echo "left: $(pindirs)"
	rm -f $latch_dir/*/links/*
	usleep 500000
	latch unload "$2" >/dev/null 2>&1
}

bad='' number=0 tried=0 often=$([ "$part" -eq 1 ] && echo 1 || echo 8)
share=$([ "$part" -eq 1 ] && echo 1 || echo $((2 * part)))
# In part one in eight of the first, which are on the way of every command.
while read -r hook; do
	number=$((number + 1))
	case $hook in
	bpf | bpf_map | bpf_prog | capable | capget | file_lock | file_mprotect | file_open | inode_* | mmap_* | path_*)
		[ $((number % often)) -eq $((turn % often)) ] || continue
		;;
	*) [ $((number % share)) -eq $((turn % share)) ] || continue ;;
	esac
	tried=$((tried + 1))
	for object in shut_each shut_each_plain; do
		why=$(try $object $object "$hook")
		[ -z "$why" ] || bad="$bad
$object on $hook: $why"
	done
done <open
is "what denies latch something at one of $tried hooks is taken back or unloaded" "$bad" ""
[ "$part" -gt 1 ] || ok "... some of them taken back" grep -q back outcomes
[ "$part" -gt 1 ] || ok "... some of them not" grep -q stayed outcomes
echo "# $(sort outcomes | uniq -c | tr '\n' ' ')"
counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
