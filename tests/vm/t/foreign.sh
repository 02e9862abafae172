# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400 -f build/tests/vm/mod:/test/mod
#
# A module that has lockdown's name and is not latch's: what it does not have is open, and what
# its features deny is not known. Neither `check` nor a seal takes the name for the thing.
. /test/lib.sh
. /test/mod/common.sh

cd /tmp || exit
own=/usr/lib/latch/modules/lockdown.bpf.o
mkdir changed ungated
sed 's/feature by feature/feature by feeture/' $own >changed/lockdown.bpf.o
cp $mod/plain.bpf.o ungated/lockdown.bpf.o
ok "load something to be sealed" latch load $mod/trio.bpf.o

# has LINE REGEX: `check integrity` says no, and that
has()
{
	status_is "$what: check integrity" 1 latch lockdown check integrity
	like "$what: ... no" "$output" "root cannot change the running kernel: no"
	for feature; do
		like "$what: ... $feature" "$output" "^    $feature "
	done
	like "$what: ... is not latch's own" "$output" "^    lockdown +the loaded module is not the file $own"
}

# is_no_lockdown WHAT FEATURES LOAD...: with the module loaded by LOAD
is_no_lockdown()
{
	what=$1 features=$2
	shift 2
	ok "$what: load" latch "$@"
	# shellcheck disable=SC2086
	has $features
	for name in trio lockdown; do
		base=''
		refused "$what: seal $name" 3 "is not sealed: it could be undone from below" latch seal $name
		for feature in $features; do
			like "$what: ... $feature" "$output" "^  $feature: "
		done
		like "$what: ... whose it is" "$output" "^  lockdown: the loaded module is not the file $own"
	done
	status_is "$what: seal --dry-run" 3 latch seal trio --dry-run
	ok "$what: unload" latch unload lockdown
}

is_no_lockdown "without features" "dev_mem kexec msr pci_access module_signature dma" load $mod/fake.bpf.o
is_no_lockdown "two features" "msr pci_access module_signature dma" load $mod/fake_features.bpf.o all=enforce
is_no_lockdown "ungated" "dev_mem kexec msr" load ./ungated/lockdown.bpf.o
is_no_lockdown "latch's own, changed by a letter" "" load ./changed/lockdown.bpf.o all=enforce bpf_read_kernel=observe

ok "latch's own" latch load lockdown all=enforce bpf_read_kernel=observe
unlike "latch's own is known as such" "$(latch lockdown check integrity)" "^    (lockdown|dev_mem|kexec|msr|pci_access|module_signature|dma) "
mv $own /tmp/own
like "its file is gone: it is not known" "$(latch lockdown check integrity)" \
	"^    lockdown +whether the loaded module is latch.s own is not known"
base=''
refused "... and no seal relies on it" 3 "lockdown: whether the loaded module is latch.s own is not known" latch seal trio
mv /tmp/own $own
ok "seal" latch seal lockdown
ok "seal of another" latch seal trio
done_testing
