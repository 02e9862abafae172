# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
#
# Who reads changes nothing: every command that reads, beside everything that a killed latch or
# a trial can leave, leaves it as it is and says what it is. Who changes something removes it,
# and says which of these it was.
. /test/lib.sh
. /test/mod/common.sh

mkdir -p /etc/latch
printf '[module trio]\nfile = %s/trio.bpf.o\n' $mod >/etc/latch/latch.conf

# All that is pinned, what the gate says, and what is denied.
state()
{
	find $latch_dir | sort
	for gate in $latch_dir/*/maps/gate; do
		[ ! -e "$gate" ] || bpftool map dump pinned "$gate" 2>&1
	done
	act symlink link mknod
}

# Every one of them, where a module is half loaded; where they share the way, the first two.
all='status --json
list

list --json
log
info trio
lockdown status
lockdown check
lockdown advise
apply --dry-run
seal trio --dry-run
watch
doctor'

# readers DESCRIPTION REGEX [N]: what each says of it
readers()
{
	what=$1 regex=$2 before=$(state)
	echo "$all" | head -n "${3-2}" >/tmp/commands
	while read -r command; do
		# shellcheck disable=SC2086
		said=$(timeout -s INT 10 latch $command 2>&1 </dev/null)
		case $command in
		doctor*) ;;
		*) like "$what: $command says so" "$said" "^latch: ($regex); the next command that changes something removes it$" ;;
		esac
		is "$what: $command leaves it" "$(state)" "$before"
	done </tmp/commands
}

# cleared DESCRIPTION REGEX: a command that changes something
cleared()
{
	like "$1: is removed, and which it was is said" "$(clear_left)" "^latch: removed ($2)$"
	is "$1: once" "$(clear_left)" ""
}

part='trio~[0-9]+: a part of a module, left by latch \(pid [0-9]+\), which was killed: it denies nothing'
closed='trio: it denies nothing: its gate is closed, as by a latch that was killed while it loaded or unloaded it'
over='trio: it denies nothing: the trial of its load is over'
after='trio: what is left of a trial that is over: what held before it holds again'
seal='trio: a seal that keeps nothing, left by a latch that was killed while it put it on'
guard='guard~: the guard of seals, which guards nothing, left by a latch that was killed while it sealed a module'

# @316: as it enters renameat2(2)
killat @316 latch load $mod/trio.bpf.o >/dev/null 2>&1
readers "half loaded" "$part" 20
cleared "half loaded" "$part"
is "... and nothing is there" "$(pindirs)" ""

latch load $mod/trio.bpf.o >/dev/null
bpftool map update pinned $latch_dir/trio/maps/gate key 0 0 0 0 value 0 0 0 0 0 0 0 0
readers "a closed gate" "$closed"
cleared "a closed gate" "$closed"
is "... and nothing is there" "$(pindirs)" ""

latch load $mod/trio.bpf.o --try 1s >/dev/null
sleep 2
readers "the trial of a load that is over" "$over"
cleared "the trial of a load that is over" "$over"
is "... and nothing is there" "$(pindirs)" ""

latch load $mod/trio.bpf.o >/dev/null
latch mode trio observe --try 1s >/dev/null
sleep 2
readers "the trial of a change that is over" "$after"
cleared "the trial of a change that is over" "from $after"
is "... and the module is there" "$(loaded) $(act symlink link mknod)" "trio:enforce:3 1 13 30"

# @166: as it enters umount2(2), by which the guard learns its mount
killat @166 latch seal trio --weak >/dev/null 2>&1
readers "a seal that is not armed" "$seal"
readers "its guard" "$guard"
cleared "a seal that is not armed, and its guard" "from $seal|$guard"
is "... and the module is there" "$(loaded) $(act symlink link mknod)" "trio:enforce:3 1 13 30"

# Readers do not wait for one another; who changes waits for them, and they for who changes. One
# stands for a while with the lock: as it reads the directory, getdents64(2), or at renameat2(2).
KILLAT_RUN='sleep 12' killat @217 latch list >/dev/null 2>&1 &
sleep 4
start=$(date +%s)
ok "list beside another reader" latch list
ok "... at once" [ $(($(date +%s) - start)) -lt 6 ]
ok "who changes" latch mode trio observe
ok "... waits" [ $(($(date +%s) - start)) -ge 5 ]
wait
KILLAT_RUN='sleep 12' killat @316 latch load $mod/parts.bpf.o links=enforce >/dev/null 2>&1 &
tries=0
until pindirs | grep -q 'parts~' || [ $((tries += 1)) -gt 100 ]; do usleep 100000; done
start=$(date +%s)
ok "list beside one who changes" latch list
like "... shows what it did" "$output" '^parts '
ok "... waits" [ $(($(date +%s) - start)) -ge 5 ]
wait

done_testing
