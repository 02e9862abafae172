# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# `latch replace`: the new module takes over with what was set, and at no time does neither
# of the two deny. trio denies with 1 13 30, and trio2, of the same name, with 1 1 1, and
# setxattr too.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
v1=$mod/trio.bpf.o v2=$mod/trio2.bpf.o
acts="symlink link mknod setxattr"

# shellcheck disable=SC2086
denied_now()
{
	act $acts
}

version()
{
	latch list | awk '$1 == "trio" { print $2, $3, $5 }'
}

refused "what is not loaded" 1 "trio is not loaded, so there is nothing to replace: .latch load. loads it" latch replace trio $v1
latch load $v1 >/dev/null
is "the old one" "$(denied_now)" "1 13 30 0"
ok "replace" latch replace trio $v2
like "... says so" "$output" "^trio: 1.0 replaced by 2.0, enforce; its tally.* anew$"
is "the new one: its denials, its tally" "$(version), $(denied_now), $(version)" "2.0 enforce 0, 1 1 1 1, 2.0 enforce 4"
ok "observe" latch mode trio observe
ok "... replace" latch replace trio $v1
is "... it observes" "$(version) $(denied_now)" "1.0 observe 0 0 0 0 0"
ok "deny=no, enforce" sh -c 'latch set trio deny=no && latch mode trio enforce'
ok "... replace" latch replace trio $v2
is "... with deny=no" "$(version) $(denied_now)" "2.0 enforce 0 0 0 0 0"
ok "replace with another value" latch replace trio $v1 deny=yes
is "... which holds" "$(denied_now)" "1 13 30 0"

# What is refused changes nothing.
base=''
refused "a file of another module" 2 "holds module parts, not trio" latch replace trio $mod/parts.bpf.o
refused "no file" 1 "no such|No such" latch replace trio ./none.bpf.o
refused "a value that it does not have" 2 "trio has no parameter .nodeny." latch replace trio $v2 nodeny=1

is "... and trio is as it was" "$(version) $(denied_now)" "1.0 enforce 3 1 13 30 0"
latch mode trio observe --try 1h >/dev/null
base=''
refused "on trial" 5 "trio is on trial" latch replace trio $v2
latch confirm trio >/dev/null
latch mode trio enforce

# The time in between: killed as it enters the rename, renameat2(2), both of them deny. The
# kernel asks the new one first, and setxattr is denied by the old one only.
latch replace trio $v2 >/dev/null
is "killed at the rename" "$(killat @316 latch replace trio $v1 2>/dev/null)" 316
is "... the stricter of both" "$(denied_now)" "1 13 30 1"
like "... list says what is left" "$(latch list 2>&1)" \
	'^latch: trio~[0-9]+: a part of a module, left by latch \(pid [0-9]+\), which was killed: 3 of its hooks are attached and may deny; the next command'
like "... which removes it" "$(clear_left)" '^latch: removed trio~[0-9]+: a part of a module'
is "... and the old one is there, alone" "$(pindirs): $(version), $(denied_now)" "trio: 2.0 enforce 1, 1 1 1 1"

# No gap.
gap stop >gap.output &
pid=$!
failed='' n=0
until [ -s gap.output ] || [ $n -ge 5 ]; do
	n=$((n + 1))
	latch replace trio $v1 >output 2>&1 || failed="$failed; $(cat output)"
	latch replace trio $v2 >output 2>&1 || failed="$failed; $(cat output)"
done
: >stop
wait $pid
read -r tries gaps errors <gap.output
is "replaced $((2 * n)) times" "$failed" ""
like "... meanwhile tried three calls $tries times" "$tries" "^[1-9][0-9]{4,}$"
is "... let through" "$gaps" 0
is "... denied by both, in turn" "$errors" "1 13 30"
latch unload trio >/dev/null

# What was set is carried over by name and word, not by place and number.
latch load $mod/kept.bpf.o level=8 quiet=no kinds=symlink nodes=enforce links=observe >/dev/null
base=''
refused "values without a place" 2 "no place for what is set now: level=8 links=observe: .*--drop" \
	latch replace kept $mod/kept2.bpf.o
refused "... a value given for one of them" 2 "is set now: links=observe:" \
	latch replace kept $mod/kept2.bpf.o level=3
ok "... dropped" latch replace kept $mod/kept2.bpf.o --drop level=4
like "... and named" "$output" "^kept: dropped, as the new one has no place for it: links=observe$"
like "a value that only the new one has" "$(latch set kept fresh=7)" "^kept: (fresh=7 \(was .*|it was so already)"
is "the others are carried over" "$(latch info kept | sed -n 's/^  \([a-z]*=[^ ]*\) .*/\1/p' | sort | xargs)" \
	"fresh=7 kinds=symlink level=4 nodes=enforce quiet=no"
is "... and holds" "$(act symlink mknod link)" "13 1 0"
latch unload kept >/dev/null

# Ungated ones: what they are called is what their file is called.
cp $mod/plain.bpf.o trio.bpf.o
latch load $v2 >/dev/null
latch mode trio observe >/dev/null
base=''
refused "observe to ungated" 4 "it would enforce" latch replace trio ./trio.bpf.o --drop
latch mode trio enforce >/dev/null
refused "gated to ungated" 2 "is set now: deny=yes" latch replace trio ./trio.bpf.o
ok "... dropped" latch replace trio ./trio.bpf.o --drop
is "... enforces" "$(loaded) $(denied_now)" "trio:ungated:3 1 13 30 0"
ok "ungated to gated" latch replace trio $v2
is "... enforces" "$(loaded) $(denied_now)" "trio:enforce:4 1 1 1 1"
ok "unload" latch unload trio

is "nothing is left" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
