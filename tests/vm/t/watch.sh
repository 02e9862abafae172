# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
#
# latch watch over the life of modules, and of who reads it.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
# wait_for FILE REGEX: up to 20 s
wait_for()
{
	tries=200
	until grep -qE -e "$2" "$1" || [ $((tries -= 1)) -eq 0 ]; do
		usleep 100000
	done
	like "watch: $2" "$(cat "$1")" "$2"
}

# ends WHAT PID: by itself, within 20 s; its status is in $status
ends()
{
	tries=200
	while kill -0 "$2" 2>/dev/null && [ $((tries -= 1)) -gt 0 ]; do
		usleep 100000
	done
	[ $tries -gt 0 ] || kill "$2"
	wait "$2"
	status=$?
	is "$1" "$([ $tries -gt 0 ] && echo ended) $status" "ended 0"
}

status_is "a module that is not loaded" 1 latch watch trio
latch watch >all &
all=$!
latch watch --json >json.lost 2>&1 &
json=$!
wait_for all "^no module is loaded that reports anything: waiting for one$"
kill $json
wait $json
is "in JSON" "$(cat json.lost)" '{"module":null,"happened":"waiting","not_watched":null}'
ok "load, later" latch load $mod/trio.bpf.o
wait_for all "^trio was loaded$"
act symlink >/dev/null
wait_for all " trio inode_symlink denied "
ok "another" latch load $mod/parts.bpf.o
wait_for all "^parts was loaded$"
ok "replace" latch replace trio $mod/trio2.bpf.o
wait_for all "^trio was replaced$"
act link >/dev/null
wait_for all " trio inode_link denied "
ok "one without the SDK" latch load $mod/plain.bpf.o
wait_for all "^plain was loaded, and is not watched: plain is ungated"
ok "unload" latch unload trio
wait_for all "^trio was unloaded$"
ok "it watches on" kill -0 $all
ok "unload the other" latch unload parts
wait_for all "^parts was unloaded$"
ok "load again" latch load $mod/trio.bpf.o
act link >/dev/null
tries=200
until [ "$(grep -c ' trio inode_link denied ' all)" -eq 2 ] || [ $((tries -= 1)) -eq 0 ]; do
	usleep 100000
done
is "... and it is watched again" "$(grep -c ' trio inode_link denied ' all)" 2
is "nothing was said twice" "$(grep -c '^trio was loaded$' all) $(grep -c '^plain' all)" "2 1"
kill $all
wait $all
latch watch >present 2>&1 &
present=$!
wait_for present "^plain is loaded, and is not watched: plain is ungated"
kill $present
wait $present
latch unload plain >/dev/null

# --- one by name ---
latch watch trio --json >one &
one=$!
sleep 1
ok "replace" latch replace trio $mod/trio2.bpf.o
wait_for one '^\{"module":"trio","happened":"replaced","not_watched":null\}$'
act symlink >/dev/null
wait_for one '"hook":"inode_symlink"'
act mknod >/dev/null
ok "unload" latch unload trio
ends "the one module is gone: it ends, with status 0" $one
is "... and says so, at last" "$(tail -n 1 one)" '{"module":"trio","happened":"unloaded","not_watched":null}'
like "... after what had happened before" "$(tail -n 2 one | head -n 1)" '"hook":"inode_mknod"'
like "JSON" "$($mod/json <one && echo valid)" "^valid$"

# --- its reader ---
ok "load" latch load $mod/trio.bpf.o
act symlink >/dev/null
for format in "" --json; do
	act symlink >/dev/null
	# shellcheck disable=SC2086
	{
		latch watch $format 2>errors
		echo $? >status
	} | head -n 1 >line &
	ends "| head -1 $format" $!
	tries=200
	until [ -s status ] || [ $((tries -= 1)) -eq 0 ]; do
		usleep 100000
	done
	is "... watch ends, though no event comes" "$(cat status)" 0
	is "... quietly" "$(cat errors)" ""
	like "... one line" "$(cat line)" "inode_symlink"
	rm status
done
latch unload trio >/dev/null
counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
