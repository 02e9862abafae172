# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# The record of denials: who, what, how often, first and last; and that what is printed as
# JSON is JSON.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list 2>/dev/null

# row WHAT PROGRAM: the row of log for it
row()
{
	latch log trio | awk -v what="$1" -v program="$2" '$2 == what && $NF == program'
}

seconds()
{
	date -d "$1" +%s
}

ok "load" latch load $mod/trio.bpf.o
like "at first nothing" "$(latch log 2>&1)" "^latch: nothing was denied"
before=$(date +%s)
act symlink link >/dev/null
sleep 2
act symlink symlink >/dev/null
after=$(date +%s)
row=$(row inode_symlink /test/mod/act)
like "hook, verdict, count, uid, path" "$row" "^trio +inode_symlink +denied +3 .* 0 +/test/mod/act$"
like "each hook by itself" "$(row inode_link /test/mod/act)" "^trio +inode_link +denied +1 "
set -- $row
first=$(seconds "$5 $6") last=$(seconds "$7 $8")
like "first and last are two seconds apart" $((last - first)) "^[1-9]$"
like "... and are times of the clock" "$((first >= before - 1)) $((last <= after + 1))" "^1 1$"
act mknod >/dev/null
latch mode trio observe >/dev/null
act mknod mknod >/dev/null
latch mode trio enforce >/dev/null
like "by verdict: denied" "$(row inode_mknod /test/mod/act | grep denied)" " denied +1 "
like "by verdict: observed" "$(row inode_mknod /test/mod/act | grep observed)" " observed +2 "

# --- programs ---
cp $mod/act /tmp/same
cp $mod/act "/tmp/a name with spaces"
su user -c "/tmp/same symlink" >/dev/null
"/tmp/a name with spaces" symlink >/dev/null
like "another program, another user" "$(row inode_symlink /tmp/same)" " denied +1 .* 1000 +/tmp/same$"
like "a program with spaces in its name" "$(latch log trio)" " denied +1 .* /tmp/a name with spaces$"
long=/tmp/$(printf 'n%.0s' $(seq 1 60))
cp $mod/act "$long"
"$long" symlink >/dev/null
like "a name longer than the kernel holds in place" "$(latch log trio)" " denied +1 .* $long\$"
mkdir -p "/tmp/$(printf 'd%.0s' $(seq 1 60))/e"
deep=$(printf '/tmp/%s/e/act' "$(printf 'd%.0s' $(seq 1 60))")
cp $mod/act "$deep"
"$deep" symlink >/dev/null
like "such a directory" "$(latch log trio)" " denied +1 .* $deep\$"
mkdir -p /tmp/1/2/3/4/5/6/7/8/9/10
cp $mod/act /tmp/1/2/3/4/5/6/7/8/9/10/act
/tmp/1/2/3/4/5/6/7/8/9/10/act symlink >/dev/null
like "deeper than is recorded: the end of it" "$(latch log trio)" \
	" denied +1 .* \.\.\./4/5/6/7/8/9/10/act$"
rm "$long"
like "gone meanwhile: the name is not guessed" "$(latch log trio | grep -v '/tmp/d')" \
	" denied +1 .* \.\.\.[^ ]*/\*$"
escape=$(printf '\033')
cp $mod/act "/tmp/$escape[31mred"
"/tmp/$escape[31mred" symlink >/dev/null
unlike "no name reaches the terminal raw" "$(latch log trio)" "$escape"
like "... but is shown" "$(latch log trio)" "/\\\\x1b\[31mred$"
json "log --json, with such names" latch log trio --json
like "... has program, count, uid" "$(echo "$text" | tr -d ' \n')" \
	'"program":"/tmp/same".*"uid":1000.*"count":1'

# --- events ---
# wait_for FILE REGEX: up to 20 s
wait_for()
{
	tries=200
	until grep -qE -e "$2" "$1" || [ $((tries -= 1)) -eq 0 ]; do
		usleep 100000
	done
}

latch watch trio >watched 2>&1 &
watcher=$!
wait_for watched "/tmp/same"
like "watch: first what nobody has read yet" "$(cat watched)" \
	"^[0-9-]+ [0-9:]+ trio inode_symlink denied pid=[0-9]+ uid=1000 unit=/ /tmp/same; to allow: latch mode trio observe$"
act link >/dev/null
status_is "others go on while somebody watches" 0 latch list
wait_for watched "inode_link"
like "... then what happens" "$(cat watched)" "trio inode_link denied .* /test/mod/act; to allow"
kill $watcher
wait $watcher
latch watch trio --json >watched.json 2>&1 &
watcher=$!
act mknod >/dev/null
wait_for watched.json "inode_mknod"
kill $watcher
wait $watcher
is "watch --json: nothing twice" "$(grep -c inode_link watched.json)" 0
like "... JSON" "$($mod/json <watched.json && echo valid)" "^valid$"
like "... with all of it" "$(cat watched.json)" \
	'"hook":"inode_mknod","verdict":"denied","program":"/test/mod/act".*"pid":[0-9]+.*"unit":"/".*"module":"trio","time":[0-9.]+,"boot_ns":[0-9]+,"error":-30,"remedy":"to allow: latch mode trio observe"'
latch unload trio >/dev/null

# --- kernel threads ---
ok "load" latch load $mod/threads.bpf.o --observe
usual=$(cat /proc/sys/kernel/core_pattern)
echo "|/bin/true" >/proc/sys/kernel/core_pattern
sh -c 'ulimit -c unlimited; kill -SEGV $$' 2>/dev/null
tries=50
until latch log threads | grep -q 'kernel thread' || [ $((tries -= 1)) -eq 0 ]; do
	usleep 100000
done
echo "$usual" >/proc/sys/kernel/core_pattern
like "a kernel thread is shown as such" "$(latch log threads)" \
	"^threads +task_alloc +observed .* \[k[a-z0-9/:_+-]*\] \(kernel thread\)$"
json "log --json" latch log threads --json
like "... too" "$text" '"kernel_thread": ?true'
latch unload threads >/dev/null

# --- interrupts ---
ok "load" latch load $mod/interrupt.bpf.o --observe
ip link set lo up
ok "packets go on" ping -c 1 127.0.0.1
like "an interrupt is shown as such" "$(latch log interrupt)" \
	"^interrupt +socket_sock_rcv_skb +observed +[1-9].* - +0 +\[interrupt\]$"
unlike "... and not put on whom it interrupted" "$(latch log interrupt)" "busybox"
json "log --json" latch log interrupt --json
like "... too" "$text" '"interrupt": ?true'
latch unload interrupt >/dev/null

# --- full ---
ok "load" latch load $mod/trio.bpf.o
mkdir /tmp/programs
for i in $(seq 1 300); do
	cp $mod/act /tmp/programs/$i
	/tmp/programs/$i symlink
done >denied
is "300 programs are denied" "$(sort denied | uniq -c | xargs)" "300 1"
is "... as many as fit have a row" "$(latch log trio | grep -c ' /tmp/programs/')" 256
like "... the others are counted" "$(latch log trio)" "44 more were counted without their program"
like "... status tells" "$(latch status)" "^trio: .*300 denied, .*44 without their program"
lost=$(latch status --json | sed -n 's/.*"events_lost": *\([0-9]*\).*/\1/p')
ok "the event ring took less than that" [ "$lost" -gt 0 ]
like "... status tells" "$(latch status)" "^trio: .* $lost dropped before .latch watch. saw them"
latch watch trio >watched &
watcher=$!
wait_for watched "were dropped"
like "... watch tells" "$(cat watched)" "^trio: $lost events since it was loaded were dropped: the ring was full$"
is "... after those that it has" "$(grep -n 'were dropped' watched | cut -d : -f 1)" $((300 - lost + 1))
/tmp/programs/2 link >/dev/null
wait_for watched "inode_link .*/tmp/programs/2;"
kill $watcher
wait $watcher
latch watch trio --json >watched.json &
watcher=$!
wait_for watched.json lost
kill $watcher
wait $watcher
is "... in JSON too" "$(cat watched.json)" "{\"module\":\"trio\",\"lost\":$lost}"
/tmp/programs/1 symlink >/dev/null
like "... one that has a row is counted there" "$(row inode_symlink /tmp/programs/1)" " denied +2 "
json "log --json, full" latch log trio --json
like "... tells" "$text" '"lost": ?45'

# --- JSON of the rest ---
latch load lockdown dev_mem=observe >/dev/null
for command in "list --json" "info trio --json" "info lockdown --json" "status --json" "log --json" \
	"doctor --json" "info /usr/lib/latch/modules/ptrace.bpf.o --json"; do
	# shellcheck disable=SC2086
	json "$command" latch $command
done
latch unload lockdown >/dev/null
latch unload trio >/dev/null
for command in "list --json" "status --json" "log --json"; do
	# shellcheck disable=SC2086
	json "$command, with nothing loaded" latch $command
done
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
