# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
# sample: any
#
# On a terminal of 80 columns no command prints a wider line; colour, and where there is none.
. /test/lib.sh
. /test/mod/common.sh

escape=$(printf '\033')
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts 2>/dev/null

# The widest line of stdin; what only colours takes no place.
widest()
{
	sed "s/$escape\[[0-9;]*m//g" | awk '{ if (length($0) > most) { most = length($0); line = $0 } }
		END { print most + 0, line }'
}

# fits WIDTH COMMAND...: no line is wider, and there is one
fits()
{
	width=$1
	shift
	found=$(timeout 20 /test/mod/pty "$width" "$@" | widest)
	if [ "${found%% *}" -le "$width" ] && [ "${found%% *}" -gt 0 ]; then
		tap_pass "$width: $*"
	else
		tap_fail "$width: $*" "$found"
	fi
}

unset COLUMNS NO_COLOR
export TERM=linux
fits 80 latch
like "nothing is loaded: what to do first" "$(latch)" '^  latch list --available '
like "available: none is loaded" "$(latch list --available)" '^ptrace +[0-9.]+ +- '
fits 80 latch list --available
fits 80 latch list

ok "load lockdown" latch load lockdown integrity=enforce confidentiality=observe
ok "load ptrace" latch load ptrace --observe
denied "something is denied" probe devmem
cp /usr/bin/probe /tmp/a-program-with-a-long-name-that-does-not-fit-into-what-is-left-of-a-line
denied "... and to a program with a long name" \
	/tmp/a-program-with-a-long-name-that-does-not-fit-into-what-is-left-of-a-line devmem
mkdir -p /sys/fs/cgroup/system.slice/a-service-with-a-very-long-name-indeed-as-some-have.service
sh -c 'echo $$ >/sys/fs/cgroup/system.slice/a-service-with-a-very-long-name-indeed-as-some-have.service/cgroup.procs
	exec /usr/bin/probe kcore' >/dev/null 2>&1
ok "allow" latch lockdown allow dev_mem --exe /tmp/a-program-with-a-long-name-that-does-not-fit-into-what-is-left-of-a-line
mkdir -p /etc/latch/conf.d
printf '[lockdown]\ndev_mem = enforce\nkcore = enforce\n[module ptrace]\nmode = enforce\n' >/etc/latch/latch.conf
like "available: what is loaded" "$(latch list --available)" '^ptrace +[0-9.]+ +yes '
like "... JSON" "$(latch list --available --json | tr -d ' \n')" '"name":"ptrace","version":"[0-9.]+",.*"loaded":true,"damage":null'
printf 'no object' >/usr/lib/latch/modules/broken.bpf.o
status_is "a damaged file" 1 latch list --available
like "... is named as such" "$output" '^broken +- +- +DAMAGED: .*not an ELF file'
cp /usr/lib/latch/modules/ptrace.bpf.o /usr/lib/latch/modules/other.bpf.o
like "a file that holds another module" "$(latch list --available)" '^other +.* DAMAGED: it holds module ptrace'
rm /usr/lib/latch/modules/broken.bpf.o /usr/lib/latch/modules/other.bpf.o
status_is "a name nearly right" 1 latch load lockdwn
like "... what was meant" "$output" 'did you mean .lockdown.'
status_is "unload of a name nearly right" 1 latch unload ptrcae
like "... what was meant" "$output" 'did you mean .ptrace.'

is "a terminal that does not say how wide it is" "$(/test/mod/pty 0 latch list --available)" "$(latch list --available)"
widths="80 40 132"
[ "$part" -eq 1 ] || widths="80 $([ $((turn % 2)) -eq 0 ] && echo 40 || echo 132)"
for width in $widths; do
	fits $width latch
	fits $width latch list
	fits $width latch list --available
	fits $width latch log
	fits $width latch lockdown
	fits $width latch lockdown check
	fits $width latch lockdown advise
	fits $width latch info lockdown
	fits $width latch info ptrace
	fits $width latch apply --dry-run
	fits $width latch doctor
	fits $width latch set lockdown dev_mem=nothing
	fits $width latch set lockdown dev_mem=enforce kcore=observe
	fits $width latch lockdown set dev_mme=enforce
	fits $width latch load ptrace
	fits $width latch seal ptrace --on-tamper panic
	# an event is delivered once
	probe devmem >/dev/null 2>&1
	fits $width timeout 2 latch watch lockdown
done
latch lockdown advise --json >/tmp/one.json
fits 80 latch lockdown advise --merge /tmp/one.json /tmp/one.json

# what is there is shown whole, in one line or in more
wide=$(latch log | tr -d ' \n')
is "log: nothing is lost" "$(/test/mod/pty 80 latch --color=never log | tr -d ' \n' | wc -c)" "$(printf %s "$wide" | wc -c)"

# --- colour

red="$escape\[31m"
like "log: denied" "$(/test/mod/pty 80 latch log)" "${red}denied"
like "log: observed" "$(/test/mod/pty 80 latch log)" "$escape\[33mobserved"
like "check: open" "$(/test/mod/pty 80 latch lockdown check)" "${red}open"
for quiet in "latch log" "latch --color=never log" "latch log --color never" "env NO_COLOR=1 latch log" \
	"env TERM=dumb latch log" "latch log --json" "latch log --json --color=always"; do
	# shellcheck disable=SC2086
	unlike "none: $quiet" "$([ "$quiet" = "latch log" ] && latch log || /test/mod/pty 80 $quiet)" "$escape"
done
like "always, to a file" "$(latch log --color=always)" "${red}denied"
like "always, for all NO_COLOR says" "$(NO_COLOR=1 latch --color always log)" "${red}denied"
like "an empty NO_COLOR is none" "$(NO_COLOR='' /test/mod/pty 80 latch log)" "${red}denied"

ok "seal, weakly" latch seal ptrace --weak
like "list: sealed" "$(/test/mod/pty 80 latch list)" "$escape\[32msealed"
like "status: OPEN" "$(/test/mod/pty 80 latch)" "${red}OPEN"
for width in 80 40; do
	fits $width latch
	fits $width latch list
	fits $width latch info ptrace
	fits $width latch unload ptrace
	fits $width latch set ptrace scope=3
done
done_testing
