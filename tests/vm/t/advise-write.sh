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

# --- names that a line cannot hold

cp /usr/bin/probe /tmp/probe
# refused WHY NAME: no exception for a program of that name
refused()
{
	mkdir -p "$(dirname "/tmp/n/$2")"
	cp /tmp/probe "/tmp/n/$2"
	not_ok "refused: $1" latch lockdown allow dev_mem --exe "/tmp/n/$2"
	like "... says why" "$output" "no exception, as .*$1"
	is "... and there is none" "$(latch lockdown | grep -c '^exceptions:')" 0
}
x50=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
refused 'control character' "a
all = off"
refused 'control character' "a
[module ptrace]"
refused 'control character' "$(printf 'a\tb')"
refused 'ends with a space' 'a '
refused 'where a comment would begin' 'a ;b'
refused 'where a comment would begin' 'a #b'
refused 'too long' "$x50/$x50/$x50/$x50"
mkdir -p /tmp/n
for name in 'a b' 'a;b' 'a#b' "it's" 'a=b' "$x50/$x50/${x50}y"; do
	mkdir -p "$(dirname "/tmp/n/$name")"
	cp /tmp/probe "/tmp/n/$name"
	ok "held: $name" latch lockdown allow dev_mem --exe "/tmp/n/$name"
done
before=$(latch lockdown | sed -n '/^exceptions:/,/^holds/p')
ok "... written" latch lockdown advise --write
ok "... and read as it was written" latch apply
is "... all are there" "$(latch lockdown | sed -n '/^exceptions:/,/^holds/p' | sed '/^holds/d')" \
	"$(echo "$before" | sed '/^holds/d')"

# A link in the configuration leads to what no line can hold.
ln -s "/tmp/n/a ;b" /tmp/link
printf '[lockdown]\nallow = msr exe /tmp/link\n' >/etc/latch/conf.d/60-link.conf
ok "a link in the configuration" latch apply
rm /etc/latch/conf.d/60-link.conf
before=$(sha256sum $file)
not_ok "what would be read otherwise" latch lockdown advise --write
like "... names the line" "$output" '`allow = msr exe /tmp/n/a ;b` would not be read as it is written, but as `allow = msr exe /tmp/n/a`'
is "... and nothing is written" "$(sha256sum $file)" "$before"
is "... nor left" "$(ls /etc/latch/conf.d)" 50-advise.conf
ok "as it was" latch apply

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

# --- what is enforced stays enforced, and a seal is not refused for what was written

latch unload lockdown >/dev/null
rm -rf /etc/latch
latch lockdown profile all --observe >/dev/null
latch lockdown set msr=enforce >/dev/null
ok "write" latch lockdown advise --write
is "what is enforced stays so" "$(grep '^msr = ' $file)" "msr = enforce"
is "a seal needs this" "$(grep '^bpf_read_kernel = ' $file)" "bpf_read_kernel = observe"
like "... which is said" "$(grep -B 1 '^bpf_read_kernel = ' $file)" '^# a seal .* needs this at observe'
like "to observe across a boot, too" "$(cat $file)" '^# .*all = observe'
like "init of this guest may use I/O ports, since before" "$(grep -B 2 '^ioport = observe' $file)" \
	'^# not known: pid 1 \('
ok "apply" latch apply
latch lockdown set ioport=enforce >/dev/null
ok "seal" latch seal lockdown
done_testing
