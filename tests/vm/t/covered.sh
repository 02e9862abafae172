# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# Whatever is mounted over whichever file or directory of a module, each command that reads says
# what it says without, or that it cannot: it never shows what was put there.
. /test/lib.sh
. /test/mod/common.sh

mount -t bpf bpf /sys/fs/bpf 2>/dev/null
mkdir -p /sys/fs/bpf/empty

reading="list;status --json;info trio;log trio --json;lockdown check"

# outputs DIR: what each of them prints, and its status, into a file of its own
outputs()
{
	mkdir -p "$1"
	n=0
	echo "$reading" | tr ';' '\n' | while read -r words; do
		n=$((n + 1))
		status=0
		# shellcheck disable=SC2086
		latch $words >"$1/$n" 2>&1 || status=$?
		echo $status >"$1/$n.status"
	done
}

# compared: those that neither say what they said before, nor fail and say why
compared()
{
	n=0
	echo "$reading" | tr ';' '\n' | while read -r words; do
		n=$((n + 1))
		status=$(cat /tmp/now/$n.status)
		if cmp -s /tmp/before/$n /tmp/now/$n && [ "$status" = "$(cat /tmp/before/$n.status)" ]; then
			continue
		fi
		[ "$status" != 0 ] && grep -q 'mounted over' /tmp/now/$n || echo "latch $words: $status: $(cat /tmp/now/$n)"
	done
}

# covers PATH WHAT COMMAND...: with what that command mounts there
covers()
{
	path=$1 what=$2
	shift 2
	if ! "$@" 2>/dev/null; then
		is "$state: $path: $what: cannot be mounted" "$state" sealed
		return
	fi
	outputs /tmp/now
	umount "$latch_dir/$path"
	is "$state: $path: $what" "$(compared)" ""
}

over_all()
{
	outputs /tmp/before
	for path in . trio $(cd $latch_dir && find trio -mindepth 1 | grep -v /events); do
		at=$latch_dir/$path
		if [ -d "$at" ]; then
			covers "$path" "tmpfs" mount -t tmpfs none "$at"
			other=$latch_dir/$(echo "$path" | sed 's/^trio/parts/')
			[ ! -d "$other" ] || covers "$path" "another module's" mount --bind "$other" "$at"
		else
			other=$latch_dir/$(echo "$path" | sed 's/^trio/parts/')
			[ -e "$other" ] || other=$latch_dir/parts/maps/gate
			covers "$path" "another file of bpffs" mount --bind "$other" "$at"
		fi
		covers "$path" "itself" mount --bind "$at" "$at"
	done
	# A sealed one has the attempts on record.
	[ "$state" = sealed ] && return
	outputs /tmp/now
	is "$state: in the end all is as before" "$(compared)" ""
}

latch load $mod/trio.bpf.o >/dev/null
latch load $mod/parts.bpf.o >/dev/null
act symlink link mknod >/dev/null
state=unsealed
over_all
ok "sealed" latch seal trio --weak
act symlink >/dev/null
state=sealed
over_all
is "what is sealed denies" "$(act symlink link mknod)" "1 13 30"
done_testing
