# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie
# run-options: -s -t 400 -f build/tests/vm/mod:/test/mod
#
# What services, containers and users do with mounts every day goes on under a seal: nothing of it
# is denied, and nothing is recorded, not in the guard's count either.
. /test/lib.sh
. /test/mod/common.sh

systemctl is-system-running --wait >/dev/null
ok "load" latch load $mod/parts.bpf.o links=enforce

# Each line: a service that runs once, with these settings.
sandboxes='PrivateTmp=yes
PrivateDevices=yes
PrivateMounts=yes
MountFlags=slave
MountFlags=private
ProtectSystem=full
ProtectSystem=strict ReadWritePaths=/var/tmp
ProtectHome=read-only
ProtectHome=tmpfs TemporaryFileSystem=/opt
ProtectKernelTunables=yes
ProtectKernelModules=yes ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible ProcSubset=pid
ProtectClock=yes ProtectHostname=yes
ReadOnlyPaths=/ ReadWritePaths=/tmp
InaccessiblePaths=-/srv -/media
BindPaths=/tmp:/mnt BindReadOnlyPaths=/usr:/opt
BindReadOnlyPaths=/sys:/media
RuntimeDirectory=here StateDirectory=here CacheDirectory=here
PrivateTmp=yes PrivateDevices=yes ProtectSystem=strict ProtectHome=yes ProtectKernelTunables=yes ProtectControlGroups=yes
DynamicUser=yes StateDirectory=there
PrivateUsers=yes PrivateIPC=yes PrivateNetwork=yes'

services()
{
	number=0
	while read -r settings; do
		number=$((number + 1))
		{
			printf '[Service]\nType=oneshot\nExecStart=/bin/true\n'
			echo "$settings" | sed 's/ \([A-Z][A-Za-z]*=\)/\n\1/g'
		} >/run/systemd/system/sandbox$number.service
	done <<-END
		$sandboxes
	END
	systemctl daemon-reload
	for n in $(seq $number); do
		ok "$1: $(sed -n '4,$p' /run/systemd/system/sandbox$n.service | tr '\n' ' ')" systemctl start sandbox$n
	done
}

# As a container runtime makes its root, in namespaces of its own.
container='mount --make-rprivate / && mkdir -p /tmp/root && mount -t tmpfs none /tmp/root && cd /tmp/root &&
	mkdir -p proc sys dev old usr && mount --rbind /usr usr && mount --rbind /dev dev &&
	mount -t proc proc proc && ln -s usr/bin bin && ln -s usr/lib lib && ln -s usr/lib64 lib64 && ln -s usr/sbin sbin &&
	pivot_root . old && cd / && umount -l /old && rmdir /old'

everyday()
{
	services "$1"
	ok "$1: a container" unshare -m -p -f sh -c "$container"
	ok "$1: a container of a user's" unshare -U -r -m -p -f sh -c "$container"
	ok "$1: one that moves its root" unshare -m sh -c 'mkdir -p /tmp/new && mount -t tmpfs none /tmp/new &&
		cd /tmp/new && mount --move . / && chroot . true 2>/dev/null; true'
	ok "$1: a private namespace unmounts its /sys" unshare -m umount -l /sys
	ok "$1: a slave one, too" unshare -m --propagation slave umount -l /sys
	ok "$1: one that covers its /sys" unshare -m sh -c 'mount -t tmpfs none /sys && umount /sys'
	mkdir -p /tmp/a /tmp/b
	ok "$1: a file system comes, is bound, and goes" sh -c 'mount -t tmpfs none /tmp/a && mkdir /tmp/a/d &&
		mount --bind /tmp/a/d /tmp/b && umount /tmp/b && umount /tmp/a'
	ok "$1: /sys is bound elsewhere, and that unmounted" sh -c 'mount --rbind --make-rslave /sys /tmp/a &&
		umount -l /tmp/a'
	ok "$1: a file system below /sys" sh -c 'mount -t tmpfs none /sys/kernel/debug && umount /sys/kernel/debug'
	ok "$1: a remount" mount -o remount,nosuid,nodev,noexec /sys
	if modprobe fuse 2>/dev/null || [ -e /dev/fuse ]; then
		ok "$1: a FUSE file system that ends" $mod/fuse /tmp/a true
	fi
	ok "$1: daemon-reload" systemctl daemon-reload
	ok "$1: daemon-reexec" systemctl daemon-reexec
}

everyday "unsealed"
ok "seal" latch seal parts --weak
before=$(latch log parts)
everyday "sealed"
is "nothing is recorded" "$(latch log parts)" "$before"
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ""
status_is "it is sealed" 3 latch unload parts
done_testing
