# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
#
# `unload = deny` in the configuration: `latch apply` seals what it loaded, once all is there.
. /test/lib.sh
. /test/mod/common.sh

mkdir -p /etc/latch
config()
{
	cat >/etc/latch/latch.conf
}

config <<-'END'
	[module trio]
	file = /test/mod/trio.bpf.o
	unload = never
END
base=''
refused "a value that it does not have" 2 "latch.conf:3: unload = never: it is allow or deny" latch apply
config <<-'END'
	[latch]
	mode = enforce
END
refused "a key that is not for all" 2 "latch.conf:2: \[latch\] has no key .mode.; it has: unload" latch apply

config <<-'END'
	[module trio]
	file = /test/mod/trio.bpf.o
	unload = deny
END
refused "on trial" 2 "trio is to be sealed .*on trial" latch apply --try 10m
refused "without lockdown below it" 3 "nothing was applied" latch apply
is "... it is not there" "$(act symlink link mknod)" "0 0 0"

# trio is loaded before lockdown, and sealed after it.
config <<-'END'
	[latch]
	unload = deny
	[module trio]
	file = /test/mod/trio.bpf.o
	[module parts]
	file = /test/mod/parts.bpf.o
	symlinks = observe
	unload = allow
	[lockdown]
	all = enforce
	bpf_read_kernel = observe
END
status_is "dry run" 5 latch apply --dry-run
like "... says what is to be sealed" "$output" "^would change: trio: load, enforce, deny=yes, seal until reboot$"
like "... and what is not" "$output" "^would change: parts: load, enforce, symlinks=observe$"
ok "apply" latch apply
for module in trio lockdown; do
	status_is "unload of $module" 3 latch unload $module
	like "... says since when and by whom" "$output" "^latch: $module is sealed since 2[-0-9]+ [0-9:]+ by uid 0"
done
status_is "replace" 3 latch replace trio $mod/trio2.bpf.o
like "... says so too" "$output" "trio is sealed since"
is "it denies" "$(act symlink link mknod)" "1 13 30"
status_is "again: nothing to do" 0 latch apply
is "... and says so" "$output" "nothing to change"
ok "what may be unloaded is" latch unload parts
config <<-'END'
	[latch]
	unload = allow
	[module trio]
	file = /test/mod/trio.bpf.o
	deny = no
END
status_is "a later file does not weaken it" 3 latch apply
is "... it denies" "$(act symlink link mknod)" "1 13 30"

done_testing
