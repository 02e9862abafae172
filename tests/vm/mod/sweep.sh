# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sweep DESCRIPTION BASE COMMAND...: kill -9 of COMMAND as it enters each of its system
# calls, from the last to the first. BASE is a function that brings about the state to
# start from, and keeps its name in $now. After each kill
# (a) before any latch command: what is denied is one of $half ("0 0 0/1 13 30"; or any),
#     none between: the module as it was or as it was to be;
# (r) `latch list` changes nothing of it;
# (b) a command that changes something removes what was left, and `latch list` then shows one of
#     $whole ("LOADED|DENIED/...");
#     what was denied at (a) is denied still, or what $settles says ("1 1 1>1 13 30/..."):
#     where two modules deny, the errno may become the other's;
# (c) the next COMMAND comes as far as its kill, so the one killed is not in its way; and
#     from time to time it may come to its end.
#
# Where the last few calls left the same behind, one call in four is taken until that
# changes (then all between are): which ones is by $turn. sweep=1 on the guest's command line
# takes every one; part=4, one in four of all these.

settles=''
near=$part far=$((4 * part))
[ "$(on_line sweep 0)" = 0 ] || near=1 far=1

# Whether one of a/b/c in $1 is $2.
one_of()
{
	case "/$1/" in
	*"/$2/"* | "/any/") ;;
	*) return 1 ;;
	esac
}

# What is in the latch directory, in one line, less the process ids.
traces()
{
	# shellcheck disable=SC2046
	set -- $latch_dir/*/* $latch_dir/*/*/*
	case $* in
	*~*) echo "$*" | sed 's/~[0-9]*/~/g' ;;
	*) echo "$*" ;;
	esac
}

# Kills at call $1 of the rest; adds to $bad what is wrong after it. Sets $trace.
kill_at()
{
	where="call $1"
	killat "$@" >/tmp/killed 2>&1
	status=$?
	if [ $status -ne 0 ]; then
		# A command that waits for the kernel makes fewer calls when that is quicker.
		calls=$(tail -n 1 /tmp/killed)
		case $calls in
		*" 0") [ "${calls% 0}" -lt "$1" ] ;;
		*) false ;;
		esac || bad="$bad
$where: not killed: $(cat /tmp/killed)"
		clear_left >/dev/null
		now=$(loaded)
		return
	fi
	where="$where ($(tail -n 1 /tmp/killed))"
	denied=$(act symlink link mknod)
	trace="$(traces) $denied"
	one_of "$half" "$denied" || bad="$bad
$where: half a module: $denied, $(pindirs)"
	kills=$((kills + 1))
	[ "$trace" != "$untouched" ] || return 0

	if [ $((kills % 3)) -eq 0 ]; then
		latch list >/dev/null 2>&1
		[ "$(traces) $(act symlink link mknod)" = "$trace" ] || bad="$bad
$where: latch list made of $trace: $(traces) $(act symlink link mknod)"
	fi
	clear_left >/dev/null
	now=$(loaded)
	after=$(act symlink link mknod)
	one_of "$whole" "$now|$after" || bad="$bad
$where: when that is cleared: $now denies $after"
	[ "$half" = any ] || [ "$denied" = "$after" ] || one_of "$settles" "$denied>$after" || bad="$bad
$where: denied $denied, when that is cleared $after"
	case $(pindirs) in
	*~*) bad="$bad
$where: left for good: $(pindirs)" ;;
	esac
}

sweep()
{
	what=$1 base=$2 bad='' kills=0 same=0 step=$near last=''
	shift 2
	clear_left >/dev/null
	now=$(loaded)
	$base
	total=$(killat 100000 "$@" 2>&1 | tail -n 1)
	like "$what: ends well when it is not killed" "$total" "^[0-9]+ 0$"
	total=${total% *}
	now=$(loaded)
	$base
	untouched="$(traces) $(act symlink link mknod)"
	n=$((total - (total + near - turn % near) % near))
	while [ "$n" -ge 1 ]; do
		$base
		kill_at "$n" "$@"
		if [ "$trace" = "$last" ]; then
			same=$((same + 1))
		elif [ $step -gt $near ]; then
			# back to those that were left out
			n=$((n + step - near)) step=$near same=0 last=$trace
			continue
		else
			same=0 last=$trace
		fi
		n=$((n - step))
		if [ $same -ge 4 ]; then
			step=$far
			while [ "$n" -ge 1 ] && [ $((n % step)) -ne $((turn % step)) ]; do
				n=$((n - 1))
			done
		fi
	done
	$base
	is "$what: $kills kills in $total system calls" "$bad" ""
	ok "$what: that is many" test "$kills" -ge $((20 / part))
}
