#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# host.sh TOP WORK: types what the pages have typed on the machine that builds, in TOP, and
# compiles their modules. In a mount namespace of its own: TOP is a copy, /usr/local is what
# the pages' own `make install` leaves, and neither outlives this.

set -eu

top=$1 work=$2

# typed STEP COMMAND: its output and status are kept
typed()
{
	status=0
	(eval "$2") >"$1/out" 2>&1 </dev/null || status=$?
	echo $status >"$1/status"
}

# The page's own command to compile, for another listing of that page.
compile()
{
	name=$(cat "$1/name")
	echo "no command of the page compiles it" >"$1/out"
	echo 1 >"$1/status"
	[ -z "$clang" ] || typed "$1" "$(echo "$clang" | sed "s/$clang_for/${name%.bpf.c}/g")"
}

page()
{
	clang='' clang_for=''
	rm -f ./*.bpf.c ./*.bpf.o
	for step in "$work/steps/$1"/*; do
		case $(cat "$step/what")-$(cat "$step/who" 2>/dev/null || cat "$step/name" 2>/dev/null) in
		file-*.bpf.c)
			cp "$step/text" "$(cat "$step/name")"
			# the one that the page compiles itself
			! grep -q "^clang.*[ 	]$(cat "$step/name")" "$work/steps/$1"/*/one-line || continue
			compile "$step"
			;;
		file-[!/]*) cp "$step/text" "$(cat "$step/name")" ;;
		type-host)
			typed "$step" "$(cat "$step/text")"
			! grep -q '^clang ' "$step/one-line" || {
				clang=$(cat "$step/text")
				clang_for=$(sed -n 's/.* -c \([^ ]*\)\.bpf\.c .*/\1/p' "$step/one-line")
			}
			;;
		type-host-before) typed "$step" "$(cat "$step/text")" ;;
		esac
	done
	mkdir -p "$work/objects/$1"
	for object in ./*.bpf.o; do
		[ ! -f "$object" ] || cp "$object" "$work/objects/$1"
	done
}

mkdir "$work/tree" "$work/local" "$work/src"
(cd "$top" && tar -cf - --exclude=./.git --exclude=./build/test --exclude='./build/vm/run.*' .) |
	tar -C "$work/tree" -xf -
mount --bind "$work/tree" "$top"
mount --bind "$work/local" /usr/local
mount --bind "$work/src" /usr/src
cd "$top"
unset MAKEFLAGS MFLAGS MAKELEVEL
for page in $(cat "$work/pages"); do
	page "$page"
done
