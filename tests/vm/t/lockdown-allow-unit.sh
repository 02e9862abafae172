# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -s -t 300
#
# An exception for a unit of systemd: whether it runs or not, and through its restarts.
. /test/lib.sh

# unit NAME [LINE...]
unit()
{
	name=$1
	shift
	{
		printf '[Service]\nType=oneshot\nExecStart=/usr/bin/probe devmem\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"/run/systemd/system/$name"
}

ok "the system is up, and no unit failed" systemctl is-system-running --wait
unit try.service
unit other.service
unit my-own@.service
unit moved.service Slice=my-own.slice
sed -i 's/^Type=.*/Type=exec/; s!^ExecStart=.*!ExecStart=/bin/sh -c "sleep 600"!' /run/systemd/system/moved.service
systemctl daemon-reload

ok "before" systemctl start try.service
ok "load" latch load lockdown dev_mem=enforce
not_ok "denied" systemctl start try.service
ok "allow, while it does not run" latch lockdown allow dev_mem --unit try.service
like "... says where it would be" "$output" 'unit /system.slice/try.service, known by'
like "... and that it is not there" "$output" '^\(it is not running'
ok "let through" systemctl start try.service
ok "... and when it is started again" systemctl start try.service
not_ok "another is not" systemctl start other.service
denied "nor is the same program elsewhere" probe devmem
ok "a unit of a template" latch lockdown allow dev_mem --unit my-own@x.service
like "... is in a slice of the template" "$output" 'unit /system.slice/system-my\\x2down.slice/my-own@x.service,'
ok "... is let through" systemctl start my-own@x.service
not_ok "... another of it is not" systemctl start my-own@y.service
ok "start one that is in another slice" systemctl start moved.service
ok "... allow, while it runs" latch lockdown allow dev_mem --unit moved.service
like "... finds it there" "$output" 'unit /my.slice/my-own.slice/moved.service,'
sed -i 's!^ExecStart=.*!ExecStart=/usr/bin/probe devmem!; s/^Type=.*/Type=oneshot/' /run/systemd/system/moved.service
systemctl daemon-reload
ok "... is let through, restarted" systemctl restart moved.service
like "the log has them" "$(latch log lockdown)" 'dev_mem +excepted +[0-9]+ '
status_is "an unknown unit" 1 latch lockdown allow dev_mem --unit none.service
status_is "... without its suffix" 1 latch lockdown allow dev_mem --unit none
like "... is a service" "$output" "unit none.service: it is not running"
ln -s try.service /run/systemd/system/also.service
ln -s my-own@.service /run/systemd/system/also@.service
ln -s /dev/null /run/systemd/system/masked.service
status_is "an alias" 1 latch lockdown allow dev_mem --unit also.service
like "... says of what" "$output" 'unit also.service: it is another name of try.service, by /run/.*: give that one$'
status_is "an alias of a template" 1 latch lockdown allow dev_mem --unit also@x.service
like "... says of what" "$output" 'unit also@x.service: it is another name of my-own@.service'
status_is "a masked unit" 1 latch lockdown allow dev_mem --unit masked.service
like "... says so" "$output" 'unit masked.service: it is masked: /run/systemd/system/masked.service$'
ok "disallow, without the suffix" latch lockdown disallow dev_mem --unit try
is "... says so" "$output" "lockdown: the exception from dev_mem for unit try is taken back"
not_ok "denied again" systemctl start try.service
ok "unload" latch unload lockdown
done_testing
