# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 200 -f build/tests/vm/mod:/test/mod
#
# A module that declares itself permanent is not unloaded, nor replaced by one that does not;
# while it is on trial it goes.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
json()
{
	latch info "$@" --json | grep -o '"permanent":[a-z]*'
}
mkdir passing
# The same file without the declaration.
sed 's/permanent=yes/ephemeral=yes/' $mod/permanent.bpf.o >passing/permanent.bpf.o

is "info of a file" "$(json $mod/permanent.bpf.o) $(json ./passing/permanent.bpf.o)" '"permanent":true "permanent":false'

ok "on trial" latch load $mod/permanent.bpf.o --try 1h
like "... load says what it is" "$output" "declares itself permanent.*once it is confirmed"
is "... it denies" "$(act symlink)" 1
ok "... it is unloaded" latch unload permanent
is "... allowed" "$(act symlink)" 0
counts_are "... nothing is left in the kernel" "$boot_counts"

mkdir -p /etc/latch
cat >/etc/latch/latch.conf <<-'END'
	[module permanent]
	file = /test/mod/permanent.bpf.o
	[module unverifiable]
	file = /test/mod/unverifiable.bpf.o
END
base=''
refused "apply that fails takes it back" 1 "nothing was applied" latch apply
is "... allowed" "$(act symlink)" 0

ok "load" latch load $mod/permanent.bpf.o
like "... load says so" "$output" "^permanent: declares itself permanent: latch does not unload it before reboot$"
like "info too" "$(latch info permanent)" "^permanent    latch does not"
is "... and --json" "$(json permanent)" '"permanent":true'
base=''
refused "unload" 3 "^latch: permanent declares itself permanent: loaded since 2[-0-9]+ [0-9:]+ by uid 0, it stays" \
	latch unload permanent
refused "replace by one that is not" 3 "and the new module does not" latch replace permanent ./passing/permanent.bpf.o
is "... it denies" "$(act symlink)" 1
ok "observe" latch mode permanent observe
is "... allowed" "$(act symlink)" 0
ok "replace by itself" latch replace permanent $mod/permanent.bpf.o
refused "unload still" 3 "stays until reboot" latch unload permanent

# A trial of something else is no way out.
ok "mode on trial" latch mode permanent observe --try 1h
base=''
refused "unload while that is on trial" 3 "stays until reboot" latch unload permanent
ok "confirm" latch confirm permanent
ok "mode on trial again" latch mode permanent enforce --try 1s
sleep 2
status_is "unload after that is over" 3 latch unload permanent
like "... says so" "$output" "stays until reboot"

# What is left of a damaged one can be removed.
rm $latch_dir/permanent/info
ok "its record is gone: unload" latch unload permanent
is "nothing is left" "$(pindirs)" ""
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
