# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -t 240
#
# advise --write: its file is latch's as long as nobody edits it; and what others can write of
# the configuration is not read.
. /test/lib.sh

file=/etc/latch/conf.d/50-advise.conf

like "installed: an example, and nothing is set by it" "$(cat /etc/latch/latch.conf)" '^#\[lockdown\]$'
is "... so nothing is to be changed" "$(latch apply)" "nothing to change"
ok "load" latch load lockdown all=observe --observe
rm -rf /etc/latch
(umask 0 && latch lockdown advise --write) >/tmp/said 2>&1
like "it makes the directories" "$(cat /tmp/said)" "^wrote $file: "
is "... that only root can write" "$(stat -c %a /etc/latch /etc/latch/conf.d $file | xargs)" "755 755 644"
ok "apply" latch apply
ok "again: nobody edited it" latch lockdown advise --write
echo "# mine" >>$file
status_is "a line behind it" 1 latch lockdown advise --write
like "... the remedy" "$output" "^latch: $file: not written: it was edited .*--force"
like "... it is as it was" "$(tail -n 1 $file)" '^# mine$'
ok "by force" latch lockdown advise --write --force
unlike "... it is latch's again" "$(cat $file)" '^# mine$'
ok "... and so it is written" latch lockdown advise --write
sed -i 's/^dev_mem = .*/dev_mem = off/' $file
status_is "a changed value" 1 latch lockdown advise --write
printf '[lockdown]\ndev_mem = off\n' >$file
status_is "a file that latch did not write" 1 latch lockdown advise --write
: >$file
status_is "an empty one" 1 latch lockdown advise --write
rm $file
ok "none" latch lockdown advise --write
ok "it is valid" latch apply --dry-run

# --- trust

for place in $file /etc/latch/conf.d /etc/latch /etc; do
	mode=$(stat -c %a $place)
	chmod o+w $place
	status_is "$place can be written by others: apply" 3 latch apply
	like "... the remedy" "$output" "can be written by others than root, .*chmod go-w $place\`"
	not_ok "... status" latch status
	chmod "$mode" $place
	chown 1000 $place
	status_is "$place is another's: apply" 3 latch apply
	like "... the remedy" "$output" "belongs to uid 1000, .*chown root $place\`"
	chown 0 $place
done
ok "as it was" latch apply
done_testing
