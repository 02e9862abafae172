#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Types a page in a guest: its steps are in /pages/steps, its modules in /pages/objects. Of each
# step it prints "@@ STEP STATUS" and, each behind a |, the lines that came out.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# the one to be typed is what `make install` left in /usr/local
rm -r /usr/sbin/latch /usr/lib/latch /usr/include/latch
mount -t bpf bpf /sys/fs/bpf

# busybox has one of its own, which it takes before any other
dd()
{
	/usr/bin/dd "$@"
}

told()
{
	echo "@@ $1 $2"
	sed 's/^/|/' /tmp/out
}

afresh()
{
	for pindir in /sys/fs/bpf/latch/*/info; do
		[ ! -e "$pindir" ] || latch unload "$(basename "${pindir%/info}")" || return
	done
	rm -rf /etc/latch /root/*
	mkdir /etc/latch
	cp /pages/objects/* /root 2>/dev/null
	cd /root || return
}

# A shell of another user, which lives on from step to step as root's does.
user_shell()
{
	mkfifo /tmp/typed /tmp/done
	chmod 666 /tmp/typed /tmp/done
	: >/tmp/user-out
	chmod 666 /tmp/user-out
	cat >/tmp/user.sh <<-'END'
		cd /tmp
		while :; do
			read -r command </tmp/typed
			eval "$command" >/tmp/user-out 2>&1 </dev/null
			echo $? >/tmp/done
		done
	END
	su user -s /bin/sh -c 'sh /tmp/user.sh' &
}

# used NAME STEP: does a step of the page do something with that file
used()
{
	for other in /pages/steps/*; do
		[ "$(cat "$other/what")" != type ] || ! grep -qF "$1" "$other/text" || return 0
	done
	return 1
}

file()
{
	name=$(cat "$1/name")
	case $name in
	*.bpf.c)
		name=${name%.c}.o
		! used "$name" || return 0
		latch load "./$name" && latch unload "$(latch info "./$name" | sed -n 's/^name  *//p')"
		;;
	/*)
		mkdir -p "$(dirname "$name")"
		cp "$1/text" "$name"
		# what it is about is not a step of its own
		used "$name" || latch apply
		;;
	esac
}

user_shell
afresh
for step in /pages/steps/*; do
	status=0
	case $(cat "$step/what")-$(cat "$step/who" 2>/dev/null) in
	file-*) file "$step" >/tmp/out 2>&1 </dev/null || status=$? ;;
	type-root | type-before) eval "$(cat "$step/text")" >/tmp/out 2>&1 </dev/null || status=$? ;;
	type-user)
		cat "$step/text" >/tmp/typed
		read -r status </tmp/done
		cat /tmp/user-out >/tmp/out
		;;
	*) continue ;;
	esac
	told "${step##*/}" "$status"
done
echo "@@ end"
