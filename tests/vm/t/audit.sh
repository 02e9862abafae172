# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -a audit=1 -f build/tests/vm/mod:/test/mod
#
# The kernel's audit log: loads, unloads and changes, while it is on.
. /test/lib.sh

/test/mod/auditlog >/tmp/audit &
reader=$!
until grep -q ready /tmp/audit; do usleep 100000; done
ok "load" latch load lockdown dev_mem=enforce
ok "set" latch set lockdown kexec=observe --try 60s
ok "confirm" latch confirm lockdown
ok "mode" latch mode lockdown observe
not_ok "a load that fails" latch load lockdown
not_ok "a set that fails" latch set lockdown dev_men=off
ok "audit is locked on" /test/mod/auditlog lock
ok "unload" latch unload lockdown
tries=100
until grep -q op=latch-unload /tmp/audit || [ $((tries -= 1)) -eq 0 ]; do usleep 100000; done
kill $reader
records=$(sed -n "s/^\([0-9]*\) .*msg='op=latch-\(.*\) exe=.* res=\([a-z]*\).*/\1 \2 \3/p" /tmp/audit)
like "the load" "$records" '^2310 load module=lockdown mode=enforce dev_mem=enforce success$'
like "the set" "$records" '^2312 set module=lockdown mode=enforce dev_mem=enforce kexec=observe trial=60 success$'
like "the confirm" "$records" '^2312 confirm module=lockdown success$'
like "the mode" "$records" '^2312 set module=lockdown mode=observe dev_mem=enforce kexec=observe success$'
like "the set that failed" "$records" '^2312 set module=lockdown failed$'
like "the unload, while audit is locked on" "$records" '^2312 unload module=lockdown success$'
is "and no more" "$(echo "$records" | wc -l)" 6
like "who did it" "$(grep op=latch-load /tmp/audit)" ' pid=[0-9]+ uid=0 auid=[0-9]+ .* exe="/usr/sbin/latch"'
done_testing
