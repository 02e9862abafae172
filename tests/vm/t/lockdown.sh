# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 300
# in-check: bookworm backports
#
# Each feature of lockdown through the kernel's real interfaces: let through before latch,
# let through and recorded at observe, refused and recorded at enforce while nothing else
# is, let through after.
. /test/lib.sh

modules=/lib/modules/$(uname -r)
mark=/tmp/modprobe.ran
tab=$(printf '\t')

# The feature that refuses it, and others that do too; how a refusal looks (-: the
# feature leaves this alone); the probe; why some kernels may not have it. The first of a
# feature stands for it in sweeps.
cat >/tmp/table <<EOF
module_signature,module_load	EPERM	module_load /test/unsigned.ko
module_signature,module_load	EPERM	module_load_mem /test/unsigned.ko
module_signature,module_load	EPERM	module_load_forced $modules/dummy.ko
module_signature	-	module_load $modules/dummy.ko
dev_mem	EPERM	devmem
dev_mem	EPERM	open /tmp/mem.copy rw
dev_mem	EPERM	port	the kernel is built without CONFIG_DEVPORT
kexec,kexec_load_signed	EPERM	kexec_load
kexec,kexec_load_signed	EPERM	kexec_image /tmp/image
hibernation	EPERM	hibernation
hibernation	EPERM	power_disk
hibernation	EOPNOTSUPP	power_state
pci_access	EPERM	pci_write
pci_access	EPERM	pci_map
pci_access	EPERM	pci_map_proc
pci_access	EPERM	pci_io
pci_access	EPERM	pci_ioctl
ioport	EPERM	ioperm
ioport	EPERM	iopl
msr	EPERM	msr_write
msr	EPERM	msr_ioctl
msr	-	msr_read
tiocsserial	EPERM	tiocsserial
module_parameters,module_load	EPERM	module_load $modules/ramoops.ko mem_address=0
debugfs	EPERM	debugfs
debugfs	EPERM	debugfs_chmod
debugfs	-	open /sys/kernel/debug/wakeup_sources r
bpf_write_user	EINVAL	bpf_write_user
kcore	EPERM	kcore
kprobes	EPERM	kprobe
kprobes,tracefs	EPERM	kprobe_events
bpf_read_kernel	EINVAL	bpf_read_kernel
perf	EPERM	perf_regs
tracefs	EPERM	tracefs
xfrm_secret	ENOKEY	xfrm_secret
module_load	EPERM	module_load $modules/dummy.ko
module_load	EPERM	module_load_mem $modules/dummy.ko
module_load	EPERM	module_load_compressed /test/dummy.ko.xz	the kernel is built without CONFIG_MODULE_DECOMPRESS
module_unload	EPERM	module_unload cordic
module_unload	EPERM	module_unload_wide cordic
module_unload	EPERM	module_unload_32 cordic
module_autoload	ENOPKG	module_autoload socket $mark
module_autoload	ENOPKG	module_autoload mount $mark
module_autoload	ENOPKG	module_autoload tcp $mark
module_autoload	ENOPKG	module_autoload netdev $mark
kexec_load_signed,kexec	EPERM	kexec_load
kexec_load_signed,kexec	EPERM	kexec_image /tmp/image
dma	EPERM	vfio /dev/vfio/vfio
dma	EPERM	vfio /dev/vfio/vfio 100 32
dma	EPERM	vfio /tmp/vfio.copy
dma	-	open /dev/vfio/vfio rw
dma	-	map /dev/zero
bpf_iter_write	EPERM	bpf_iter bpf_iter_bpf_map_elem value=write
bpf_iter_write	EPERM	bpf_iter bpf_iter_bpf_map_elem value=read
bpf_iter_write	EPERM	bpf_iter bpf_iter_bpf_sk_storage_map value=write
bpf_iter_write	-	bpf_iter bpf_iter_bpf_map_elem key=read
bpf_iter_write	-	bpf_iter bpf_iter_task nothing
EOF

# Features that nothing in these guests can ask for, and why.
cat >/tmp/untestable <<EOF
efi_test	the kernel is built without CONFIG_EFI_TEST
acpi_tables	asked while the kernel boots; built without CONFIG_ACPI_CONFIGFS and _CUSTOM_METHOD
device_tree	powerpc only
pcmcia_cis	the kernel is built without CONFIG_PCCARD
mmiotrace	the kernel is built without CONFIG_MMIOTRACE_TEST
xmon_wr	powerpc only
dbg_write_kernel	the kernel is built without CONFIG_KGDB
rtas_error_injection	powerpc only
xen_user_actions	not a Xen guest
dbg_read_kernel	the kernel is built without CONFIG_KGDB
xmon_rw	powerpc only
EOF

# Runs a command; if it is refused, again with all of lockdown at observe.
aside()
{
	"$@" 2>/dev/null && return
	latch mode lockdown observe >/dev/null
	"$@"
	latch mode lockdown enforce >/dev/null
}

# Puts the modules back that triggers load and unload.
settle()
{
	for m in dummy ramoops; do
		[ ! -d /sys/module/$m ] || aside rmmod $m
	done
	[ -d /sys/module/cordic ] || aside insmod "$modules/cordic.ko"
}

# try EXPECTED DESCRIPTION ABSENT PROBE...: allowed, or the error's name; ABSENT: why it
# may be skipped
try()
{
	try_want=$1 try_what=$2 try_absent=$3
	shift 3
	tap_run probe "$@"
	case $try_want,$status,$output in
	allowed,0,*": allowed") tap_pass "$try_what" ;;
	"$try_want,1,"*"($try_want, "*) tap_pass "$try_what" ;;
	*)
		if [ "$status" -eq 77 ] && [ -n "$try_absent" ]; then
			skip "$try_what" "$try_absent"
		else
			tap_fail "$try_what" "want: $try_want" "status: $status" "$output"
		fi
		;;
	esac
	settle
}

# The triggers that a feature should leave alone ("": all), each one or only the first of
# each feature ($2), with what puts a module back behind each that loads or unloads one.
left_alone()
{
	awk -F '\t' -v feature="$1" -v each="$2" -v dir="$modules" '
		{ n = split($1, list, ",") }
		!each && seen[list[1]]++ { next }
		{ for (i = 1; i <= n; i++) if (list[i] == feature && $2 != "-") next }
		{ print $3 }
		$3 ~ /^module_load/ { print "module_unload", $3 ~ /ramoops/ ? "ramoops" : "dummy" }
		$3 ~ /^module_unload/ { print "module_load", dir "/cordic.ko" }' /tmp/triggers
}

# Runs these in one process and prints those that were refused. A module that is there
# already, or not, was not refused; nor does it matter whether one was put back.
sweep()
{
	left_alone "$1" "${2-}" | tr '\n' '\0' | xargs -0 probe each 2>&1 |
		grep -vE -e ': allowed$' -e '^module_[^:]*:.*\((EEXIST|ENOENT), ' \
			-e '^module_unload (dummy|ramoops):' -e '^module_load [^ ]*/cordic.ko:'
}

# "feature verdict" of each entry of the log that is the probe's
log_entries()
{
	latch log --json lockdown | awk -F '"' '
		$2 == "feature" { feature = $4 }
		$2 == "verdict" { verdict = $4 }
		$2 == "program" && $4 == "/usr/bin/probe" { print feature, verdict }' | sort -u
}

mknod /tmp/mem.copy c 1 1
mknod /tmp/vfio.copy c 10 196
probe make_image /tmp/image >/dev/null
for m in msr reed_solomon xfrm_user ah4 vfio; do
	modprobe $m
done
printf '#!/bin/sh\necho "$@" >>%s\nexit 1\n' $mark >/tmp/modprobe
chmod 755 /tmp/modprobe
echo /tmp/modprobe >/proc/sys/kernel/modprobe
settle

# --- before

is "every feature of this kernel has a trigger, or a reason why not" \
	"$(latch info lockdown --json | awk -F '"' '
		/"parameters"/ { on = 1 }
		/"hooks":\[/ { on = 0 }
		on && $2 == "name" { print $4 }' | sort | tr '\n' ' ')" \
	"$(cut -f 1 /tmp/table /tmp/untestable | cut -d , -f 1 | sort -u | tr '\n' ' ')"
while IFS=$tab read -r feature why; do
	skip "$feature" "$why"
done </tmp/untestable
: >/tmp/triggers
while IFS=$tab read -r features how command why; do
	# shellcheck disable=SC2086
	try allowed "before: $command" "${why-}" $command
	[ "$status" -eq 77 ] || printf '%s\t%s\t%s\n' "$features" "$how" "$command" >>/tmp/triggers
done </tmp/table

# --- one feature at a time

ok "load, all off" latch load lockdown
before=
for feature in $(cut -f 1 /tmp/triggers | cut -d , -f 1 | awk '!seen[$1]++'); do
	awk -F '\t' -v f="$feature" '{ split($1, list, ",") } list[1] == f' /tmp/triggers >/tmp/mine

	ok "$feature=observe" latch set lockdown all=off "$feature=observe"
	while IFS=$tab read -r features how command; do
		# shellcheck disable=SC2086
		try allowed "$feature=observe: $command" "" $command
	done </tmp/mine

	ok "$feature=enforce" latch set lockdown "$feature=enforce"
	while IFS=$tab read -r features how command; do
		[ "$how" != - ] || how=allowed
		# shellcheck disable=SC2086
		try "$how" "$feature=enforce: $command" "" $command
	done </tmp/mine
	is "$feature=enforce: refuses nothing else" "$(sweep "$feature")" ""
	settle

	entries=$(log_entries)
	is "$feature: the log has it, observed and denied" \
		"$(echo "$entries" | grep "^$feature " | tr '\n' ' ')" \
		"$feature denied $feature observed "
	is "$feature: the log has no more of others" \
		"$(echo "$entries" | grep -v "^$feature ")" "$before"
	before=$entries
done

# --- after

ok "unload" latch unload lockdown
is "after: all is let through" "$(sweep "" each)" ""

# --- all at observe

ok "load, all=observe" latch load lockdown all=observe
is "all=observe: all is let through" "$(sweep "" each)" ""
is "all=observe: the log has each feature" "$(log_entries | tr '\n' ' ')" \
	"$(cut -f 1 /tmp/triggers | cut -d , -f 1 | sort -u | sed 's/$/ observed/' | tr '\n' ' ')"
ok "unload" latch unload lockdown

done_testing
