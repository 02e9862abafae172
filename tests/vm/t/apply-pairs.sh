# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 1200 -f build/tests/vm/mod:/test/mod
# sample: any
#
# `latch apply`, all or nothing: each kind of step beside each kind of failure, before and behind it.
# With part=N on the guest's command line each kind of failure beside one step in six, and before
# or behind it.
# Afterwards all is as it was, to the last bit of each map, and what is said to be done was, and
# what is said to be taken back is. And each step by itself is done once: the next apply has
# nothing to do.
. /test/lib.sh
. /test/mod/common.sh

conf=/etc/latch/latch.conf
mkdir -p /etc/latch
cp /usr/bin/probe /tmp/mine
cd /tmp || exit
$mod/fill no_such_hook <$mod/hook1.bpf.o >/tmp/nohook.bpf.o

# What is so: facts as JSON, and what the maps hold. 
snapshot()
{
	latch list --json | grep -v '"loaded":'
	$mod/dump $latch_dir/*/maps/gate $latch_dir/*/maps/param $latch_dir/*/maps/allow
	find $latch_dir | sort
}

# The sections of a kind of step; and what it says when it is done.
step()
{
	case $1 in
	load-gated) printf '[module minor]\nfile = %s/minor.bpf.o\nnumber = 7\n' $mod ;;
	load-ungated) printf '[module bare]\nfile = %s/bare.bpf.o\n' $mod ;;
	set-params) printf '[module trio]\nfile = %s/trio.bpf.o\ndeny = no\n' $mod ;;
	set-mode) printf '[module trio]\nfile = %s/trio.bpf.o\nmode = observe\n' $mod ;;
	exception-add) printf '[lockdown]\ndev_mem = enforce\nallow = dev_mem exe /tmp/mine\nallow = dev_mem exe /usr/bin/probe\n' ;;
	exception-remove) printf '[lockdown]\ndev_mem = enforce\n' ;;
	feature) printf '[lockdown]\ndev_mem = observe\nkexec = enforce\nallow = dev_mem exe /tmp/mine\n' ;;
	esac
}

done_words()
{
	case $1 in
	load-gated) echo 'minor: loaded, enforce, number=7' ;;
	load-ungated) echo 'bare: loaded, ungated' ;;
	set-params) echo 'trio: deny=no \(was yes\)' ;;
	set-mode) echo 'trio: observe \(was enforce\)' ;;
	exception-add) echo 'lockdown: allowed dev_mem exe /usr/bin/probe' ;;
	exception-remove) echo 'lockdown: no longer allowed dev_mem exe /tmp/mine' ;;
	feature) echo 'lockdown: dev_mem=observe \(was enforce\), kexec=enforce \(was off\)' ;;
	esac
}
steps="load-gated load-ungated set-params set-mode exception-add exception-remove feature"

# The sections of a kind of failure; its status and what it says; and whether it is seen before
# anything is done.
failure()
{
	case $1 in
	verifier) printf '[module unverifiable]\nfile = %s/unverifiable.bpf.o\n' $mod ;;
	no-hook) printf '[module hook1]\nfile = /tmp/nohook.bpf.o\n' ;;
	full-hook) printf '[module second]\nfile = %s/second.bpf.o\n' $mod ;;
	lost-program) printf '[module parts]\nfile = %s/parts.bpf.o\nsymlinks = observe\nlinks = enforce\n' $mod ;;
	damaged) printf '[module kept]\nfile = %s/kept.bpf.o\n' $mod ;;
	ungated-observe) printf '[module one]\nfile = %s/one.bpf.o\nmode = observe\n' $mod ;;
	ungated-parameter) printf '[module one]\nfile = %s/one.bpf.o\ndeny = yes\n' $mod ;;
	range) printf '[module second]\nfile = %s/second.bpf.o\n[module parts]\nfile = %s/parts.bpf.o\nsymlinks = 9\n' $mod $mod ;;
	seal) printf '[module parts]\nfile = %s/parts.bpf.o\nsymlinks = observe\nunload = deny\n' $mod ;;
	tamper) printf '[module parts]\nfile = %s/parts.bpf.o\nsymlinks = observe\non-tamper = panic\n' $mod ;;
	esac
}

expect()
{
	case $1 in
	verifier) echo "1 late unverifiable: hook inode_symlink: the kernel's verifier refuses" ;;
	no-hook) echo '4 late hook1: this kernel has no hook .no_such_hook' ;;
	full-hook) echo '1 late second: hook inode_symlink is full' ;;
	lost-program) echo '1 late parts is damaged: the program for hook inode_link is gone' ;;
	damaged) echo '1 early kept is damaged: its (parameters|gate)' ;;
	ungated-observe) echo "2 early $conf:[0-9]+: mode = observe: one is ungated" ;;
	ungated-parameter) echo "2 early $conf:[0-9]+: deny = yes: one is ungated" ;;
	range) echo "2 early $conf:[0-9]+: symlinks: unknown mode .9" ;;
	seal) echo "3 early $conf:[0-9]+: parts is not sealed: it could be undone from below" ;;
	tamper) echo "4 early $conf:[0-9]+: parts is not sealed: on-tamper=panic is done by latch.ko: latch.ko is not loaded: .modprobe latch" ;;
	esac
}
failures="verifier no-hook full-hook lost-program damaged ungated-observe ungated-parameter range seal tamper"

# One program after the other, until the hook takes no more.
fill_hook()
{
	i=0
	while i=$((i + 1)) && [ $i -le 40 ] && cp $mod/one.bpf.o m$i.bpf.o && latch load ./m$i.bpf.o >/dev/null 2>&1; do :; done
}

empty_hook()
{
	for module in $(pindirs | tr ' ' '\n' | grep '^m[0-9]'); do
		latch unload "$module" >/dev/null 2>&1
	done
}

# To start from. The program pin is for lost-program, the maps for damaged.
ok "load lockdown" latch load lockdown dev_mem=enforce
ok "... an exception" latch lockdown allow dev_mem --exe /tmp/mine
ok "load trio" latch load $mod/trio.bpf.o
ok "load parts" latch load $mod/parts.bpf.o symlinks=observe
ok "load kept" latch load $mod/kept.bpf.o
rm $latch_dir/parts/progs/inode_link $latch_dir/kept/maps/param
rm -f $conf

for f in $failures; do
	# what stands on the hook makes all that lists modules slow
	[ $f != full-hook ] || fill_hook
	before=$(snapshot 2>&1)
	read -r want when words <<-END
		$(expect $f)
	END
	bad=''
	for s in $steps; do
		turn=$((turn + 1))
		for order in first last; do
			case $part/$((turn % 12))/$order in
			1/* | */0/first | */6/last) ;;
			*) continue ;;
			esac
			if [ $order = first ]; then
				{ failure $f && step "$s"; } >$conf
			else
				{ step "$s" && failure $f; } >$conf
			fi
			status=0
			output=$(latch apply 2>&1) || status=$?
			[ $status = "$want" ] || bad="$bad
$s, $f $order: status $status: $output"
			printf '%s\n' "$output" | grep -qE "^latch: $words" || bad="$bad
$s, $f $order: says $output"
			printf '%s\n' "$output" | grep -q '^latch: nothing was applied' || bad="$bad
$s, $f $order: does not say that nothing was applied: $output"
			said=$(printf '%s\n' "$output" | grep -cE "^(taken back: )?$(done_words "$s")$")
			case $when/$order in
			late/last) [ "$said" = 2 ] ;;
			*) [ "$said" = 0 ] ;;
			esac || bad="$bad
$s, $f $order: says $said times that it was done or taken back: $output"
			now=$(snapshot 2>&1)
			[ "$now" = "$before" ] || {
				echo "$before" >/tmp/before
				echo "$now" >/tmp/now
				bad="$bad
$s, $f $order: is not as it was: $(diff /tmp/before /tmp/now)"
			}
		done
	done
	latch apply --dry-run >/tmp/dry 2>&1
	dry=$?
	case $when/$dry in
	early/"$want" | late/5) ;;
	*) bad="$bad
$f: dry run says $dry: $(cat /tmp/dry)" ;;
	esac
	is "$f: with each step" "$bad" ""
	[ $f != full-hook ] || empty_hook
done

for module in kept parts; do
	latch unload "$module" >/dev/null 2>&1
done
for s in $steps; do
	step "$s" >$conf
	status_is "$s: drift" 5 latch apply --dry-run
	status_is "$s: ... in status" 5 latch status --json
	like "$s: ... says so" "$output" '^  "differs": ?true'
	like "$s: ... of the dry run" "$(latch apply --dry-run --json)" '^  "differs": ?true'
	ok "$s: by itself" latch apply
	like "$s: ... says what was done" "$output" "^$(done_words "$s")$"
	ok "$s: again" latch apply
	is "$s: ... nothing to do" "$output" "nothing to change"
	ok "$s: no drift" latch status --json
	like "$s: ... says so" "$output" '^  "differs": ?false'
	latch set trio deny=yes >/dev/null 2>&1
	latch mode trio enforce >/dev/null 2>&1
	latch lockdown set dev_mem=enforce kexec=off >/dev/null 2>&1
	latch lockdown disallow dev_mem --exe /usr/bin/probe >/dev/null 2>&1
	latch lockdown allow dev_mem --exe /tmp/mine >/dev/null 2>&1
done
done_testing
