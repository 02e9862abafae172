# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 600 -f build/tests/vm/mod:/test/mod
#
# Who refuses a module and why: the verifier, with its objection and the source line; the kernel,
# a map; libbpf, before the kernel was asked.
. /test/lib.sh
. /test/mod/common.sh

status_is "the verifier refuses" 1 latch load $mod/null_pointer.bpf.o
like "... its objection" "$output" \
	"^latch: null_pointer: hook inode_symlink: the kernel's verifier refuses the program: R[01] invalid mem access 'map_value_or_null'$"
like "... -v is named" "$output" "^  \(-v prints its whole log\)$"
unlike "... no scrap of what comes behind it" "$output" "Suggestion|NULL check|Causal"
case $(uname -r) in
6.1.*) like "... the source line" "$output" "^  source: return \*found \? -EPERM : 0;$" ;;
*) like "... the source line" "$output" "^  source: return \*found \? -EPERM : 0; @ null_pointer.bpf.c:[0-9]+$" ;;
esac
case $(uname -r) in
7.[3-9]*) like "... the reason" "$output" "^  reason: R[01] may be NULL here " ;;
esac
for option in -v --verbose; do
	status_is "$option" 1 latch load $mod/null_pointer.bpf.o $option
	like "... the whole log: its first line" "$output" "R1=ctx"
	like "... its last" "$output" "^processed [0-9]+ insns"
	like "... the sentence" "$output" "^latch: null_pointer: hook inode_symlink: .*R[01] invalid mem access"
done

status_is "what this kernel does not have" 4 latch load $mod/missing_type.bpf.o
like "... is named" "$output" \
	"^latch: missing_type: hook inode_symlink: the program reads what this kernel does not have: .*latch_has_no_such_member"

not_ok "a symbol that is not there" latch load $mod/missing_symbol.bpf.o
like "... libbpf says so" "$output" "^latch: missing_symbol: libbpf cannot prepare it for this kernel: "
like "... which" "$output" "latch_no_such_variable"

status_is "a map that cannot be" 1 latch load $mod/bad_map.bpf.o
like "... is named" "$output" "^latch: bad_map: the kernel does not make its map crooked: "
unlike "... by nobody else" "$output" "^latch: .*(libbpf cannot|verifier)"

is "nothing is left" "$(pindirs)" ""
counts_are "... in the kernel" "$boot_counts"
done_testing
