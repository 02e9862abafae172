# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# sample: any
#
# kill -9 of `latch apply` as it enters its system calls. Whatever was done by then, each
# module is there whole, as it was or as it is wanted, or it is not there; the next latch
# command removes what is left of the rest; and the next `latch apply` ends it. What a load
# by itself leaves behind at each call is in kill.sh, so here it is one call in a few:
# sweep=1 on the guest's command line takes every one.
. /test/lib.sh
. /test/mod/common.sh
. /test/mod/sweep.sh

denials()
{
	echo "$(act symlink link mknod),$(for what in devmem kcore; do
		probe $what >/dev/null 2>&1 || printf ' %s' $what
	done)"
}

# config FEATURES [WORDS FOR ALL]
config()
{
	{
		[ $# -lt 2 ] || printf '[latch]\n%s\n' "$2"
		printf '[lockdown]\n%s\n[module trio]\nfile = %s/trio.bpf.o\n' "$1" $mod
	} >/etc/latch/latch.conf
}

# The next command removes what was left, and what was denied is so still.
then_clear()
{
	clear_left >/dev/null
	now=$(loaded)
	after=$(denials)
	one_of "$whole" "$now|$after" && [ "$denied" = "$after" ] || bad="$bad
$where: denied $denied, when that is cleared $now denies $after"
	case $(pindirs) in
	*~*) bad="$bad
$where: left for good: $(pindirs)" ;;
	esac
}

# ... `latch apply`: it comes to what is wanted, and leaves nothing else.
then_apply()
{
	latch apply >/tmp/apply 2>&1 && [ "$(loaded)|$(denials)" = "$wanted" ] && [ "$(pindirs)" = "lockdown trio" ] ||
		bad="$bad
$where: then latch apply: $(cat /tmp/apply), $(pindirs), $(loaded), $(denials)"
}

# kills DESCRIPTION BASE STEP: at one call in so many, or that by $part, from the last on; BASE brings about the
# state to start from.
kills()
{
	what=$1 base=$2 step=$(($3 * part)) bad='' kills=0
	[ "$(on_line sweep 0)" = 0 ] || step=1
	ok "$what: to start from" $base
	is "$what: ... denied" "$(denials)" "${half%%/*}"
	total=$(killat 100000 latch apply 2>&1 | tail -n 1)
	like "$what: ends well when it is not killed" "$total" '^[0-9]+ 0$'
	is "$what: ... and is as wanted" "$(loaded)|$(denials)" "$wanted"
	total=${total% *}
	n=$((total - (part > 1 ? turn % step : 0)))
	while [ "$n" -ge 1 ]; do
		$base >/tmp/base 2>&1 || bad="$bad
before call $n: $(cat /tmp/base)"
		killat "$n" latch apply >/tmp/killed 2>&1
		status=$?
		where="call $n ($(tail -n 1 /tmp/killed))"
		# It waits for the kernel, and makes fewer calls when that is quicker.
		[ $status = 0 ] || [ "$n" -gt $((total - 9)) ] || bad="$bad
$where: not killed: $(cat /tmp/killed)"
		denied=$(denials)
		one_of "$half" "$denied" || bad="$bad
$where: half a module: $denied, $(pindirs)"
		kills=$((kills + 1))
		if [ $((kills % 3)) -eq 1 ]; then
			then_apply
		else
			then_clear
		fi
		n=$((n - step))
	done
	is "$what: $kills kills in $total system calls" "$bad" ""
}

mkdir -p /etc/latch
rm -rf /etc/latch/conf.d

# --- nothing is loaded

config 'dev_mem = enforce
kcore = enforce'
half="0 0 0,/0 0 0, devmem kcore/1 13 30, devmem kcore"
wanted="lockdown:enforce:1 trio:enforce:3|1 13 30, devmem kcore"
whole="|0 0 0,/lockdown:enforce:1|0 0 0, devmem kcore/$wanted"

nothing()
{
	for module in $(pindirs); do
		latch unload "$module" || return
	done
}

kills "from nothing" nothing 31
ok "unload" nothing
is "the latch directory is empty" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

# --- lockdown is loaded with other features

config 'dev_mem = off
kcore = enforce'
half="0 0 0, devmem/0 0 0, kcore/1 13 30, kcore"
wanted="lockdown:enforce:1 trio:enforce:3|1 13 30, kcore"
whole="lockdown:enforce:1|0 0 0, devmem/lockdown:enforce:1|0 0 0, kcore/$wanted"

other()
{
	case $(pindirs) in
	*trio*) latch unload trio || return ;;
	esac
	[ "$(denials)" = "0 0 0, devmem" ] || latch set lockdown dev_mem=enforce kcore=off
}

ok "load" latch load lockdown dev_mem=enforce
kills "from other features" other 5

# --- `unload = deny`: lockdown is sealed first, and what is sealed stays so

config 'all = enforce
bpf_read_kernel = observe' 'unload = deny'

sealed()
{
	latch list 2>&1 | awk '/^[a-z]/ { name = $1 } /^ +sealed until reboot/ { printf "%s%s", sep, name; sep = " " }'
}

# What is left of a seal in the pin directories of modules that are not sealed.
guards()
{
	for module in lockdown trio; do
		case " $1 " in
		*" $module "*) ;;
		*) find $latch_dir/$module 2>/dev/null | grep '/seal$\|/iter' ;;
		esac
	done
}

bad='' kills=0 n=800 seals='' last=''
while [ "$last" != "lockdown trio" ] && [ $kills -lt 30 ]; do
	killat "$n" latch apply >/tmp/killed 2>&1
	where="call $n ($(tail -n 1 /tmp/killed))"
	denied=$(denials)
	clear_left >/dev/null
	now=$(sealed)
	[ -z "$(guards "$now")" ] || bad="$bad
$where: sealed is $now, and left are $(guards "$now" | xargs)"
	case $now/$denied in
	?*/"1 13 30, devmem kcore") ;;
	/*) one_of "$half/0 0 0, devmem kcore/1 13 30, devmem kcore" "$denied" ;;
	*) false ;;
	esac || bad="$bad
$where: sealed is $now, denied $denied"
	if [ "$now" = "$last" ]; then
		n=$((n + 400))
	else
		seals="$seals/$now" n=300
	fi
	last=$now kills=$((kills + 1))
done
is "sealing: $kills kills" "$bad" ""
is "sealing: first the one, then the other" "$seals" "/lockdown/lockdown trio"
ok "sealing: the next apply" latch apply
is "... has nothing to do" "$output" "nothing to change"
for module in lockdown trio; do
	status_is "$module is not unloaded" 3 latch unload $module
done
is "they deny" "$(denials)" "1 13 30, devmem kcore"

done_testing
