# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# For the guest tests that use the modules of tests/vm/mod.

PATH=$PATH:/test/mod
mod=/test/mod
latch_dir=/sys/fs/bpf/latch

# on_line NAME DEFAULT: a number on the kernel's command line
on_line()
{
	tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=\([0-9]*\)$/\1/p; \$a $2" | head -n 1
}

# One in so many of what a test could try; by $turn, other ones each time, and on each kernel.
part=$(on_line part 1)
turn=$(($(uname -r | cut -d. -f2) + $(on_line seed 0) / 4))

# What the kernel holds for anybody, before the test loaded anything.
boot_counts=$(counts)

# counts_are DESCRIPTION WANT: at last; the kernel frees late, so up to 30 s
counts_are()
{
	tries=0
	while [ "$(counts)" != "$2" ] && [ "$tries" -lt 60 ]; do
		usleep 500000
		tries=$((tries + 1))
	done
	is "$1" "$(counts)" "$2"
}

# What counts says once it has said so for 2 s: what went before is freed late.
settled()
{
	same=0 last=
	while [ $same -lt 4 ]; do
		now=$(counts)
		[ "$now" = "$last" ] && same=$((same + 1)) || same=0
		last=$now
		usleep 500000
	done
	echo "$last"
}

# The names in the latch directory, by no latch: those of modules, and what was left behind.
pindirs()
{
	[ ! -d $latch_dir ] || (cd $latch_dir && echo *) | sed 's/^\*$//'
}

# loaded: names, modes, hooks as `latch list` has them, "trio:enforce:3 parts:observe:1"
loaded()
{
	latch list 2>/dev/null | awk 'NR > 1 && /^[a-z]/ { printf "%s%s:%s:%s", sep, $1, $3, $4; sep = " " } END { print "" }'
}

# What a killed latch or a trial that is over left is removed by a command that changes something.
clear_left()
{
	latch unload nothing 2>&1 | grep '^latch: removed '
}

held()
{
	echo "$(pindirs), $(counts)"
}

# Takes as $base what is held once the kernel has freed what was dropped before: when that
# stands still for 2 s. From 7.2 maps go up to a second after their programs.
rebase()
{
	tries=0 still=0 base=$(held)
	while [ "$still" -lt 4 ] && [ "$tries" -lt 60 ]; do
		usleep 500000
		tries=$((tries + 1)) still=$((still + 1)) next=$(held)
		[ "$next" = "$base" ] || still=0
		base=$next
	done
}

# refused DESCRIPTION STATUS REGEX COMMAND...: it fails with that status, a line of what it
# says matches, and it leaves all as it was: as in $base, which is taken anew if it is empty
base=
refused()
{
	what=$1 want=$2 regex=$3
	shift 3
	[ -n "$base" ] || rebase
	status=0
	output=$("$@" 2>&1 </dev/null) || status=$?
	tries=0
	while [ "$(held)" != "$base" ] && [ "$tries" -lt 20 ]; do
		usleep 500000
		tries=$((tries + 1))
	done
	said=$output
	! printf '%s\n' "$output" | grep -qE -e "$regex" || said="what matches $regex"
	is "$what" "status $status, $(held), $said" "status $want, $base, what matches $regex"
}

# json DESCRIPTION COMMAND...: it prints JSON, in UTF-8; the text is in $text
json()
{
	what=$1
	shift
	text=$("$@" 2>/dev/null)
	like "$what: JSON" "$(printf '%s\n' "$text" | $mod/json 2>&1 && echo valid)" "^valid$"
}
