# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# sample: any
#
# `latch seal` and `latch unload`, `set` or `mode` of one module at the same time: one stands
# before it takes the lock while the other starts; and a seal stands while somebody closes
# the module's gate or removes its pin by hand. Then the module is sealed, denies what
# status says it does, and the other one was refused; or it is gone and the seal has failed.
# As a seal is not taken back, each round has a module of its own, that denies what no
# other does. With part=N on the guest's command line one of the three: by hand, unload, set and mode.
. /test/lib.sh
. /test/mod/common.sh

FLOCK=73 RENAMEAT2=316
cd /tmp || exit

# made NUMBER: yes, or no where it is denied
made()
{
	if mknod node c 240 "$1" 2>/tmp/mknod; then
		rm node
		echo yes
	elif grep -q 'Operation not permitted' /tmp/mknod; then
		echo no
	else
		cat /tmp/mknod
	fi
}

# What `latch status` says of the module: "MODE NUMBER", and "sealed" if it is; or nothing.
says()
{
	latch status 2>/dev/null | awk -v name="$name:" '
		/^[a-z]/ { here = $1 == name; if (here) { mode = $2; sub(",", "", mode) } }
		here && /^  sealed/ { seal = " sealed" }
		here && /^  number=/ { split($1, value, "=") }
		END { if (mode) print mode, value[2] seal }'
}

wrong()
{
	bad="$bad
$*; seal said $(xargs -0 <sealing), the other $(xargs -0 <other)"
}

# A module that denies $number and not $free, with a name that was not there before.
new_module()
{
	round=$((round + 1))
	number=$((100 + round)) free=$((200 + round))
	name=mino$(echo abcdefghijklmnopqrstuvwxyz | cut -c $round)
	: >sealing
	sed "s/name=minor/name=$name/" $mod/minor.bpf.o >$name.bpf.o
	latch load ./$name.bpf.o number=$number >/dev/null 2>other || wrong "not loaded"
	[ "$(made $number)" = no ] || wrong "does not deny"
}

# stand CALL MS FIRST SECOND: runs FIRST and, when that comes to CALL, SECOND, which has so
# many milliseconds more before FIRST goes on; or all it takes: "-". Either is seal or other,
# and $seal, $other are the commands. Sets $statuses, "SEAL OTHER".
stand()
{
	call=$1 pause=$2 first=$3 second=$4
	rm -f ./*.status
	eval "command=\$$first run=\$$second"
	run="($run; echo \$? >$second.status) >$second.said 2>&1"
	[ "$pause" = - ] || run="$run & usleep $((pause * 1000))"
	# shellcheck disable=SC2154
	KILLAT_RUN=$run killat "$call" $command >$first.said 2>&1
	sed -n '$s/^[0-9]* //p' $first.said >$first.status
	tries=0
	while [ ! -s $second.status ] && [ $tries -lt 600 ]; do
		usleep 100000
		tries=$((tries + 1))
	done
	mv seal.said sealing
	mv other.said other
	statuses="$(cat seal.status) $(cat other.status)"
}

# race FIRST CALL MS COMMAND WON [WORD]: COMMAND, of which WORD is the last, against the seal.
# WON is how it is after it had its way: "STATUSES: WHAT STATUS SAYS: $number $free", made or not.
race()
{
	new_module
	seal="latch seal $name --weak"
	other="latch $4 $name $6"
	case $1 in
	seal) stand "$2" "$3" seal other ;;
	*) stand "$2" "$3" other seal ;;
	esac
	now="$statuses: $(says): $(made $number) $(made $free)"
	latch unload $name >unloading 2>&1
	unloaded=$?
	case $now/$unloaded in
	"0 3: enforce $number sealed: no yes/3") lost=$((lost + 1)) ;;
	"$5/3" | "$5/1") won=$((won + 1)) ;;
	*) wrong "$1 at $2 $3 $4: $now, then unload: $unloaded, $(cat unloading)" ;;
	esac
}

# by_hand CALL COMMAND: while the seal stands at a call
by_hand()
{
	new_module
	seal="latch seal $name --weak"
	other=$(eval "echo \"$2\"")
	stand "$1" - seal other
	now="$(says): $(made $number)"
	case $now/${statuses% *} in
	"enforce $number sealed: no/0") lost=$((lost + 1)) ;;
	*sealed*) wrong "call $1: $2: seal ended with ${statuses% *}; $now" ;;
	*/[1-4]) won=$((won + 1)) ;;
	*) wrong "call $1: $2: seal ended with ${statuses% *}; $now" ;;
	esac
}

# todays N: whether that one of the three is tried
todays()
{
	[ "$part" -eq 1 ] || [ $((turn % 3)) -eq "$1" ]
}

# The first seal takes more calls than those that join it; of one by itself, to know how many.
round=0
new_module
ok "the first seal" latch seal $name --weak
new_module
total=$(KILLAT_RUN=true killat 100000 latch seal $name --weak 2>sealing | tail -n 1)
like "a seal" "$total" '^[0-9]+ 0$'
is "... holds" "$(says): $(made $number)" "enforce $number sealed: no"
total=${total% *}

# shellcheck disable=SC2016
closed='bpftool map update pinned $latch_dir/$name/maps/gate key 0 0 0 0 value 0 0 0 0 0 0 0 0'
# shellcheck disable=SC2016
removed='rm $latch_dir/$name/links/inode_mknod'
if todays 0; then
	bad='' lost=0 won=0
	by_hand $((total / 2)) "$closed"
	by_hand $((total * 2 / 3)) "$removed"
	by_hand $((total - 20)) "$closed"
	by_hand $((total - 20)) "$removed"
	is "by hand: sealed all the same $lost times, not sealed $won times" "$bad" ""
	ok "... and neither always" test $lost -gt 0 -a $won -gt 0
fi

if todays 1; then
	bad='' lost=0 won=0
	while read -r first call ms; do
		race "$first" "$call" "$ms" unload "1 0: : yes yes"
	done <<END
seal @$FLOCK 0
seal @$FLOCK 600
other @$FLOCK 0
other @$FLOCK 60
other @$FLOCK 600
other @$RENAMEAT2 60
END
	is "unload: refused $lost times, and $won times there was nothing to seal" "$bad" ""
	ok "... and neither always" test $lost -gt 0 -a $won -gt 0
fi

if todays 2; then
	bad='' lost=0 won=0
	for ms in 0 600; do
		next=$((round + 1))
		race seal @$FLOCK $ms set "0 0: enforce $((200 + next)) sealed: yes no" number=$((200 + next))
		next=$((round + 1))
		race other @$FLOCK $ms mode "0 0: observe $((100 + next)) sealed: yes yes" observe
	done
	is "set and mode: refused $lost times, and done before the seal $won times" "$bad" ""
	ok "... and neither always" test $lost -gt 0 -a $won -gt 0
fi

done_testing
