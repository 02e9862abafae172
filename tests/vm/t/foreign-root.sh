# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 120 -f build/tests/vm/mod:/test/mod
#
# The latch directory is root's, on a bpffs whose root is. With the kernel's own mode for bpffs, 1777,
# somebody else can be first to make it, and could exchange or lock what root puts there.
. /test/lib.sh
. /test/mod/common.sh

fresh()
{
	umount /sys/fs/bpf 2>/dev/null
	mount -t bpf bpf /sys/fs/bpf "$@"
}

# refuses WHAT REGEX: every command says so, and changes nothing
refuses()
{
	before=$(ls -lR /sys/fs/bpf)
	for words in list "status --json" "info trio" "log trio" "unload trio" "load $mod/trio.bpf.o" "seal trio" doctor; do
		# shellcheck disable=SC2086
		not_ok "$1: latch $words" latch $words
		like "... says so" "$output" "$2"
	done
	is "$1: nothing was changed" "$(ls -lR /sys/fs/bpf)" "$before"
	is "$1: nothing denies" "$(act symlink)" 0
}

fresh -o mode=1777
ok "a user makes it" su user -c "mkdir $latch_dir"
refuses "a user's" "/sys/fs/bpf/latch belongs to uid 1000, so nothing in it is believed.*chown root .*rm -r /sys/fs/bpf/latch"
ok "the remedy" rm -r $latch_dir
ok "load" latch load $mod/trio.bpf.o
not_ok "a user cannot rename it" su user -c "mv $latch_dir /sys/fs/bpf/gone"
latch unload trio >/dev/null
chmod 777 $latch_dir
refuses "everybody's" "/sys/fs/bpf/latch is open to others \(mode 777\).*chmod 700 /sys/fs/bpf/latch"
chmod 700 $latch_dir

# bpffs sets the sticky bit by itself.
fresh -o mode=777
chmod 777 /sys/fs/bpf
mkdir -m 700 $latch_dir
refuses "a bpffs where others may rename" "/sys/fs/bpf lets others rename .*chmod 700 /sys/fs/bpf"
chmod 700 /sys/fs/bpf
ok "the remedy" latch load $mod/trio.bpf.o
ok "unload" latch unload trio
done_testing
