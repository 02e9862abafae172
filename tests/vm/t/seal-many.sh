# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# One guard for all sealed modules: what a second seal adds, that one takes nothing from the other, and whose an
# attempt is.
. /test/lib.sh
. /test/mod/common.sh

of()
{
	counts | sed "s/.*$1 \([0-9]*\).*/\1/"
}

attempts()
{
	latch log "$1" 2>/dev/null | awk '$2 ~ /^seal:/ { print $2, $4 }' | sort | xargs
}

cd /tmp || exit
latch load $mod/trio.bpf.o >/dev/null
latch load $mod/parts.bpf.o >/dev/null
for m in a b c; do
	cp $mod/one.bpf.o $m.bpf.o
	latch load ./$m.bpf.o >/dev/null
done
ok "the first seal" latch seal trio --weak
is "... has a guard" "$(ls $latch_dir | xargs)" "a b c guard~ parts trio"
progs=$(of prog)
ok "the second" latch seal parts --weak
is "... adds no program" "$(of prog)" "$progs"
for m in a b c; do
	ok "another" latch seal $m --weak
	is "... adds none" "$(of prog)" "$progs"
done
for m in trio parts a b c; do
	status_is "$m is not unloaded" 3 latch unload $m
	like "... it is sealed" "$(latch status)" "^$m: .*"
done
is "all say so" "$(latch list | grep -c 'sealed WEAKLY')" 5
ok "doctor sees the seals" latch doctor

# Each attempt is on the seal that it is on, or on all of them.
not_ok "a pin of the first" rm $latch_dir/trio/links/inode_link
not_ok "a pin of the second" rm $latch_dir/parts/info
not_ok "the guard's" rm $latch_dir/guard~/enter
not_ok "... its directory" mv $latch_dir/guard~ $latch_dir/x
not_ok "the directory of all" mv $latch_dir /sys/fs/bpf/x
not_ok "bpffs" umount /sys/fs/bpf
all="seal:remove 1 seal:rename 2 seal:umount 1"
is "those on the first, and on all" "$(attempts trio)" "seal:remove 1 $all"
is "those on the second" "$(attempts parts)" "seal:remove 1 $all"
is "of one of the others, those on all" "$(attempts a)" "$all"
is "... and of the last" "$(attempts c)" "$all"
is "each in JSON" "$(latch log --json | grep -c '"seal:')" 17

# Those are watched that were not watched yet.
latch watch >watched 2>&1 &
watcher=$!
tries=0
until [ -n "$(ls -l /proc/$watcher/fd 2>/dev/null | grep inotify)" ] || [ $tries -ge 100 ]; do
	usleep 50000
	tries=$((tries + 1))
done
usleep 500000
rm $latch_dir/trio/links/inode_link 2>/dev/null
rm $latch_dir/parts/info 2>/dev/null
usleep 500000
kill $watcher
wait $watcher 2>/dev/null
is "an attempt is watched with its module" "$(sed -n 's/^[-0-9]* [.:0-9]* \([a-z]*\) seal:remove .*/\1/p' watched | xargs)" \
	"trio parts trio trio parts"

# A change of what may be: it is loaded, sealed and not, beside the seals.
latch unload nothing >/dev/null 2>&1
sed 's/name=minor/name=minod/' $mod/minor.bpf.o >minod.bpf.o
ok "another module is loaded" latch load ./minod.bpf.o
ok "... and unloaded" latch unload minod
ok "... loaded" latch load ./minod.bpf.o
n=500
until [ -d $latch_dir/minod/seal ] || [ $n -gt 6000 ]; do
	killat $n latch seal minod --weak >/dev/null 2>&1
	n=$((n + 100))
done
like "a seal that is killed is taken away" "$(clear_left)" "^latch: removed from minod: a seal that keeps nothing"
ok "... and the guard stays" test -d $latch_dir/guard~/links
is "... the programs too" "$(of prog)" "$((progs + 1))"
ok "... the module unloads" latch unload minod
status_is "trio stays" 3 latch unload trio

done_testing
