# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
#
# Exceptions in the configuration: made and taken back by `latch apply`, all or nothing.
. /test/lib.sh

conf=/etc/latch/latch.conf
mkdir -p /etc/latch/conf.d /sys/fs/cgroup/system.slice
cp /usr/bin/probe /tmp/mine
cp /usr/bin/probe "/tmp/an other"

# write LINE...: what [lockdown] has besides dev_mem and kcore
write()
{
	{
		printf '[lockdown]\ndev_mem = enforce\nkcore = enforce\n'
		printf '%s\n' "$@"
	} >$conf
}

exceptions()
{
	latch lockdown | sed -n '/^exceptions:/,$s/^  \([a-z_]* *[a-z]* .*\), by .*/\1/p' | tr -s ' '
}

write 'allow = dev_mem exe /tmp/mine' 'allow = kcore exe /tmp/an other' 'allow = dev_mem unit /system.slice/x.service'
like "dry run" "$(latch apply --dry-run)" \
	'^  allow dev_mem unit /system.slice/x.service$'
ok "apply loads, with exceptions" latch apply
is "they are there" "$(exceptions)" "dev_mem exe /tmp/mine
dev_mem unit /system.slice/x.service
kcore exe /tmp/an other"
allowed "one is let through" /tmp/mine devmem
denied "... not to the other feature" /tmp/mine kcore
allowed "a name with a space" "/tmp/an other" kcore
denied "others are not" probe devmem
is "again: nothing" "$(latch apply)" "nothing to change"

write 'allow = kcore exe /tmp/mine' 'allow = kcore exe /tmp/an other'
printf '[lockdown]\nallow = dev_mem exe /usr/bin/probe\n' >/etc/latch/conf.d/50-more.conf
is "a change is told" "$(latch apply --dry-run)" "would change: lockdown:
  allow kcore exe /tmp/mine
  allow dev_mem exe /usr/bin/probe
  no longer allow dev_mem exe /tmp/mine
  no longer allow dev_mem unit /system.slice/x.service"
denied "... and not made" probe devmem
status_is "not on trial" 2 latch apply --try 1m
like "... says why" "$output" 'exceptions cannot be on trial'
denied "... nothing was done" probe devmem
ok "apply" latch apply
denied "one less" /tmp/mine devmem
allowed "one more" /tmp/mine kcore
allowed "from a drop-in" probe devmem
is "again: nothing" "$(latch apply)" "nothing to change"
latch lockdown allow dev_mem --exe /tmp/mine >/dev/null
is "what was made by hand goes" "$(latch apply)" "lockdown: no longer allowed dev_mem exe /tmp/mine"

cp /tmp/mine /tmp/new
mv /tmp/new /tmp/mine
denied "replaced" /tmp/mine kcore
like "is told" "$(latch apply --dry-run | tr -d '\n')" ':  allow kcore exe /tmp/mine  no longer allow kcore exe /tmp/mine$'
ok "apply gives it a new one" latch apply
allowed "... which holds" /tmp/mine kcore

rm /tmp/mine
ok "a program that is not there" latch apply
like "... is told with file and line" "$output" '^latch: /etc/latch/latch.conf:4: no exception: /tmp/mine: No such file'
status_is "... differs" 5 latch apply --dry-run
like "... in JSON" "$(latch apply --dry-run --json 2>/dev/null)" '"unmet_exceptions": *1'
status_is "... is not as configured" 5 latch status
like "... which is said" "$output" 'configured, and not so: exceptions: 1 for what is not there'
unlike "... and no good word" "$output" 'all is as configured'
is "... and has none" "$(exceptions)" "dev_mem exe /usr/bin/probe
kcore exe /tmp/an other"
denied "... and all else holds" "/tmp/an other" devmem

ok "advise --write" latch lockdown advise --write
like "... keeps the exceptions" "$(cat /etc/latch/conf.d/50-advise.conf)" '^allow = kcore exe /tmp/an other$'
rm /etc/latch/conf.d/*.conf

# bad LINE MESSAGE
bad()
{
	write 'tracefs = enforce' "$1"
	status_is "bad: $1" 2 latch apply
	like "... file, line and why" "$output" "/latch.conf:5: $2"
}
before=$(exceptions)
bad 'allow = dev_mem' 'allow = dev_mem: write'
bad 'allow = dev_mem exe' 'allow = dev_mem exe: write'
bad 'allow = dev_men exe /usr/bin/probe' '.*no feature `dev_men`'
bad 'allow = dev_mem /usr/bin/probe x' '`/usr/bin/probe`: an exception is for'
bad 'allow = dev_mem program /usr/bin/probe' '`program`: an exception is for'
bad 'allow = dev_mem exe probe' '`probe`: write the whole path'
bad 'allow = dbg_read_kernel exe /usr/bin/probe' 'dbg_read_kernel: the kernel does not ask'
bad 'allow = dev_mem unit x.y' '`x.y` is not a unit'
bad 'allow = dev_mem module /test/unsigned.ko' 'dev_mem: is not about modules'
is "nothing was applied: exceptions" "$(exceptions)" "$before"
allowed "nothing was applied: features" probe tracefs
write 'allow = dev_mem exe /usr/bin/probe' 'allow = dev_mem exe /usr/bin/probe'
status_is "bad: twice" 2 latch apply
like "... file, line and why" "$output" '/latch.conf:5: allow = dev_mem exe /usr/bin/probe: this exception is given twice: first in line 4'
printf '[module ptrace]\nallow = dev_mem exe /usr/bin/probe\n' >$conf
status_is "bad: another module" 2 latch apply

printf '[lockdown]\ndev_mem = enforce\nmodule_signature = enforce\nallow = module_signature module /test/unsigned.ko\n' >$conf
ok "a module" latch apply
allowed "... is loaded" probe module_load /test/unsigned.ko
rmmod dummy
denied "... not from memory" probe module_load_mem /test/unsigned.ko
latch unload lockdown >/dev/null
ok "from nothing" latch apply
allowed "... it is loaded" probe module_load /test/unsigned.ko
printf '[lockdown]\n' >$conf
ok "none" latch apply
is "none are left" "$(exceptions)" ""

# As many as there can be: 128, LATCH_ALLOW_MAX.
for n in 127 128; do
	write
	for i in $(seq $n); do
		echo "allow = dev_mem unit /system.slice/$i.service"
	done >>$conf
	ok "$n exceptions" latch apply
	is "... are there" "$(exceptions | wc -l)" $n
done
status_is "one more by hand" 1 latch lockdown allow dev_mem --unit /system.slice/129.service
like "... and why" "$output" '/system.slice/129.service: it has as many as it can$'
is "... all others are there" "$(exceptions | wc -l)" 128
echo 'allow = dev_mem unit /system.slice/129.service' >>$conf
not_ok "one more by the configuration" latch apply
like "... and why" "$output" 'it has as many as it can'
is "... all others are there" "$(exceptions | wc -l)" 128
status_is "one that is there is given again" 0 latch lockdown allow dev_mem --unit /system.slice/128.service
done_testing
