# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# How many mounts the way from the pins to the root may have: LEVELS of lib/seal/way.bpf.h. One
# more is refused, by name, and leaves everything as it was; that many are guarded, each of them.
# And how many attempts its record has room for, told apart by program: 128, LATCH_TALLY_SIZE of the guard.
. /test/lib.sh
. /test/mod/common.sh

# From 7.0 the root lies on a mount that is not shown, nullfs.
hidden=$(awk '$5 == "/" && $1 != $2' /proc/self/mountinfo | wc -l)
levels=$((32 - hidden))
cd /tmp || exit
latch list >/dev/null 2>&1
umount /sys/fs/bpf /sys/fs/cgroup /sys/kernel/security 2>/dev/null

on_sys()
{
	awk '$5 == "/sys"' /proc/self/mountinfo | wc -l
}

# A way of $1 mounts: the root, those on /sys, one over the other, and the bpffs on the last.
way_is()
{
	while [ "$(on_sys)" -lt $(($1 - 3)) ]; do
		mount -t tmpfs tmpfs /sys || return
	done
	mount -t sysfs sysfs /sys && mount -t securityfs securityfs /sys/kernel/security &&
		mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t bpf bpf /sys/fs/bpf
}

undo()
{
	umount /sys/fs/bpf && umount /sys/fs/cgroup && umount /sys/kernel/security || return
	while [ "$(on_sys)" -gt 1 ]; do
		umount /sys || return
	done
}

for n in $((levels + 8)) $((levels + 1)); do
	ok "a way of $n mounts" way_is $n
	latch load $mod/trio.bpf.o >/dev/null
	status_is "... is not sealed" 4 latch seal trio --weak
	like "... and why is said" "$output" 'the guard does not see /sys/fs/bpf being unmounted, or more mounts lie below it than it looks at'
	is "... nothing is left" "$(loaded), $(find $latch_dir/trio | grep -c 'guard\|iter')" "trio:enforce:3, 0"
	ok "... it unloads" latch unload trio
	ok "... and unmounts" undo
done
ok "a way of $((levels - 1)) mounts" way_is $((levels - 1))
latch load $mod/trio.bpf.o >/dev/null
ok "... would be sealed" latch seal trio --weak --dry-run
ok "... it unloads" latch unload trio
ok "... and unmounts" undo
ok "a way of $levels mounts" way_is $levels
latch load $mod/trio.bpf.o >/dev/null
ok "... is sealed" latch seal trio --weak
unlike "... and the mounts are no open way" "$(latch status)" 'OPEN: .*mount'
for at in /sys/fs/bpf /sys; do
	not_ok "... umount $at" umount $at
	not_ok "... umount -l $at" umount -l $at
	not_ok "... a mount over $at" mount -t tmpfs tmpfs $at
	not_ok "... moving $at" mount --move $at /mnt
done
is "... each is told" "$(latch log trio | awk '$2 ~ /^seal:/ { print $2, $4 }' | sort | xargs)" "seal:mount 4 seal:umount 4"
is "... all are in place" "$(on_sys)" $((levels - 2))
status_is "... and it holds" 3 latch unload trio
# What there was before: mount, umount, and what refused the unloading is none.
attempts()
{
	latch log trio 2>&1 | awk '$2 ~ /^seal:/' | wc -l
}

unlisted()
{
	latch log trio --json | sed -n 's/.*"unlisted_attempts": *\([0-9]*\).*/\1/p'
}

places=128
before=$(attempts) made=0
is "nothing is unlisted" "$(unlisted)" 0
for n in $((places - before - 1)) $((places - before)) $((places - before + 1)) $((places - before + 9)); do
	while [ $made -lt $n ]; do
		made=$((made + 1))
		cp $mod/act /tmp/act$made
		[ "$(/tmp/act$made unpin)" = 1 ] || not_ok "attempt $made is denied" true
	done
	over=$((before + n - places))
	[ $over -gt 0 ] || over=0
	is "$n programs try: listed" "$(attempts)" $((before + n - over))
	is "... and told to be unlisted" "$(unlisted)" $over
	said=$(latch log trio | sed -n 's/^trio: \([0-9]*\) more attempts on its seal were denied and are not listed: .*/\1/p')
	is "... in words" "${said:-0}" $over
done
/tmp/act1 unpin >/dev/null
is "one that has its place is not unlisted" "$(unlisted)" $over

ok "what has nothing to do with it is mounted" mount -t tmpfs tmpfs /mnt
ok "... and unmounted" umount /mnt
done_testing
