# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# An exception for a unit is for the cgroup that stands in its place, and for no other: cgroups that
# resemble it in every way that a seed gives, made below a cgroup that is given to a user, by him.
. /test/lib.sh
. /test/mod/common.sh

seed=$(on_line seed "$(date +%N | sed 's/^0*//')")
echo "# seed $seed"
victims=$(collide victims "$seed")

ok "load" latch load lockdown dev_mem=enforce
first=$(echo "$victims" | head -n 1)
is "before, none is excepted" "$(collide try "$seed" "$first" | awk '!/^#/ && $3')" ""
# The nearest cgroup that is there shows how this kernel hashes names.
mkdir /sys/fs/cgroup/there.slice
for victim in $victims; do
	ok "an exception at level $(echo "$victim" | tr -cd / | wc -c)" latch lockdown allow dev_mem --unit "$victim"
done
# A unit is looked for in 15 slices, so that it stands at level 16 at most.
slices=$(printf '/in.slice%.0s' $(seq 15))
mkdir -p "/sys/fs/cgroup$slices/at16.service" "/sys/fs/cgroup$slices/in.slice"
ok "a unit in 15 slices is found" latch lockdown allow dev_mem --unit at16.service
like "... there" "$output" "unit $slices/at16.service, known"
ok "... and taken back" latch lockdown disallow dev_mem --unit at16.service
mkdir "/sys/fs/cgroup$slices/in.slice/at17.service"
status_is "in 16 it is not" 1 latch lockdown allow dev_mem --unit at17.service
like "... and why" "$output" 'whether it is running is not known: .*: File name too long'
deep=$(printf '/d.slice%.0s' $(seq 16))
status_is "none at level 17" 2 latch lockdown allow dev_mem --unit "$deep/x.service"
like "... and why" "$output" 'is not the path of a cgroup: at most 16 names'

# shellcheck disable=SC2086
collide try "$seed" $victims >came
grep '^#' came
while read -r way made excepted; do
	case $way in
	\#) ;;
	genuine) is "$way" "$made $excepted" "6 6" ;;
	at-level-16-below) is "$way" "$made $excepted" "5 5" ;;
	at-level-17-below) is "$way" "$made $excepted" "6 0" ;;
	# as the manual page says; and so it is seen that these names do collide
	root*) is "$way" "$made $excepted" "24 24" ;;
	*)
		ok "$way: some are made" [ "$made" -ge 6 ]
		is "$way: of $made none is excepted" "$excepted" 0
		;;
	esac
done <came
is "all ways were tried" "$(grep -vc '^#' came)" 13
like "the log has those that were" "$(latch log lockdown)" '^lockdown +dev_mem +excepted +35 .*/collide$'
for victim in $victims; do
	latch lockdown disallow dev_mem --unit "$victim" >/dev/null
done
is "after, none is" "$(collide try "$seed" "$first" | awk '!/^#/ && $3')" ""
ok "unload" latch unload lockdown
done_testing
