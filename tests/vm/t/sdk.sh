# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# in-check: bookworm backports
# shares-boot: yes
#
# What include/latch/module.bpf.h promises to the author of a module. Every hook: hooks.sh;
# the record of denials: tally.sh.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
latch list 2>/dev/null

# counted MODULE: "denied observed", as list has them
counted()
{
	latch list | awk -v name="$1" '$1 == name { print $5, $6 }'
}

# --- gate and modes ---
ok "load" latch load $mod/trio.bpf.o
is "enforce: denied, each with its errno" "$(act symlink link mknod)" "1 13 30"
is "... and counted" "$(counted trio)" "3 0"
ok "observe" latch mode trio observe
is "... nothing is denied" "$(act symlink link mknod symlink)" "0 0 0 0"
is "... but counted" "$(counted trio)" "3 4"
bpftool map update pinned $latch_dir/trio/maps/gate key 0 0 0 0 value 0 0 0 0 0 0 0 0
is "gate closed: nothing is denied" "$(act symlink link mknod)" "0 0 0"
bpftool map update pinned $latch_dir/trio/maps/gate key 0 0 0 0 value 2 0 0 0 0 0 0 0
is "... nor counted" "$(counted trio)" "3 4"
ok "parameters change at run time" latch set trio deny=no
is "... and hold" "$(act symlink link mknod)" "0 0 0"
latch set trio deny=yes >/dev/null

# --- two modules on a hook ---
# The kernel runs the one attached last first (bpf_trampoline_link_prog() adds at the head).
ok "a second module on a hook" latch load $mod/second.bpf.o
before=$(counted trio)
is "one errno is what user space sees" "$(act symlink)" 30
is "... the other was not asked" "$(counted trio)" "$before"
is "... the one is counted" "$(counted second)" "1 0"
ok "the second in observe" latch mode second observe
is "... lets the first decide" "$(act symlink)" 1
is "... and reports" "$(counted second)" "1 1"
latch mode second enforce >/dev/null
ok "unload of the first" latch unload trio
is "... leaves the second" "$(act symlink link mknod)" "30 0 0"
ok "load of the first again" latch load $mod/trio.bpf.o
is "... puts it before the second" "$(act symlink)" 1
latch unload trio >/dev/null
latch unload second >/dev/null

# --- what a body returns ---
ok "verdicts" latch load $mod/verdict.bpf.o
is "0 allows" "$(act symlink)" 0
kind=0
for body in 5 -5000 LONG_MIN 1\<\<40 -4096 -\(1\<\<40\) INT_MIN -8192-ENOSPC; do
	kind=$((kind + 1))
	latch set verdict kind=$kind >/dev/null
	before=$(counted verdict)
	is "$body denies, with EPERM" "$(act symlink)" 1
	is "... and is counted" "$(counted verdict)" "$((${before% *} + 1)) 0"
done
for body in "1 -EPERM" "4095 -MAX_ERRNO" "28 -ENOSPC" "30 that-of-a-global-function" \
	"1 of-a-feature-that-is-not-declared"; do
	kind=$((kind + 1))
	latch set verdict kind=$kind >/dev/null
	is "${body#* } is the errno" "$(act symlink)" "${body% *}"
done
latch unload verdict >/dev/null

# --- hooks of every shape ---
ok "hooks of every shape" latch load $mod/shapes.bpf.o
like "... are all attached" "$(loaded)" "^shapes:enforce:6$"
is "six arguments: those meant, and only those" "$(act setxattr setxattr5)" "18 0"
is "a body that may sleep" "$(act symlink)" 18
not_ok "bpf: the command that is meant is denied" sh -c "bpftool btf dump id 1 || exit 1"
like "... as that" "$output" "(Invalid cross-device link|-18)"
ok "... others are not" bpftool prog show
before=$(counted shapes)
probe fork_exec >/dev/null
is "hooks without a return value: 0 is no report" "$(counted shapes)" "$before"
latch mode shapes observe >/dev/null
latch set shapes report=yes >/dev/null
probe fork_exec >/dev/null
latch set shapes report=no >/dev/null
for hook in bprm_committed_creds task_free; do
	like "... they are called: $hook" "$(latch log shapes)" "^shapes +$hook +observed +[1-9]"
done
ok "unload" latch unload shapes
is "... all is allowed again" "$(act symlink setxattr)" "0 0"

# --- features ---
ok "features" latch load $mod/parts.bpf.o symlinks=enforce links=observe
is "... each in its mode" "$(act symlink link mknod)" "1 0 0"
is "... attached as they need" "$(loaded)" "parts:enforce:2"
like "... reported by name" "$(latch log parts)" "^parts +symlinks +denied +1 "
like "... observed by name" "$(latch log parts)" "^parts +links +observed +1 "
ok "the module in observe" latch mode parts observe
is "... goes before its features" "$(act symlink link mknod)" "0 0 0"
latch unload parts >/dev/null

# --- hooks that not every kernel has ---
ok "without a hook that is optional" latch load $mod/optional.bpf.o
is "... the others deny" "$(act symlink link mknod)" "1 13 0"
like "... and that is said, with every feature off" "$(latch list)" '^optional +0.1 +enforce'
unlike "... and nothing else" "$(latch list; latch status)" 'every feature is off|holds:'
ok "... its feature observes" latch set optional nodes=observe
unlike "... and the module still enforces" "$(latch list; latch status)" 'holds:'
is "... as it does" "$(act symlink link mknod)" "1 13 0"
latch set optional nodes=off >/dev/null
is "... it is not listed" "$(latch info optional | sed -n 's/^hooks *//p')" \
	"inode_symlink inode_link inode_mknod (not attached)"
ok "... its feature has the other hook" latch set optional nodes=enforce
is "... which denies" "$(act symlink link mknod)" "1 13 1"
like "... and the record has both" "$(latch log optional)" 'inode_link +denied +3 '
like "... by their names" "$(latch log optional)" 'nodes +denied +1 '
ok "... off again" latch set optional nodes=off
is "... denies no more" "$(act symlink link mknod)" "1 13 0"
ok "... replaced by itself" latch replace optional $mod/optional.bpf.o
is "... denies" "$(act symlink link mknod)" "1 13 0"
ok "... and unloads" latch unload optional
status_is "a feature that is left without a hook" 4 latch load $mod/optional_feature.bpf.o
like "... is named" "$output" 'no hook .(no_such_hook|nor_this_one)., nor another for feature .nothing.'
status_is "a module that is left without a hook" 4 latch load $mod/optional_only.bpf.o
like "... is refused" "$output" 'optional_only: this kernel has none of its hooks'
is "nothing of them is left" "$(loaded), $(pindirs)" ", "

# --- a trial ends with no process alive to end it ---
ok "a trial" latch load $mod/trio.bpf.o --try 5s
is "... enforces" "$(act symlink link mknod)" "1 13 30"
is "... with no latch running" "$(pidof latch)" ""
tries=0
while [ "$(act symlink link mknod)" != "0 0 0" ] && [ $tries -lt 100 ]; do
	usleep 100000
	tries=$((tries + 1))
done
is "... and is over, by the kernel alone" "$(act symlink link mknod), $(pindirs)" "0 0 0, trio"
is "... which is not loaded any more, and is left" "$(loaded), $(pindirs)" ", trio"
like "... until a command that changes something" "$(clear_left), $(pindirs)" '^latch: removed trio: it denies nothing: the trial of its load is over, $'

counts_are "nothing is left in the kernel" "$boot_counts"
done_testing
