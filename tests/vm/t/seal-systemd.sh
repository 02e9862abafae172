# SPDX-License-Identifier: GPL-2.0-only
# run-options: -s -t 400 -f build/tests/vm/mod:/test/mod
#
# A seal under systemd: shared mounts, services in mount namespaces of their own.
. /test/lib.sh
. /test/mod/common.sh

systemctl is-system-running --wait >/dev/null
# One that services can do without: it denies hard links.
ok "load" latch load $mod/parts.bpf.o links=enforce
pindir=$latch_dir/parts

# service NAME LINE...: a unit that runs once
service()
{
	name=$1
	shift
	printf '%s\n' '[Service]' Type=oneshot "$@" >/run/systemd/system/"$name".service
	systemctl daemon-reload
	systemctl start "$name"
}

services()
{
	ok "$1: a service starts" service plain ExecStart=/bin/true
	ok "... with a namespace of its own" service own ExecStart=/bin/true ProtectSystem=strict PrivateTmp=yes \
		ProtectKernelTunables=yes ProtectControlGroups=yes PrivateDevices=yes
	ok "... with parts of its own" service parts ExecStart=/bin/true PrivateMounts=yes ProtectHome=tmpfs \
		TemporaryFileSystem=/opt
}

services "unsealed"
ok "seal" latch seal parts --weak
services "sealed"
ok "a slave namespace unmounts its /sys" unshare -m --propagation slave umount -l /sys
ok "... a private one, too" unshare -m --propagation private umount -l /sys
mkdir -p /tmp/m
ok "a tmpfs comes" mount -t tmpfs none /tmp/m
ok "... and goes" umount /tmp/m
ok "bpffs is there" test -d $pindir/links

not_ok "umount -l" umount -l /sys
unshare -m --propagation shared umount -l /sys 2>/dev/null
ok "... by propagation: bpffs stays" test -d $pindir/links
unshare -m --propagation shared umount -l / 2>/dev/null
unshare -m --propagation shared umount /sys/fs/bpf 2>/dev/null
unshare -m --propagation shared sh -c 'mkdir -p /tmp/b && mount --rbind / /tmp/b && umount -l /tmp/b' 2>/dev/null
mkdir -p /tmp/c
mount -t tmpfs none /tmp/c
mkdir /tmp/c/b
mount --rbind / /tmp/c/b
umount -l /tmp/c 2>/dev/null
ok "... by other ways: bpffs stays" test -d $pindir/links
not_ok "ftrace_enabled by a service" service ftrace "ExecStart=/bin/sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'"
sleep 7
is "it enforces" "$(act link)" 1
status_is "it is sealed" 3 latch unload parts
is "no unit has failed but those that were to" "$(systemctl --failed --plain --no-legend | grep -vc '^ftrace')" 0

done_testing
